"""The letters of everything on paper: the fonts that come with reportlab, embedded into each PDF.

Bitstream Vera has every sign of French and English. The SVG drawings name it first and then fonts of its width, so the
widths measured here hold for both.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD, ITALIC = "Vera", "VeraBd", "VeraIt"
FAMILY = "Bitstream Vera Sans, DejaVu Sans, Verdana, sans-serif"
_DIRECTORY = Path(reportlab.__file__).parent / "fonts"
# Signs that texts may hold and the fonts do not.
_STAND_INS = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0", "→": ">", "☐": "□", "✓": "•", "\u2011": "-"})
UNKNOWN = "□"
_SPACE = re.compile(r"[ \n\t]+")
# French sets a space before these signs, and never begins a line with one.
_BEFORE_MARK = re.compile(r" (?=[:;?!»])|(?<=«) ")


@cache
def _registered() -> frozenset[int]:
    """Registers the fonts, once; the code points that all of them have."""
    fonts = [TTFont(name, str(_DIRECTORY / f"{name}.ttf")) for name in (PLAIN, BOLD, ITALIC)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=ITALIC, boldItalic=BOLD)
    return frozenset(fonts[0].face.charToGlyph).intersection(*(font.face.charToGlyph for font in fonts))


def printable(text: str) -> str:
    """A text with only such signs as can be printed; what is left is shown as a box, never dropped in silence."""
    known = _registered()
    return "".join(sign if sign in "\n\t" or ord(sign) in known else UNKNOWN for sign in text.translate(_STAND_INS))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is at a size, in the same unit as the size."""
    _registered()
    return float(pdfmetrics.stringWidth(text, BOLD if bold else PLAIN, size))


def wrap(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The lines of a text that fit into ``room``; a single word that is too long stands alone and sticks out."""
    lines: list[str] = []
    for word in _SPACE.split(_BEFORE_MARK.sub("\u00a0", printable(text)).strip()):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]
