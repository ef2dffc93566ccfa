"""Where the built site lies, and what is known about its files.

``public/site`` in the data directory is what a file server shows. ``public/site.state`` beside it is the builder's own:
its lock, what it is writing, the manifest, the pieces of long files, what channels ask for, a sign of life.
"""

from __future__ import annotations

from pathlib import Path

from hub.channels.site_requests import SITE, STATE

MANIFEST = "manifest.json"
STAGED = "staged"
PIECES = "pieces"
PARTS = "parts"
INDEX = "index.html"
PACKED = ".gz"
# What a path may hold without leading anywhere.
_NOTHING = frozenset({"", "."})


class Place:
    """The two directories of one site.

    Args:
        data_directory: the hub's data directory.
    """

    def __init__(self, data_directory: Path) -> None:
        self.site = data_directory / SITE
        self.state = data_directory / STATE
        self.staged = self.state / STAGED
        self.pieces = self.state / PIECES
        self.parts = self.state / PARTS
        self.manifest = self.state / MANIFEST


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
