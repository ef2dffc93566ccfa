"""Text from people: one Unicode form, no sign that cannot be seen, no sign that turns the direction of reading."""

from __future__ import annotations

import re
import unicodedata

# Controls, soft hyphen, zero widths, direction changes, variation selectors, tags, lone surrogates, unassigned ends.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e01ef]"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")


def tidied(text: str) -> str:
    """A text as it is kept: NFC, single spaces, at most one empty line at a time, nothing that cannot be seen.

    Markup, formulas and search operators stay as they were typed: they are text, and every surface writes them as such.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    return _BLANK_LINES.sub("\n\n", _LINES.sub("\n", _SPACES.sub(" ", text))).strip()


def one_line(text: str) -> str:
    """The same in one line."""
    return " ".join(tidied(text).split())
