"""Files that are whole or not there: what a reader opens is never half of a message, whatever happens to the writer.

A file is written beside its place under a temporary name, flushed to the disk, then renamed; the directory is flushed
too, because a rename is only an entry in it. Several threads and processes take turns by a lock on the directory.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hub.kernel.ids import new_id

LOCK_NAME = ".lock"
STAGED_SUFFIX = ".part"
LOCK_PAUSE_SECONDS = 0.01
# Readable by the web server and everybody else: what is written here is public.
MODE = 0o644


class Busy(OSError):
    """Another writer kept the directory for longer than one may wait."""


@contextmanager
def writing_in(directory: Path, wait: float) -> Iterator[None]:
    """Makes the directory if need be and keeps every other writer out of it.

    Args:
        directory: where files are about to be written.
        wait: how long to wait for another writer, in seconds.

    Raises:
        Busy: the other writer took longer.
        OSError: the directory cannot be made or locked.
    """
    directory.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + wait
    with (directory / LOCK_NAME).open("a") as lock:
        while not _taken(lock.fileno()):
            if time.monotonic() >= end:
                raise Busy
            time.sleep(LOCK_PAUSE_SECONDS)  # flock has no time-out of its own; the loop ends at `end`
        for left_over in directory.glob(f".*{STAGED_SUFFIX}"):
            left_over.unlink()  # of a writer that was killed: nobody else is writing now
        yield  # closing the file gives the lock back


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file to be written. ``changed`` becomes its time of change, else it is the time of writing."""

    name: str
    content: bytes
    changed: datetime | None = None


class StagedFiles:
    """Files that lie on the disk already, under temporary names. `publish` gives them their names."""

    def __init__(self, directory: Path, files: Sequence[WholeFile]) -> None:
        """Writes all of them.

        Raises:
            OSError: one could not be written (a full disk); none is left behind.
        """
        self._directory = directory
        self._staged: dict[Path, Path] = {}
        try:
            for file in files:
                self._stage(file)
        except BaseException:
            for staged in self._staged.values():
                with suppress(OSError):
                    staged.unlink()
            raise

    def _stage(self, whole: WholeFile) -> None:
        staged = self._directory / f".{new_id()}{STAGED_SUFFIX}"
        self._staged[self._directory / whole.name] = staged
        with staged.open("xb") as file:
            file.write(whole.content)
            file.flush()
            os.fsync(file.fileno())
        staged.chmod(MODE)
        if whole.changed:
            seconds = whole.changed.timestamp()
            os.utime(staged, (seconds, seconds))

    def publish(self) -> None:
        """Gives the files their names, in the order in which they were handed in, and flushes the directory.

        Raises:
            OSError: some of them may have their names and others not.
        """
        for target, staged in self._staged.items():
            staged.replace(target)
        handle = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
