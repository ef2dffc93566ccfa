"""Writing the site's files: each one beside its place with its compressed copy, then renamed in the order of coming."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from hub.kernel.ids import new_id
from hub.web.site.pieces import joined
from hub.web.site.place import PACKED, Place

MODE = 0o644
# Pictures are compressed already.
PLAIN_ONLY = frozenset({".png", ".jpg", ".webp"})
LEVEL = 9
# More files than these are flushed to the disk all at once, and with everything else that waits for it.
MANY = 64


def prepare(place: Place) -> None:
    """Makes the directories and clears what a builder left that was killed. The caller holds the lock."""
    place.site.mkdir(parents=True, exist_ok=True)
    place.staged.mkdir(parents=True, exist_ok=True)
    for left_over in place.staged.iterdir():
        left_over.unlink()


class Writer:
    """Files that wait to be seen. Nothing is visible before `publish`.

    Args:
        place: the site. The caller holds its lock.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._staged: list[tuple[Path, str]] = []

    def stage(self, path: str, content: bytes, moment: int) -> None:
        """Writes a file and its compressed copy aside; ``moment`` becomes their time of change.

        Raises:
            OSError: they could not be written.
        """
        if Path(path).suffix not in PLAIN_ONLY:
            self._stage(path + PACKED, gzip.compress(content, LEVEL, mtime=0), moment)
        self._stage(path, content, moment)

    def stage_joined(self, path: str, pieces: Iterable[Path], moment: int) -> None:
        """The same for a file of pieces.

        Raises:
            OSError: they could not be written.
        """
        plain, packed = self._place.staged / new_id(), self._place.staged / new_id()
        with plain.open("wb") as content, packed.open("wb") as compressed:
            for part, segment in joined(pieces):
                content.write(part)
                compressed.write(segment)
        self._finished(packed, path + PACKED, moment)
        self._finished(plain, path, moment)

    def also(self, path: str, other: str) -> None:
        """Has a staged file shown under another path too; it costs no room."""
        for staged, target in [each for each in self._staged if each[1] in {path, path + PACKED}]:
            link = self._place.staged / new_id()
            os.link(staged, link)
            self._staged.append((link, other + target.removeprefix(path)))

    def publish(self) -> None:
        """Gives every file its name. The compressed copy comes first, so that the two differ for the shortest time.

        Raises:
            OSError: some of them may have their names and others not; each one is whole.
        """
        self._flush()
        for staged, target in self._staged:
            final = self._place.site / target
            final.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(final)
        self._staged.clear()

    def remove(self, paths: list[str]) -> None:
        """Takes files away, their compressed copies, and directories that are empty then."""
        for path in paths:
            for name in (path, path + PACKED):
                (self._place.site / name).unlink(missing_ok=True)
            with suppress(OSError):
                (self._place.site / path).parent.rmdir()

    def sweep(self, known: set[str]) -> None:
        """Takes every file away that is not known by its path; a compressed copy goes with its file."""
        for file in list(self._place.site.rglob("*")):
            path = str(file.relative_to(self._place.site)).removesuffix(PACKED)
            if file.is_file() and path not in known:
                file.unlink()

    def _stage(self, path: str, content: bytes, moment: int) -> None:
        staged = self._place.staged / new_id()
        staged.write_bytes(content)
        self._finished(staged, path, moment)

    def _finished(self, staged: Path, path: str, moment: int) -> None:
        staged.chmod(MODE)
        os.utime(staged, (moment, moment))
        self._staged.append((staged, path))

    def _flush(self) -> None:
        if len(self._staged) > MANY:
            os.sync()
            return
        for staged, _ in self._staged:
            handle = os.open(staged, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
