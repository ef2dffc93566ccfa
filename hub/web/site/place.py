"""Where the built site lies, and what is known about its files.

``public/site`` in the data directory is what a file server shows. ``public/site.state`` beside it is the builder's own:
its lock, what it is writing, the manifest, what channels ask for, a sign of life.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub.channels.site_requests import SITE, STATE

MANIFEST = "manifest.json"
STAGED = "staged"
INDEX = "index.html"
PACKED = ".gz"
# What a path may hold without leading anywhere.
_NOTHING = frozenset({"", "."})


@dataclass(frozen=True, slots=True)
class Known:
    """One file of the site: what it was built from, its time (seconds), the hash of its bytes, its headers."""

    stamp: str
    time: int
    digest: str
    headers: int


@dataclass(slots=True)
class Manifest:
    """Every file of the site by its path. ``headers`` are the distinct sets of headers that the answers had.

    ``swept``: nothing else lies there, such as pages of a builder that was killed before it could note them.
    """

    files: dict[str, Known] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    swept: bool = False

    def numbered(self, headers: Mapping[str, str]) -> int:
        """The number of a set of headers; a new one is added."""
        wanted = dict(headers)
        if wanted not in self.headers:
            self.headers.append(wanted)
        return self.headers.index(wanted)


class Place:
    """The two directories of one site.

    Args:
        data_directory: the hub's data directory.
    """

    def __init__(self, data_directory: Path) -> None:
        self.site = data_directory / SITE
        self.state = data_directory / STATE
        self.staged = self.state / STAGED
        self.manifest = self.state / MANIFEST

    def read(self) -> Manifest:
        """What was built last; empty before the first build or if it cannot be understood: then all is built anew."""
        try:
            raw = json.loads(self.manifest.read_bytes())
            return Manifest({path: Known(*entry) for path, entry in raw["files"].items()}, raw["headers"], raw["swept"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Manifest()

    def write(self, manifest: Manifest) -> None:
        """Replaces the manifest, whole.

        Raises:
            OSError: it could not be written; the old one stays.
        """
        files = {path: (known.stamp, known.time, known.digest, known.headers) for path, known in manifest.files.items()}
        whole = {"files": files, "headers": manifest.headers, "swept": manifest.swept}
        content = json.dumps(whole, separators=(",", ":")).encode()
        staged = self.state / f"{MANIFEST}.new"
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(self.manifest)


def file_of(address: str, language: str = "") -> str:
    """The path of an address's file: ``fr/archives/index.html``, ``cap/index.atom``.

    What has a suffix is a file of that name; anything else a directory with an index, which every file server knows.
    """
    # By hand, since a build asks for each file of the site, and path objects took half of its time.
    parts = [part for part in f"{language}/{address}".split("/") if part not in _NOTHING]
    stem, dot, suffix = parts[-1].rpartition(".") if parts else ("", "", "")
    if not (stem and dot and suffix):
        parts.append(INDEX)
    return "/".join(parts)
