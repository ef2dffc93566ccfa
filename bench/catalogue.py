"""A large catalogue made of the shipped maps: copies under other names until there are 600 messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

from hub.kernel.settings import ROOT
from hub.message_maps.loader import load_directory
from hub.message_maps.model import Situation
from hub.message_maps.rules import Rules

MESSAGES = 600


def catalogue(messages: int = MESSAGES) -> list[Situation]:
    """Copies of the shipped situations that hold at least so many messages together."""
    found: list[Situation] = []
    for situation in _copies():
        if sum(len(each.messages) for each in found) >= messages:
            break
        found.append(situation)
    return found


def _copies() -> Iterator[Situation]:
    shipped = load_directory(ROOT / "message_maps", Rules()).situations
    for number, situation in enumerate(cycle(shipped)):
        copy = number // len(shipped)
        titles = {language: f"{title} {copy + 1}" for language, title in situation.title.items()}
        yield replace(situation, id=f"{situation.id}.copy{copy}", title=titles) if copy else situation
