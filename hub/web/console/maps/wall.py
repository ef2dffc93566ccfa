"""The whole map on one sheet for the wall, laid out as shapes that an SVG or a PDF draws alike.

Each situation is a small tree: its name, its phases with their levels, their messages. The trees stand in columns,
family by family; the number of columns is the one that gives the largest letters on paper of 1 : √2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.cap.vocabulary import Severity
from hub.message_maps.model import Kind
from hub.web.console.maps import fonts
from hub.web.console.maps.tree import Branch, Limb, Rung
from hub.web.console.maps.words import DASH, PHASES, SEVERITIES
from hub.web.language import say, text_in

# In units of the drawing; the sheet is scaled to its paper. A message's letters are 10 units high.
LETTERS, SMALL, LARGE, HEADING, TITLE = 10.0, 8.0, 12.0, 16.0, 28.0
LEADING = 1.3
NAME_WIDTH, RUNG_WIDTH, LEAF_WIDTH = 130.0, 120.0, 240.0
REACH = 22.0
PADDING = 5.0
COLUMN = NAME_WIDTH + RUNG_WIDTH + LEAF_WIDTH + 2 * REACH
GUTTER, MARGIN = 30.0, 30.0
BETWEEN = 24.0
LANDSCAPE = 2**0.5
MOST_COLUMNS = 9
INK, FAINT, PAPER = "#1b2333", "#5d6b89", "#ffffff"
# A severity is told by its words; the colour only helps. All text on them is dark: 7:1 at least.
FILLS = {
    Severity.EXTREME: "#f6b7bd",
    Severity.SEVERE: "#fbd2a2",
    Severity.MODERATE: "#fdeeb0",
    Severity.MINOR: "#cfe8d5",
    Severity.UNKNOWN: "#e3e7ee",
}
BAND, NAME = "#0b5c8a", "#e6f2f9"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``y`` counts down from the top."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text by the left end of its base line."""

    x: float
    y: float
    text: str
    size: float
    colour: str = INK
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A branch from left to right that leaves and arrives level."""

    x1: float
    y1: float
    x2: float
    y2: float


Shape = Box | Words | Curve


@dataclass(frozen=True, slots=True)
class Sheet:
    """The finished drawing and its size."""

    title: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Shapes that stay together, drawn from (0, 0) down; ``heading``: the band of a family, never last in a column."""

    height: float
    shapes: tuple[Shape, ...]
    heading: bool = False


def sheet(limbs: Sequence[Limb], title: str, subtitle: str) -> Sheet:
    """Lays the whole map out."""
    blocks = [block for limb in limbs for block in _limb(limb)]
    layouts = (_columns(blocks, number) for number in range(1, MOST_COLUMNS + 1))
    best = max(layouts, key=_largeness)
    head = MARGIN + TITLE * LEADING + LARGE * LEADING + BETWEEN
    across = len(best) * (COLUMN + GUTTER) - GUTTER + 2 * MARGIN
    down = head + max((_height(column) for column in best), default=0.0) + MARGIN
    shapes: list[Shape] = [
        Words(MARGIN, MARGIN + TITLE, fonts.printable(title), TITLE, bold=True),
        Words(MARGIN, MARGIN + TITLE + LARGE * LEADING + PADDING, fonts.printable(subtitle), LARGE, FAINT),
    ]
    for number, column in enumerate(best):
        shapes += _placed(column, MARGIN + number * (COLUMN + GUTTER), head)
    return Sheet(title, across, down, tuple(shapes))


def _limb(limb: Limb) -> list[Block]:
    band = HEADING * LEADING + 2 * PADDING
    heading = Block(
        band,
        (
            Box(0, 0, COLUMN, band, BAND),
            Words(2 * PADDING, PADDING + HEADING, fonts.printable(say(limb.label)), HEADING, PAPER, bold=True),
        ),
        heading=True,
    )
    return [heading, *(_branch(branch) for branch in limb.branches)]


def _branch(branch: Branch) -> Block:
    shapes: list[Shape] = []
    top, middles = 0.0, []
    for rung in branch.rungs:
        height, drawn = _rung(branch, rung, top)
        shapes += drawn
        middles.append(top + height / 2)
        top += height + PADDING
    name = _label(text_in(branch.situation.title), LARGE, NAME_WIDTH, bold=True)
    marks = [line for badge in branch.badges for line in _label(say(badge.phrase), SMALL, NAME_WIDTH)]
    tall = _tall(name, LARGE) + _tall(marks, SMALL) + 2 * PADDING
    height = max(top - PADDING, tall)
    middle = height / 2
    shapes.append(Box(0, middle - tall / 2, NAME_WIDTH, tall, NAME, BAND))
    base = middle - tall / 2 + PADDING
    shapes += _lines(name, PADDING, base, LARGE, bold=True)
    shapes += _lines(marks, PADDING, base + _tall(name, LARGE), SMALL)
    shapes += [Curve(NAME_WIDTH, middle, NAME_WIDTH + REACH, each) for each in middles]
    return Block(height, tuple(shapes))


