"""Where the pictures of reports lie: in the data directory, each under the SHA-256 of what is in it."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path

FOLDER = "report_pictures"
NAME = re.compile(r"[0-9a-f]{64}\.jpg")
TYPE = "image/jpeg"


def keep(directory: Path, made: bytes) -> str:
    """Stores a cleaned picture in the data directory and returns its name there. Stored twice, it is there once."""
    name = f"{hashlib.sha256(made).hexdigest()}.jpg"
    folder = directory / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(prefix="part.", dir=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    Path(part).replace(folder / name)
    return name


def path_of(directory: Path, name: str) -> Path | None:
    """Where a picture lies, if it is there."""
    if not NAME.fullmatch(name):
        return None
    path = directory / FOLDER / name
    return path if path.is_file() else None


def sweep(directory: Path, known: Collection[str], before: float) -> int:
    """Removes what no report names and what was left half written, if it is older than ``before`` (seconds, epoch)."""
    folder = directory / FOLDER
    if not folder.is_dir():
        return 0
    left = [path for path in folder.iterdir() if path.name not in known and path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
