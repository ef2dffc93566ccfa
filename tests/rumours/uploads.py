"""Files that people upload, and some that nobody should."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image, PngImagePlugin

PLACE = b"49.4431N 1.0993E"


def jpeg_with_place(size=(60, 40)) -> bytes:
    """A photograph on its side, with camera, place, thumbnail data and a comment, as phones make them."""
    exif = Image.Exif()
    exif[0x010F] = "Appareil de Marie"
    exif[0x0112] = 6  # to be turned by 90 degrees
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (49.0, 26.0, 35.16)
    place[29] = "2026:11:21"
    picture = Image.new("RGB", size, "red")
    made = BytesIO()
    picture.save(made, "JPEG", exif=exif, comment=PLACE, icc_profile=b"profil de Marie")
    return made.getvalue() + b"hidden after the end"


def png_with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", PLACE.decode())
    made = BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 255, 0)).save(made, "PNG", pnginfo=words)
    return made.getvalue()


def enormous_png(width: int, height: int) -> bytes:
    """A few kilobytes that claim to be a picture of this size; all its pixels are there, packed."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packed = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(packed.compress(row) for _ in range(height)) + packed.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
