"""The topics of messages: what a destination may ask for, and what a message is about.

A message names every topic that it is about, the general one among them; a destination gets it if it names one of them.
So "all alerts" and "the alerts of one commune" are found by the same comparison.
"""

from __future__ import annotations

from collections.abc import Iterable

ALERTS = "alert"
EXERCISES = "exercise"
RUMOURS = "rumour"
EVENT = "event"


def within(word: str, place: str) -> str:
    """A topic narrowed to a commune (INSEE code) or, for `EVENT`, to one event."""
    return f"{word}:{place}"


def of_message(word: str, communes: Iterable[str]) -> tuple[str, ...]:
    """The topics of a message about these communes."""
    return (word, *(within(word, insee) for insee in communes))
