"""Pictures that come with reports: looked at before they are decoded, and made anew.

A picture is known by its content, never by its name. Only its pixels go on: place, camera, thumbnails, comments and
colour profiles stay behind, and so does whatever was hidden after the end of the file.
"""

from __future__ import annotations

import threading
from io import BytesIO

from PIL import Image, ImageOps

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")

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
