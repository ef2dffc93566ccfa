"""A correction mends what it repeats: the wrong words give way to the right ones in every blank.

Without this, a correction could say "the street is rue du Pont, not rue du Port" and, two lines on, still name
rue du Port as the area: a resident would not know which one to believe.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps.blank_types import parse_time, tidy
from hub.message_maps.blanks import asked
from hub.message_maps.model import PLACES, Message, Part, Placeholder, PlaceholderType, Situation

_WORDS = PLACES | {PlaceholderType.TEXT}


def mended(situation: Situation, message: Message, typed: Mapping[str, str]) -> dict[str, str]:
    """The answers with the wrong words replaced, whatever their case; a list is mended item by item.

    Mending twice changes nothing more. Answers of a message that corrects nothing come back as they are.
    """
    wrong, right = _words(situation, message, typed)
    if not wrong or not right:
        return dict(typed)
    blanks = situation.placeholders
    return {key: _mend(blanks.get(key.partition(".")[0]), value, wrong, right) for key, value in typed.items()}


def still_wrong(situation: Situation, message: Message, typed: Mapping[str, str]) -> list[Fault]:
    """One fault for each blank of the message that still holds the wrong words."""
    wrong, right = _words(situation, message, typed)
    if not wrong or not right:
        return []
    names = {blank.name for blank in asked(situation, message) if blank.corrects is None}
    phrase = Phrase("this still says “%(wrong)s”, which the correction calls wrong", wrong=wrong)
    return [
        Fault(f"blanks.{key}", phrase)
        for key, value in typed.items()
        if (name := key.partition(".")[0]) in names
        and any(_says(item, wrong, right) for item in _items(situation.placeholders[name], value))
    ]


def _words(situation: Situation, message: Message, typed: Mapping[str, str]) -> tuple[str, str]:
    held = {blank.corrects: tidy(typed.get(blank.name, "")) for blank in asked(situation, message) if blank.corrects}
    return held.get(Part.WRONG, ""), held.get(Part.RIGHT, "")


def _mend(blank: Placeholder | None, value: str, wrong: str, right: str) -> str:
    if blank is None or blank.corrects:
        return value
    if blank.type is PlaceholderType.TIME:
        same = parse_time(wrong) is not None and parse_time(value) == parse_time(wrong)
        return right if same and parse_time(right) else value
    items = _items(blank, value)
    if not any(_says(item, wrong, right) for item in items):
        return value
    # A list that named both streets names the right one once.
    return ", ".join(dict.fromkeys(_righted(item, wrong, right) for item in items))


def _items(blank: Placeholder, value: str) -> list[str]:
    """What is mended one by one. In a number or a distance a comma is a decimal sign."""
    return [tidy(item) for item in value.split(",")] if blank.type in _WORDS else [tidy(value)]


def _righted(item: str, wrong: str, right: str) -> str:
    """The right words in place of the wrong ones, and the right ones left alone."""
    either = re.compile(f"{_pattern(right)}|({_pattern(wrong)})", re.IGNORECASE)
    return either.sub(lambda found: right if found[1] else found[0], item)


def _says(item: str, wrong: str, right: str) -> bool:
    """Whether an item holds the wrong words, other than inside the right ones ("rue du Pont" in "rue du Pont Neuf")."""
    return bool(_phrase(wrong).search(_phrase(right).sub("", item)))


def _phrase(words: str) -> re.Pattern[str]:
    return re.compile(_pattern(words), re.IGNORECASE)


def _pattern(words: str) -> str:
    # Whole words; and 5 is no part of 1,5.
    return rf"(?<!\w)(?<!\d[.,]){re.escape(words)}(?!\w|[.,]\d)"
