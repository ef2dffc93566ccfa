"""The picture of a rumour for social networks: who speaks, the verdict, the fact. What circulates is never on it.

1200 by 630 points is what Open Graph readers ask for. The letters are Bitstream Vera, which reportlab brings.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

import reportlab
from flask_babel import format_datetime, gettext
from PIL import Image, ImageDraw, ImageFont

from hub.rumours.verdicts import Verdict
from hub.web.language import say
from hub.web.parts import parts
from hub.web.public.rumours.shown import Shown

WIDTH, HEIGHT = 1200, 630
MARGIN = 70
_FONTS = Path(reportlab.__file__).parent / "fonts"
INK, PAPER, QUIET = "#14181f", "#ffffff", "#4c566a"
# Colour repeats the word that stands in it; white on each has a contrast of 4.5 at least.
COLOURS = {
    Verdict.TRUE: "#1c6b33",
    Verdict.MOSTLY_TRUE: "#1c6b33",
    Verdict.MISLEADING: "#8a4b00",
    Verdict.MOSTLY_FALSE: "#a1121f",
    Verdict.FALSE: "#a1121f",
    Verdict.UNVERIFIABLE: QUIET,
    Verdict.NOT_KNOWN_YET: QUIET,
}
COLOUR_COUNT = 64
DAYS = {"fr": "dd/MM/y", "en": "d MMM y"}
SIZES = (64, 56, 48, 42, 36)
FACT_TOP, FACT_BOTTOM = 230, 520
LINE = 1.25


def drawn(version: Shown) -> bytes:
    """The picture as PNG."""
    settings = parts().settings
    as_of = gettext("Version %(number)s, %(day)s", number=version.number, day=_day(version))
    host = settings.site.base_url.split("://", 1)[-1].rstrip("/")
    return _painted(
        settings.authority.name,
        say(version.kind_label)
        if version.withdrawn
        else _plain(gettext("Rumour: %(verdict)s", verdict=say(version.label))),
        QUIET if version.withdrawn else COLOURS[version.verdict],
        say(version.title),
        as_of,
        f"{host}{version.path}",
    )


def _day(version: Shown) -> str:
    """The day of publication in the town."""
    return str(format_datetime(version.published_at, DAYS.get(version.language, DAYS["en"])))


@lru_cache(maxsize=256)
def _painted(authority: str, word: str, colour: str, fact: str, as_of: str, address: str) -> bytes:
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, WIDTH, 14), fill=colour)
    draw.text((MARGIN, 50), authority, font=_font("Vera.ttf", 34), fill=QUIET)
    bold = _font("VeraBd.ttf", 40)
    end = MARGIN + draw.textlength(word, font=bold) + 40
    draw.rounded_rectangle((MARGIN, 115, end, 185), radius=8, fill=colour)
    draw.text((MARGIN + 20, 126), word, font=bold, fill=PAPER)
    size, lines = _fitted(draw, _plain(fact))
    font = _font("VeraBd.ttf", size)
    for number, line in enumerate(lines):
        draw.text((MARGIN, FACT_TOP + number * size * LINE), line, font=font, fill=INK)
    small = _font("Vera.ttf", 26)
    draw.text((MARGIN, 545), as_of, font=small, fill=QUIET)
    draw.text((MARGIN, 580), address, font=small, fill=QUIET)
    buffer = io.BytesIO()
    # Of all ways the octree is the fastest by far, and the smallest here; optimising would take ten times as long.
    picture.quantize(COLOUR_COUNT, method=Image.Quantize.FASTOCTREE).save(buffer, "PNG")
    return buffer.getvalue()


def _fitted(draw: ImageDraw.ImageDraw, text: str) -> tuple[int, list[str]]:
    """The largest size at which the text fits, and its lines; at the smallest one the rest is cut with an ellipsis."""
    for size in SIZES:
        lines = _wrapped(draw, text, _font("VeraBd.ttf", size))
        room = int((FACT_BOTTOM - FACT_TOP) / (size * LINE))
        if len(lines) <= room:
            return size, lines
    return size, [*lines[: room - 1], lines[room - 1] + " ..."]


def _wrapped(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and draw.textlength(longer, font=font) > WIDTH - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _plain(text: str) -> str:
    """Narrow spaces are not in the font; a box would stand in their place."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@lru_cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / name, size)
