"""Long documents of the register in pieces, so that the builder makes those anew that a change touches.

The entries of a piece are those whose place lies in one span of places. A change takes an entry out of one piece and
puts it into the newest: however long the register is, two pieces are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from flask import request

from hub.rumours.register.reading import ALL
from hub.web.pages import PIECE, Piece

# Places a piece. Two of them are rendered in a tenth of a second, and 10,000 entries are 40 of them.
SPAN = 250
HEAD, TAIL = "head", "tail"
# The newest entries come right after the head; before all others stands what joins two entries.
FIRST, MORE = "first", "more"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a document is asked for: its head, the entries of some places (after a joint or not), its end."""

    head: bool
    places: range
    joint: bool
    tail: bool


WHOLE = Part(head=True, places=ALL, joint=False, tail=True)


def pieces_of(places: Iterable[int], about: str, span: int = SPAN) -> tuple[Piece, ...]:
    """The pieces of a document.

    Args:
        places: those of its entries, the newest first.
        about: changes with whatever the head says.
        span: places a piece.
    """
    spans = [(number * span, list(each)) for number, each in groupby(places, lambda place: place // span)]
    entries = [
        Piece(f"{MORE if position else FIRST}-{start}-{start + span}", _stamp(each))
        for position, (start, each) in enumerate(spans)
    ]
    return (Piece(HEAD, about), *entries, Piece(TAIL))


def asked_part() -> Part:
    """What of a document the present request asks for: all of it, unless the builder asks."""
    name, *span = request.environ.get(PIECE, "").split("-")
    if not name:
        return WHOLE
    return Part(head=name == HEAD, places=range(*map(int, span or "0")), joint=name == MORE, tail=name == TAIL)


def _stamp(places: Sequence[int]) -> str:
    return sha256(repr(places).encode()).hexdigest()
