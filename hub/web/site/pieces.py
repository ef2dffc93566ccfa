"""The pieces of long files, kept compressed beside the site: a change makes those anew that it touches, and no others.

A gzip file is one stream of blocks. Each piece is compressed by itself and ends on a whole byte without ending the
stream (``Z_FULL_FLUSH``, as pigz has it), so that pieces are put together as they are: RFC 1951, 3.2.3; RFC 1952, 2.2.
"""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from hub.kernel.ids import new_id
from hub.web.site.place import Place

# Open data of 10,000 answers: the best level takes three times as long and saves four hundredths.
LEVEL = 6
# Deflated, no name, no time, nothing said about the system.
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
# A last block without anything in it.
LAST_BLOCK = b"\x03\x00"
GZIP_SIZE = 2**32
NAME_LENGTH = 32


class Pieces:
    """The kept pieces of one site. The caller holds its lock.

    Args:
        place: the site.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    def ready(self, path: str, stamps: Sequence[str], make: Callable[[int], bytes]) -> list[Path]:
        """Where the pieces of a file lie, in their order. What is missing is made, what is of before is thrown away.

        Args:
            path: of the file.
            stamps: one a piece, each another; the same stamp means the same bytes.
            make: makes a piece by its number.

        Raises:
            OSError: a piece could not be written.
        """
        directory = self._directory(path)
        directory.mkdir(parents=True, exist_ok=True)
        for gone in {each.name for each in directory.iterdir()}.difference(stamps):
            (directory / gone).unlink()
        kept = [directory / stamp for stamp in stamps]
        for number, file in enumerate(kept):
            if not file.exists():
                staged = self._place.staged / new_id()
                staged.write_bytes(_segment(make(number)))
                staged.replace(file)
        return kept

    def forget(self, path: str) -> None:
        """Throws the pieces of a file away."""
        shutil.rmtree(self._directory(path), ignore_errors=True)

    def forget_all(self) -> None:
        """Throws all pieces away."""
        shutil.rmtree(self._place.pieces, ignore_errors=True)

    def _directory(self, path: str) -> Path:
        return self._place.pieces / sha256(path.encode()).hexdigest()[:NAME_LENGTH]


def digest_of(pieces: Iterable[Path]) -> str:
    """The SHA-256 of the whole file, as hexadecimal digits."""
    digest = sha256()
    for piece in pieces:
        digest.update(_content(piece.read_bytes()))
    return digest.hexdigest()


def joined(pieces: Iterable[Path]) -> Iterator[tuple[bytes, bytes]]:
    """A file and its compressed copy, part by part: never more than one piece of them is in memory."""
    check, size = 0, 0
    yield b"", GZIP_HEAD
    for piece in pieces:
        segment = piece.read_bytes()
        content = _content(segment)
        check, size = zlib.crc32(content, check), size + len(content)
        yield content, segment
    yield b"", LAST_BLOCK + struct.pack("<LL", check, size % GZIP_SIZE)


def _segment(content: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


def _content(segment: bytes) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(segment)
