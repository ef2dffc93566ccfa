"""What is known of the built files, a part for each group of pages: a change reads and writes the parts it touches.

``manifest.json`` names the parts, each with the stamp of its group and the hash of its content. It is written last, so
a builder that is killed leaves files that are not noted, and the next one builds them once more.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from hub.web.site.place import Place

NEW = ".new"


@dataclass(frozen=True, slots=True)
class Known:
    """One file of the site: what it was built from, its time (seconds), the hash of its bytes, its headers."""

    stamp: str
    time: int
    digest: str
    headers: Mapping[str, str]


Files = dict[str, Known]


class Manifest:
    """The manifest of a builder, who holds the lock of the place.

    ``swept``: nothing else lies in the site, such as pages of a builder that was killed before it could note them.

    Args:
        place: the site.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._parts, self.swept = _index(place)
        self._before = (dict(self._parts), self.swept)
        self._read: dict[str, Files] = {}

    @property
    def groups(self) -> dict[str, str]:
        """The groups that are known, each with its stamp when all of it was built; empty while some of it is left."""
        return {name: stamp for name, (stamp, _) in self._parts.items()}

    def files(self, group: str) -> Files:
        """The files of a group by their paths. Whoever changes them has to `note` them."""
        if group not in self._read:
            self._read[group] = _part(self._place, group) if group in self._parts else {}
        return self._read[group]

    def note(self, group: str, stamp: str) -> None:
        """Keeps the files of a group as they are now.

        Raises:
            OSError: the part could not be written; the old one stays.
        """
        content = _written(self.files(group))
        self._place.parts.mkdir(parents=True, exist_ok=True)
        _replace(self._file(group), content)
        self._parts[group] = (stamp, sha256(content).hexdigest())

    def drop(self, group: str) -> None:
        """Forgets a group."""
        self._parts.pop(group, None)
        self._read.pop(group, None)
        with suppress(FileNotFoundError):
            self._file(group).unlink()

    def write(self) -> None:
        """Makes what was noted count.

        Raises:
            OSError: it could not be written; the old manifest stays.
        """
        if (self._parts, self.swept) != self._before:
            whole = {"groups": self._parts, "swept": self.swept}
            _replace(self._place.manifest, json.dumps(whole, separators=(",", ":")).encode())

    def _file(self, group: str) -> Path:
        return self._place.parts / f"{group}.json"


class KnownFiles(Mapping[str, Known]):
    """All built files, for those who read: of what changed, no more is read again than its parts.

    Args:
        place: the site.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._versions: dict[str, str] = {}
        self._files: dict[str, Files] = {}
        self._of: tuple[int, int] = (0, 0)

    def refresh(self) -> bool:
        """Takes in what was built meanwhile; whether there was anything."""
        try:
            found = self._place.manifest.stat()
        except OSError:
            return False
        if (version := (found.st_mtime_ns, found.st_ino)) == self._of:
            return False
        parts, _ = _index(self._place)
        files = {
            name: self._files[name] if self._versions.get(name) == digest else _part(self._place, name)
            for name, (_, digest) in parts.items()
        }
        self._files, self._versions, self._of = files, {name: part[1] for name, part in parts.items()}, version
        return True

    def __getitem__(self, path: str) -> Known:
        """What is known of a file."""
        for files in self._files.values():
            if path in files:
                return files[path]
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        """The paths."""
        return (path for files in self._files.values() for path in files)

    def __len__(self) -> int:
        """How many files there are."""
        return sum(map(len, self._files.values()))


def all_files(place: Place) -> KnownFiles:
    """What lies there now."""
    found = KnownFiles(place)
    found.refresh()
    return found


def forget_all(place: Place) -> None:
    """Has everything built anew. The caller holds the lock of the place; what was built stays until then.

    Raises:
        OSError: the manifest could not be taken away.
    """
    place.manifest.unlink(missing_ok=True)
    shutil.rmtree(place.parts, ignore_errors=True)


def _index(place: Place) -> tuple[dict[str, tuple[str, str]], bool]:
    """The parts with stamp and hash; none before the first build or if it cannot be understood: all is built anew."""
    try:
        raw = json.loads(place.manifest.read_bytes())
        return {name: (part[0], part[1]) for name, part in raw["groups"].items()}, bool(raw["swept"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}, False


def _part(place: Place, group: str) -> Files:
    try:
        raw: dict[str, Any] = json.loads((place.parts / f"{group}.json").read_bytes())
        headers = raw["headers"]
        return {
            path: Known(stamp, time, digest, headers[number])
            for path, (stamp, time, digest, number) in raw["files"].items()
        }
    except (FileNotFoundError, ValueError, KeyError, TypeError, IndexError):
        return {}


def _written(files: Files) -> bytes:
    headers: list[Mapping[str, str]] = []
    numbers: dict[str, int] = {}
    entries = {}
    for path, known in files.items():
        number = numbers.setdefault(repr(known.headers), len(headers))
        if number == len(headers):
            headers.append(known.headers)
        entries[path] = (known.stamp, known.time, known.digest, number)
    return json.dumps({"files": entries, "headers": headers}, separators=(",", ":")).encode()


def _replace(target: Path, content: bytes) -> None:
    staged = target.with_name(target.name + NEW)
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(target)
