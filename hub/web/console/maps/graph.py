"""The small drawing of what a message follows and what may follow it: three columns, drawn by the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.kernel.phrase import Phrase
from hub.message_maps.model import Message, Situation
from hub.web.console.maps.words import FOLLOW_UPS
from hub.web.language import say, text_in

# In the drawing's own units.
BOX_WIDTH, BOX_HEIGHT = 200, 46
GAP = 14
# Between two columns the arrow bends first and then runs straight; the words stand over the straight part, so that
# no other arrow crosses them.
BEND, WORDS = 80, 140
LANE = BEND + WORDS
LINE_LENGTH = 27
# The message in the middle is set in bold, which is wider.
BOLD_LENGTH = 23
LINE_HEIGHT = 17
MARGIN = 4


@dataclass(frozen=True, slots=True)
class Box:
    """One message: its upper left corner, and its title on one or two lines."""

    message: Message
    x: float
    y: float
    lines: tuple[str, ...]
    here: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two boxes, and the word for what it is."""

    path: str
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Graph:
    """The drawing, and the same as two lists: a word and a message each."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    before: tuple[tuple[Phrase, Message], ...]
    after: tuple[tuple[Phrase, Message], ...]


def follow_ups(situation: Situation, message: Message) -> Graph:
    """Left what leads to the message, right what may follow it; a message that follows itself stands on the right."""
    before = [
        (FOLLOW_UPS[role], other)
        for other in situation.messages
        if other.id != message.id
        for role, target in other.followups.items()
        if target == message.id
    ]
    after = [(FOLLOW_UPS[role], situation.message(target)) for role, target in message.followups.items()]
    rows = max(len(before), len(after), 1)
    height = rows * (BOX_HEIGHT + GAP) - GAP + 2 * MARGIN
    columns = [MARGIN + step * (BOX_WIDTH + LANE) for step in range(3)]
    left = _column([other for _, other in before], columns[0], height)
    right = _column([other for _, other in after], columns[2], height)
    centre = _box(message, columns[1], (height - BOX_HEIGHT) / 2, here=True)
    edges = [
        *(_edge(box, centre, word) for box, (word, _) in zip(left, before, strict=True)),
        *(_edge(centre, box, word) for box, (word, _) in zip(right, after, strict=True)),
    ]
    width = columns[2] + BOX_WIDTH + MARGIN
    return Graph(width, height, (*left, centre, *right), tuple(edges), tuple(before), tuple(after))


def _column(messages: Sequence[Message], x: float, height: float) -> list[Box]:
    used = len(messages) * (BOX_HEIGHT + GAP) - GAP
    top = (height - used) / 2
    return [_box(message, x, top + row * (BOX_HEIGHT + GAP), here=False) for row, message in enumerate(messages)]


def _box(message: Message, x: float, y: float, *, here: bool) -> Box:
    return Box(message, x, y, wrapped(text_in(message.title), BOLD_LENGTH if here else LINE_LENGTH), here)


def wrapped(text: str, longest: int = LINE_LENGTH) -> tuple[str, ...]:
    """A title on one or two lines; what does not fit is cut with an ellipsis."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > longest:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:  # noqa: PLR2004 - a box has two lines
        lines = [lines[0], f"{lines[1][: longest - 1]}…"]
    return tuple(line if len(line) <= longest else f"{line[: longest - 1]}…" for line in lines)


def _edge(start: Box, end: Box, word: Phrase) -> Edge:
    x1, y1 = start.x + BOX_WIDTH, start.y + BOX_HEIGHT / 2
    x2, y2 = end.x, end.y + BOX_HEIGHT / 2
    # The straight part lies at the outer end of the arrow, where each one has a height of its own.
    left, right = (x1 + WORDS, x2) if end.here else (x1, x2 - WORDS)
    bend = (left + right) / 2
    return Edge(
        f"M{x1:.0f} {y1:.0f}H{left:.0f}C{bend:.0f} {y1:.0f} {bend:.0f} {y2:.0f} {right:.0f} {y2:.0f}H{x2:.0f}",
        say(word),
        x1 + WORDS / 2 if end.here else x2 - WORDS / 2,
        (y1 if end.here else y2) - GAP / 3,
    )
