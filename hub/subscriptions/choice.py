"""What somebody wants to be written about, and the topics that stand for it in the outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hub.channels import topics
from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Territory

MOST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice as it is stored and shown.

    ``alerts``, ``exercises`` and ``rumours`` are narrowed to ``communes`` (INSEE codes) if there are any; without, they
    mean the whole territory. ``events`` are ids: their register entries, wherever they are. ``language`` is that of the
    mails.
    """

    language: str
    alerts: bool = False
    exercises: bool = False
    rumours: bool = False
    communes: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def topics(self) -> frozenset[str]:
        """The words by which the outbox finds it."""
        wanted = {topics.ALERTS: self.alerts, topics.EXERCISES: self.exercises, topics.RUMOURS: self.rumours}
        words = [word for word, chosen in wanted.items() if chosen]
        if self.communes:
            words = [topics.within(word, insee) for word in words for insee in self.communes]
        return frozenset((*words, *(topics.within(topics.EVENT, event) for event in self.events)))

    def faults(self, territory: Territory, languages: Collection[str], events: Collection[str]) -> list[Fault]:
        """What is wrong with it, at the fields of the form. ``events`` are the ids that there are."""
        found = []
        if not self.topics:
            found.append(Fault("topics", Phrase("Choose at least one kind of message or one event.")))
        elif self.exercises and not self.alerts:
            found.append(Fault("topics", Phrase("Exercises are announced to those who receive alerts: choose both.")))
        if set(self.communes) - {commune.insee for commune in territory.communes}:
            found.append(Fault("communes", Phrase("Choose among the communes of the list.")))
        if len(self.events) > MOST_EVENTS or set(self.events) - set(events):
            found.append(Fault("events", Phrase("Choose among the events of the list.")))
        if self.language not in languages:
            found.append(Fault("language", Phrase("Choose one of these languages.")))
        return found

    def to_json(self) -> dict[str, Any]:
        """JSON types only; `from_json` reads it back."""
        return {
            "alerts": self.alerts,
            "exercises": self.exercises,
            "rumours": self.rumours,
            "communes": list(self.communes),
            "events": list(self.events),
        }


def from_json(stored: Mapping[str, Any], language: str) -> Choice:
    """Reads what `Choice.to_json` wrote."""
    return Choice(
        language=language,
        alerts=stored["alerts"],
        exercises=stored["exercises"],
        rumours=stored["rumours"],
        communes=tuple(stored["communes"]),
        events=tuple(stored["events"]),
    )
