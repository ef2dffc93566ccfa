"""Answers: a whole head, a bounded head, a bounded body."""

from __future__ import annotations

import http.client
import io
from http import HTTPStatus
from typing import Any, Protocol

LARGEST_ANSWER = 1024 * 1024
LARGEST_HEAD = 64 * 1024
ALWAYS_SENT = {"User-Agent": "Tocsin", "Accept-Encoding": "identity"}


class Headers(Protocol):
    """The fields of an answer; upper and lower case make no difference."""

    def get(self, name: str, /) -> str | None:
        """The value of a field, if it is there."""
        ...

    def __getitem__(self, name: str, /) -> str: ...


class Answer(Protocol):
    """A complete answer, read to its end."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def url(self) -> str:
        """Where the request went."""
        ...

    @property
    def headers(self) -> Headers:
        """The fields of its head."""
        ...

    @property
    def content(self) -> bytes:
        """The body, decompressed."""
        ...

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        ...


class _HeadReader:
    """Counts the head of an answer and remembers its last line: `http.client` takes a cut head for a whole one."""

    __slots__ = ("last", "size", "stream")

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self.stream = stream
        self.last = b""
        self.size = 0

    def readline(self, limit: int) -> bytes:
        self.last = self.stream.readline(limit)
        self.size += len(self.last)
        if self.size > LARGEST_HEAD:
            msg = "the head of the answer is too large"
            raise http.client.HTTPException(msg)
        return self.last

    def close(self) -> None:
        self.stream.close()


class WholeAnswer(http.client.HTTPResponse):
    """An answer whose head must end with the blank line."""

    def begin(self) -> None:
        """Reads the head.

        Raises:
            http.client.HTTPException: it is cut, too large, not one at all, or that of an interim answer.
        """
        stream: Any = self.fp
        reader: Any = _HeadReader(stream)
        self.fp = reader
        try:
            super().begin()
        finally:
            if self.fp is reader:
                self.fp = stream
        if reader.last not in {b"\r\n", b"\n"}:
            self.close()
            msg = "the head of the answer was cut"
            raise http.client.HTTPException(msg)
        if self.status < HTTPStatus.OK:
            self.close()
            msg = "an interim answer took the place of the answer"
            raise http.client.HTTPException(msg)
