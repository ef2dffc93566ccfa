"""Copies of what a check stands on: fetched or uploaded, bounded, kept by their SHA-256 and never changed."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.http import GuardedClient
from hub.kernel.http.failures import HttpFailure
from hub.kernel.phrase import Phrase

FOLDER = "evidence"
# A page with its pictures saved as PDF, or a photograph from a phone.
LARGEST_FILE = 8 * 1024 * 1024
FETCH_SECONDS = 15
REDIRECTS = 3
OK = 200
REDIRECTING = frozenset({301, 302, 303, 307, 308})
LONGEST_TYPE = 100
NAME = re.compile(r"[0-9a-f]{64}")

# How files of the kinds that are taken begin.
_BEGINNINGS: Mapping[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy: its bytes, its media type, its SHA-256 in hexadecimal digits, which is its name as well."""

    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        """The name of the copy."""
        return hashlib.sha256(self.content).hexdigest()


def fetched(http: GuardedClient, address: str) -> Copy:
    """The page or document at an address, as it is now. Redirects are followed, each judged like the first address.

    Raises:
        InvalidInput: the address is refused, does not answer, or answers with something else than the document.
    """
    for _ in range(REDIRECTS + 1):
        if refused := http.refusal(address):
            raise InvalidInput([_not_archived(refused)])
        try:
            answer = http.request("GET", address, deadline=FETCH_SECONDS)
        except HttpFailure as failure:
            raise InvalidInput([_not_archived(failure.reason)]) from failure
        if answer.status_code in REDIRECTING and (onward := answer.headers.get("Location")):
            address = urljoin(address, onward)
            continue
        if answer.status_code != OK:
            raise InvalidInput([_not_archived(Phrase("the server answers with %(status)s", status=answer.status_code))])
        media_type = answer.headers.get("Content-Type") or "application/octet-stream"
        return Copy(answer.content, media_type[:LONGEST_TYPE])
    raise InvalidInput([_not_archived(Phrase("the address leads on and on"))])


def uploaded(content: bytes) -> Copy:
    """A file that an officer brings.

    Raises:
        InvalidInput: it is too large, empty, or of no kind that is taken.
    """
    if len(content) > LARGEST_FILE:
        phrase = Phrase("The file is larger than %(most)s MB.", most=LARGEST_FILE // (1024 * 1024))
        raise InvalidInput([Fault("file", phrase)])
    media_type = next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), "")
    if not media_type and content and _is_text(content):
        media_type = "text/plain; charset=utf-8"
    if not media_type:
        raise InvalidInput([Fault("file", Phrase("A PDF, a PNG or JPEG picture, or a text in UTF-8 is taken."))])
    return Copy(content, media_type)


def keep(directory: Path, copy: Copy) -> str:
    """Stores a copy in the data directory and returns its name there. Stored twice, it is there once."""
    folder = directory / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(prefix="part.", dir=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(copy.content)
        file.flush()
        os.fsync(file.fileno())
    Path(part).replace(folder / copy.sha256)
    return copy.sha256


def path_of(directory: Path, name: str) -> Path | None:
    """Where a copy lies, if it is there."""
    if not NAME.fullmatch(name):
        return None
    path = directory / FOLDER / name
    return path if path.is_file() else None


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _not_archived(reason: Phrase) -> Fault:
    return Fault("address", Phrase("No copy could be made: %(reason)s.", reason=reason))
