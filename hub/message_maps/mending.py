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
from hub.message_maps.model import Message, Part, Placeholder, PlaceholderType, Situation


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
        if key.partition(".")[0] in names and any(_says(item, wrong, right) for item in _items(value))
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
    items = [_phrase(wrong).sub(lambda _: right, item) if _says(item, wrong, right) else item for item in _items(value)]
    # A list that named both streets names the right one once.
    return ", ".join(dict.fromkeys(items))


def _items(value: str) -> list[str]:
    return [tidy(item) for item in value.split(",")]


def _says(item: str, wrong: str, right: str) -> bool:
    """Whether an item holds the wrong words, other than inside the right ones ("rue du Pont" in "rue du Pont Neuf")."""
    return bool(_phrase(wrong).search(_phrase(right).sub("", item)))


def _phrase(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
