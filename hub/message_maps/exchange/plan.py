"""What an import would do, situation by situation, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps.exchange.files import Candidate, Document, Reading
from hub.message_maps.exchange.flat import written
from hub.message_maps.schema import shorten

_NAMED = frozenset({"messages", "facts", "actions"})
# Whole entries that come or go are told as one change.
_ENTRIES = frozenset({"messages", "facts", "actions", "placeholders", "levels", "accepted"})


class Fate(StrEnum):
    """What becomes of a situation or of a part of it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


FATES: Mapping[Fate, Phrase] = {
    Fate.ADDED: Phrase("new"),
    Fate.CHANGED: Phrase("changed"),
    Fate.REMOVED: Phrase("removed"),
    Fate.UNCHANGED: Phrase("unchanged"),
    Fate.REFUSED: Phrase("refused"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``place`` is its path in the document; a side that has nothing is empty."""

    fate: Fate
    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one situation. ``faults`` say why it is refused."""

    candidate: Candidate
    fate: Fate
    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def title(self) -> Mapping[str, str]:
        """The situation's titles as the file has them; empty when it has none that can be read."""
        head = self.candidate.document.get("situation")
        titles = head.get("title") if isinstance(head, dict) else None
        return titles if isinstance(titles, dict) else {}


def plan(reading: Reading, base: Mapping[str, Document], in_use: Mapping[str, Collection[str]]) -> tuple[Step, ...]:
    """Compares what a file brings with what there is.

    Args:
        reading: the file.
        base: the present documents by situation: the working copy, else the version in force.
        in_use: situation -> messages that incidents which still take follow-ups have used.
    """
    seen: set[str] = set()
    return tuple(_step(candidate, base.get(candidate.situation_id), in_use, seen) for candidate in reading.candidates)


def _step(
    candidate: Candidate, present: Document | None, in_use: Mapping[str, Collection[str]], seen: set[str]
) -> Step:
    name = candidate.situation_id
    if candidate.faults:
        return Step(candidate, Fate.REFUSED, faults=candidate.faults)
    if name in seen:
        twice = Phrase("the situation `%(id)s` stands twice in the file", id=name)
        return Step(candidate, Fate.REFUSED, faults=(Fault("situation.id", twice),))
    seen.add(name)
    if present is None:
        return Step(candidate, Fate.ADDED)
    changes = tuple(differences(present, candidate.document))
    kept = {message["id"] for message in candidate.document["messages"]}
    faults = tuple(
        Fault(
            f"messages.{message}",
            Phrase("an open alert uses this message: it cannot be removed until the alert has ended"),
        )
        for message in sorted(set(in_use.get(name, ())) - kept)
    )
    if faults:
        return Step(candidate, Fate.REFUSED, changes, faults)
    return Step(candidate, Fate.CHANGED if changes else Fate.UNCHANGED, changes)


def differences(before: Document, after: Document) -> Iterator[Change]:
    """The differences of two documents: whole entries that came or went, and single values that changed."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    entries_old, entries_new = _entries(before), _entries(after)
    for place in [*new, *(place for place in old if place not in new)]:
        if old.get(place) == new.get(place):
            continue
        entry = _entry(place)
        if entry in entries_old and entry in entries_new:
            fate = Fate.ADDED if place not in old else Fate.REMOVED if place not in new else Fate.CHANGED
            yield Change(fate, ".".join(place), old.get(place, ""), new.get(place, ""))
    for entry in [*entries_new, *(entry for entry in entries_old if entry not in entries_new)]:
        if entry not in entries_old:
            yield Change(Fate.ADDED, ".".join(entry), "", entries_new[entry])
        elif entry not in entries_new:
            yield Change(Fate.REMOVED, ".".join(entry), entries_old[entry], "")


Place = tuple[str, ...]


def _leaves(document: Document) -> Iterator[tuple[Place, str]]:
    """Every single value with its place; a listing of single values is one value."""
    waiting: list[tuple[Place, Any]] = [((), document)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value):
            value = dict(_named(place, value))
        if isinstance(value, dict):
            waiting += reversed([((*place, str(key)), inner) for key, inner in value.items()])
        else:
            yield place, ", ".join(map(written, value)) if isinstance(value, list) else written(value)


def _named(place: Place, entries: list[Any]) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        name = entry.get("id") if isinstance(entry, dict) and place and place[-1] in _NAMED else None
        step = name if isinstance(name, str) and name and name not in seen else str(number)
        seen.add(step)
        yield step, entry


def _entries(document: Document) -> dict[Place, str]:
    """The entries of the document's groups with a word to show each by; the document itself is one too."""
    found: dict[Place, str] = {(): ""}
    head = document.get("situation")
    groups: dict[Place, Any] = {("situation", "facts"): head.get("facts") if isinstance(head, dict) else None}
    groups |= {(key,): value for key, value in document.items() if key in _ENTRIES}
    for path, value in groups.items():
        entries = dict(_named(path, value)) if isinstance(value, list) else value
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            found[*path, name] = _shown(entry)
    return found


def _entry(place: Place) -> Place:
    """The entry that a place lies in, or nothing for the fields of the situation itself."""
    if place[:2] == ("situation", "facts"):
        return place[:3]
    return place[:2] if place and place[0] in _ENTRIES else ()


def _shown(entry: Any) -> str:
    for key in ("title", "text", "label", "reason"):
        words = entry.get(key) if isinstance(entry, dict) else None
        if isinstance(words, dict) and words:
            return shorten(written(next(iter(words.values()))), 200)
    return ""
