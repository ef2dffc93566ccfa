"""The marks that tell an exercise from the real thing, at the start and at the end of every text (rule LVL-04).

The word stands three times, as in the French services' own practice ("Exercice, exercice, exercice").
"""

from __future__ import annotations

from collections.abc import Mapping

_WORDS = {"fr": "EXERCICE", "en": "EXERCISE"}
# French sets a space before the colon.
_COLONS = {"fr": " : "}


def mark(language: str) -> str:
    """The mark in a language; English where we know no better word."""
    return " ".join([_WORDS.get(language, _WORDS["en"])] * 3)


def with_mark(language: str, headline: str) -> str:
    """A headline with the mark in front."""
    return f"{mark(language)}{_COLONS.get(language, ': ')}{headline}"


def marked(form: str, language: str, parts: Mapping[str, str]) -> dict[str, str]:
    """The parts of a text with exercise marks in front and behind.

    ``long``, ``simplified``: a first and a last line. ``led``: a first and a last page. ``cap``: the headline and the
    description start with the mark, the instruction ends with it. ``voice``: as sentences of their own, with commas
    and full stops that make whoever reads pause. Others: in front and behind.
    """
    word = mark(language)
    if form == "led":
        pages = [word, *parts.values(), word]
        return {f"page{number}": page for number, page in enumerate(pages, 1)}
    if form == "cap":
        return {
            "headline": with_mark(language, parts["headline"]),
            "description": f"{word} {parts['description']}",
            "instruction": f"{parts['instruction']} {word}",
        }
    if form == "voice":
        spoken = f"{word.replace(' ', ', ')}."
        return {part: f"{spoken} {text} {spoken}" for part, text in parts.items()}
    gap = "\n" if form in {"long", "simplified"} else " "
    return {part: f"{word}{gap}{text}{gap}{word}" for part, text in parts.items()}
