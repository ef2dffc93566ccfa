r"""Texts with element tags and placeholders, read once into segments.

``[S]Mairie de {commune} : [H]CRUE de {riviere}.`` has two segments, S and H, and two placeholders. A tag tells the
linter what a stretch of text is for and disappears when the text is rendered. A literal ``[`` is written ``\[`` and a
literal ``{`` is written ``\{``.

Source of the elements: the Warning Response Model's five contents (source, hazard, location, time, guidance) with
impact, next update, link and kind marker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from hub.kernel.phrase import Phrase

ELEMENTS = {
    "S": Phrase("source"),
    "H": Phrase("hazard"),
    "I": Phrase("impact"),
    "L": Phrase("location"),
    "T": Phrase("time"),
    "G": Phrase("guidance"),
    "N": Phrase("next update"),
    "U": Phrase("link"),
    "K": Phrase("kind marker"),
}

_TOKEN = re.compile(r"\\([\[{])|\[([SHILTGNUK])\]|\{([a-z][a-z0-9_]*)\}|([\[{}])")


@dataclass(frozen=True, slots=True)
class Blank:
    """Where a placeholder's value goes."""

    name: str


Piece = str | Blank


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text under one tag: literal pieces and blanks in turn."""

    tag: str
    pieces: tuple[Piece, ...]

    def blanks(self) -> Iterator[str]:
        """The names of the placeholders used, in order."""
        return (piece.name for piece in self.pieces if isinstance(piece, Blank))

    def filled(self, values: Mapping[str, str]) -> str:
        """The stretch with its blanks filled."""
        return "".join(values[piece.name] if isinstance(piece, Blank) else piece for piece in self.pieces)


@dataclass(frozen=True)
class Tagged:
    """One text as the author wrote it. ``line`` is its line in the map file, 0 when it came from elsewhere."""

    source: str
    segments: tuple[Segment, ...]
    line: int = field(default=0, compare=False)

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """The names of all placeholders used."""
        return frozenset(name for segment in self.segments for name in segment.blanks())

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tags in the order of the text."""
        return tuple(segment.tag for segment in self.segments)

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its blanks filled and its tags gone.

        Values are put in as they are: a value that looks like a tag or a placeholder stays literal text.

        Raises:
            KeyError: a placeholder has no value.
        """
        return "".join(segment.filled(values) for segment in self.segments).strip()

    def __str__(self) -> str:
        return self.source


def parse(source: str, line: int = 0, report: Callable[[int, Phrase], None] | None = None) -> Tagged:
    """Reads a tagged text.

    ``report(offset, phrase)`` is told each fault: a bracket that opens nothing known, text before the first tag. A
    text with faults still gives segments, so that everything else about it can be checked in the same run.
    """
    segments: list[Segment] = []
    pieces: list[Piece] = []
    tag, last = "", 0
    for token in _TOKEN.finditer(source):
        if token.start() > last:
            pieces.append(source[last : token.start()])
        last = token.end()
        literal, opened, name, stray = token.groups()
        if opened:
            _close(segments, tag, pieces, report)
            tag, pieces = opened, []
        elif name:
            pieces.append(Blank(name))
        else:
            pieces.append(literal or stray)
            if stray and report:
                report(token.start(), _stray(source, token.start()))
    if last < len(source):
        pieces.append(source[last:])
    _close(segments, tag, pieces, report)
    return Tagged(source, tuple(segments), line)


def _close(
    segments: list[Segment], tag: str, pieces: list[Piece], report: Callable[[int, Phrase], None] | None
) -> None:
    if tag:
        segments.append(Segment(tag, tuple(pieces)))
    elif pieces and any(isinstance(piece, Blank) or piece.strip() for piece in pieces):
        segments.append(Segment(tag, tuple(pieces)))
        if report:
            report(0, Phrase("the text must start with a tag such as [S] or [H]; text before it belongs to no element"))


def _stray(source: str, offset: int) -> Phrase:
    shown = source[offset : offset + 12]
    if source[offset] == "[":
        return Phrase(
            "`%(shown)s` is no tag: the tags are [S] [H] [I] [L] [T] [G] [N] [U] [K]; a literal bracket is `\\[`",
            shown=shown,
        )
    return Phrase(
        "`%(shown)s` is no placeholder: write {name} in lower case without spaces; a literal brace is `\\{`",
        shown=shown,
    )
