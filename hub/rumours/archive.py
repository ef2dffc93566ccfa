"""Copies of what a check stands on: fetched or uploaded, bounded, never changed, erased with what they belong to.

A file's name is the SHA-256 of its content and a random number: no two pieces of evidence share a file, so that taking
one back can never take the copy of another away, whatever happens at the same moment.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.http import GuardedClient
from hub.kernel.http.failures import AddressRefused, HttpFailure
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase

FOLDER = "evidence"
# A page with its pictures saved as PDF, or a photograph from a phone.
LARGEST_FILE = 8 * 1024 * 1024
FETCH_SECONDS = 15
REDIRECTS = 3
OK = 200
REDIRECTING = frozenset({301, 302, 303, 307, 308})
LONGEST_TYPE = 100
NAME = re.compile(r"[0-9a-f]{64}-[0-9a-f]{32}")

# How files of the kinds that are taken begin.
_BEGINNINGS: Mapping[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy: its bytes, its media type, its SHA-256 in hexadecimal digits."""

    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        """What the content is recognised by."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class NoCopy:
    """An address that may be asked and gave nothing that could be kept, and why."""

    reason: Phrase


def fetched(http: GuardedClient, address: str) -> Copy | NoCopy:
    """The page or document at an address, as it is now. Redirects are followed, each judged like the first address.

    Raises:
        InvalidInput: the address is one that is never asked: a private one, a strange one, or one that leads there.
    """
    for _ in range(REDIRECTS + 1):
        if refused := http.refusal(address):
            raise InvalidInput([_not_asked(refused)])
        try:
            answer = http.request("GET", address, deadline=FETCH_SECONDS)
        except AddressRefused as refusal:
            raise InvalidInput([_not_asked(refusal.reason)]) from refusal
        except HttpFailure as failure:
            return NoCopy(failure.reason)
        if answer.status_code in REDIRECTING and (onward := answer.headers.get("Location")):
            address = urljoin(address, onward)
            continue
        if answer.status_code != OK:
            return NoCopy(Phrase("the server answers with %(status)s", status=answer.status_code))
        media_type = answer.headers.get("Content-Type") or "application/octet-stream"
        return Copy(answer.content, media_type[:LONGEST_TYPE])
    return NoCopy(Phrase("the address leads on and on"))


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
    """Stores a copy in the data directory and returns its name there, which no other copy has."""
    folder = directory / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{copy.sha256}-{new_id()}"
    descriptor, part = tempfile.mkstemp(prefix="part.", dir=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(copy.content)
        file.flush()
        os.fsync(file.fileno())
    Path(part).replace(folder / name)
    return name


def path_of(directory: Path, name: str) -> Path | None:
    """Where a copy lies, if it is there."""
    if not NAME.fullmatch(name):
        return None
    path = directory / FOLDER / name
    return path if path.is_file() else None


def erase(directory: Path, name: str) -> None:
    """Removes a copy; one that is not there is no error."""
    if NAME.fullmatch(name):
        (directory / FOLDER / name).unlink(missing_ok=True)


def sweep(directory: Path, known: Collection[str], before: float) -> int:
    """Removes copies of no evidence and what was left half written, if older than ``before`` (seconds, epoch)."""
    folder = directory / FOLDER
    if not folder.is_dir():
        return 0
    left = [path for path in folder.iterdir() if path.name not in known and path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _not_asked(reason: Phrase) -> Fault:
    return Fault("address", Phrase("This address is not asked: %(reason)s.", reason=reason))
