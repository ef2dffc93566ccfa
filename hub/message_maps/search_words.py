"""Words as search sees them, and the stretch of a text in which they were found."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from hub.message_maps.tagged import Tagged
from hub.message_maps.wording import bare

_WORD = re.compile(r"[^\W_]+")
_BLANK = re.compile(r"\{[a-z][a-z0-9_]*\}")
# How much of a text is shown around the first word found, in characters.
_BEFORE, _LONGEST = 40, 160


class Stretch(NamedTuple):
    """A piece of an excerpt; ``found`` when it is one of the words that were asked for."""

    text: str
    found: bool


def fold(text: str) -> str:
    """A text for comparison: without accents, case and ligatures."""
    return bare(text).lower().replace("œ", "oe").replace("æ", "ae")


def words_of(text: str) -> list[str]:
    """The words of a folded text, in order."""
    return _WORD.findall(text)


def literal(tagged: Tagged) -> str:
    """The words of a text that the author wrote: no tags, no names of blanks."""
    return _BLANK.sub(" ", tagged.shown)


def excerpt(text: str, query: str) -> list[Stretch]:
    """The part of a text around the first word that begins like one of the query, all such words marked.

    The text is cut at word borders to about 160 characters, with an ellipsis at each cut. Without such a word it is the
    beginning of the text.
    """
    text = " ".join(text.split())
    spans = _spans(text, tuple(dict.fromkeys(words_of(fold(query)))))
    start = _start(text, spans[0][0] if spans else 0)
    end = _end(text, start)
    return _cut(text, start, end, [span for span in spans if span[1] <= end])


def _spans(text: str, wanted: tuple[str, ...]) -> list[tuple[int, int]]:
    if not wanted:
        return []
    folded = fold(text)
    if len(folded) == len(text):
        beginnings = "|".join(map(re.escape, wanted))
        return [match.span() for match in re.finditer(rf"(?<![^\W_])(?:{beginnings})[^\W_]*", folded)]
    # A ligature became two letters, so that places in the folded text are none in the text.
    return [match.span() for match in _WORD.finditer(text) if fold(match[0]).startswith(wanted)]


def _start(text: str, first: int) -> int:
    if first <= _BEFORE:
        return 0
    space = text.find(" ", first - _BEFORE, first)
    return space + 1 if space >= 0 else first


def _end(text: str, start: int) -> int:
    if len(text) - start <= _LONGEST:
        return len(text)
    space = text.rfind(" ", start, start + _LONGEST)
    return space if space > start else start + _LONGEST


def _cut(text: str, start: int, end: int, spans: Collection[tuple[int, int]]) -> list[Stretch]:
    pieces, last = [Stretch("… ", found=False)] if start else [], start
    for begin, stop in spans:
        pieces += [Stretch(text[last:begin], found=False), Stretch(text[begin:stop], found=True)]
        last = stop
    pieces.append(Stretch(text[last:end] + (" …" if end < len(text) else ""), found=False))
    return [piece for piece in pieces if piece.text]
