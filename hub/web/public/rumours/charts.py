"""Charts drawn here, as SVG inside the page: bars with their numbers; no script, no style of their own.

Each stands beside a table with the same numbers; its name says what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH = 420
ROW, LABEL, NUMBER = 30, 150, 90
PADDING = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, how long, and how its number is written."""

    label: str
    value: float
    words: str


def bars(name: str, drawn: Sequence[Bar]) -> Markup:
    """A chart of horizontal bars from zero; the longest fills the width. ``name`` is what a screen reader says."""
    most = max((bar.value for bar in drawn), default=0) or 1
    room = WIDTH - LABEL - NUMBER
    done = Markup('<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}">').format(
        name, WIDTH, ROW * max(len(drawn), 1)
    )
    for number, bar in enumerate(drawn):
        top, length = number * ROW, round(bar.value / most * room, 1)
        done += Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LABEL - 10, top + 20, bar.label)
        done += Markup('<rect x="{}" y="{}" width="{}" height="{}"/>').format(
            LABEL, top + PADDING, length, ROW - 2 * PADDING
        )
        done += Markup('<text x="{}" y="{}">{}</text>').format(LABEL + length + 8, top + 20, bar.words)
    return done + Markup("</svg>")