def _rung(branch: Branch, rung: Rung, top: float) -> tuple[float, list[Shape]]:
    left = NAME_WIDTH + REACH
    leaves_left = left + RUNG_WIDTH + REACH
    shapes: list[Shape] = []
    y, middles = top, []
    for leaf in rung.leaves:
        badges = [say(badge.phrase) for badge in branch.badges_of(leaf)]
        words = text_in(leaf.message.title) + (f" [{', '.join(badges)}]" if badges else "")
        bold = leaf.message.kind is Kind.ALERT
        lines = _label(words, LETTERS, LEAF_WIDTH, bold=bold)
        shapes += _lines(lines, leaves_left + PADDING, y, LETTERS, bold=bold)
        middles.append(y + _tall(lines, LETTERS) / 2)
        y += _tall(lines, LETTERS) + PADDING / 2
    label = DASH.join([say(PHASES[rung.phase]), text_in(rung.level.label)])
    lines = _label(label, LETTERS, RUNG_WIDTH, bold=True)
    small = _label(say(SEVERITIES[rung.level.severity]), SMALL, RUNG_WIDTH)
    tall = _tall(lines, LETTERS) + _tall(small, SMALL) + 2 * PADDING
    height = max(y - top, tall)
    middle = top + height / 2
    shift = (height - (y - top)) / 2
    shapes = [_moved(shape, 0, shift) for shape in shapes]
    shapes.append(Box(left, middle - tall / 2, RUNG_WIDTH, tall, FILLS[rung.level.severity], FAINT))
    base = middle - tall / 2 + PADDING
    shapes += _lines(lines, left + PADDING, base, LETTERS, bold=True)
    shapes += _lines(small, left + PADDING, base + _tall(lines, LETTERS), SMALL)
    shapes += [Curve(left + RUNG_WIDTH, middle, leaves_left, each + shift) for each in middles]
    return height, shapes


def _label(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    return fonts.wrap(text, size, room - 2 * PADDING, bold=bold)


def _tall(lines: Sequence[str], size: float) -> float:
    return len(lines) * size * LEADING


def _lines(lines: Sequence[str], x: float, top: float, size: float, *, bold: bool = False) -> list[Shape]:
    return [Words(x, top + size + number * size * LEADING, text, size, bold=bold) for number, text in enumerate(lines)]


def _columns(blocks: Sequence[Block], number: int) -> list[list[Block]]:
    """The blocks in so many columns at most, in order, the tallest as short as it can be (to a unit)."""
    low = max((block.height for block in blocks), default=0.0)
    high = _height(blocks)
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(blocks, middle)) <= number else (middle, high)
    return _filled(blocks, high)


def _filled(blocks: Sequence[Block], limit: float) -> list[list[Block]]:
    columns: list[list[Block]] = [[]]
    for block in blocks:
        if columns[-1] and _height([*columns[-1], block]) > limit:
            # A heading moves on with what it heads.
            carried = [columns[-1].pop()] if columns[-1][-1].heading and len(columns[-1]) > 1 else []
            columns.append(carried)
        columns[-1].append(block)
    return columns


def _height(column: Sequence[Block]) -> float:
    return sum(block.height + BETWEEN for block in column) - BETWEEN if column else 0.0


def _largeness(columns: Sequence[Sequence[Block]]) -> float:
    across = len(columns) * (COLUMN + GUTTER) + MARGIN
    down = max((_height(column) for column in columns), default=0.0) + 2 * MARGIN + TITLE
    return min(LANDSCAPE / across, 1 / down)


def _placed(column: Sequence[Block], x: float, top: float) -> list[Shape]:
    shapes: list[Shape] = []
    for block in column:
        shapes += [_moved(shape, x, top) for shape in block.shapes]
        top += block.height + BETWEEN
    return shapes


def _moved(shape: Shape, x: float, y: float) -> Shape:
    if isinstance(shape, Curve):
        return Curve(shape.x1 + x, shape.y1 + y, shape.x2 + x, shape.y2 + y)
    return replace(shape, x=shape.x + x, y=shape.y + y)
