"""Pictures that come with reports: looked at before they are decoded, made anew, kept under the hash of what was made.

A picture is known by its content, never by its name. Only its pixels go on: place, camera, thumbnails, comments and
colour profiles stay behind, and so does whatever was hidden after the end of the file.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Collection
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
FOLDER = "report_pictures"
NAME = re.compile(r"[0-9a-f]{64}\.jpg")
TYPE = "image/jpeg"

# Fifty million pixels are 200 MB while they are made smaller: one picture at a time in a process.
_one_at_a_time = threading.Lock()


def clean(uploaded: bytes) -> bytes:
    """The picture as JPEG without anything but its pixels, at most 2,048 pixels long and wide, the right way up.

    Raises:
        InvalidInput: in the field ``picture``: too large, too many pixels, or no picture of a known type.
    """
    if len(uploaded) > LARGEST_BYTES:
        raise _refused(Phrase("The picture is too large: at most %(most)s MB.", most=LARGEST_BYTES // 2**20))
    try:
        # Only the header is read here.
        with Image.open(BytesIO(uploaded), formats=FORMATS) as picture:
            if picture.width * picture.height <= MOST_PIXELS:
                with _one_at_a_time:
                    return _made_anew(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refused(_TOO_MANY) from None
    except Exception:  # noqa: BLE001 - a forged file may make a decoder fail in any way
        raise _refused(Phrase("This is no picture that can be read. Give a JPEG, PNG or WebP file.")) from None
    raise _refused(_TOO_MANY)


_TOO_MANY = Phrase("The picture has too many pixels: at most %(most)s million.", most=MOST_PIXELS // 1_000_000)


def _refused(phrase: Phrase) -> InvalidInput:
    return InvalidInput([Fault("picture", phrase)])


def _made_anew(picture: Image.Image) -> bytes:
    # A JPEG can be decoded smaller at once.
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    # A new image knows nothing of the old one's metadata; what was transparent becomes white.
    fresh = Image.new("RGB", upright.size, "white")
    fresh.paste(upright, mask=upright)
    made = BytesIO()
    fresh.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


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
