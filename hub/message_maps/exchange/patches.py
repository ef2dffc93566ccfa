"""Single texts put into the present documents: what tables and outlines bring, which hold no whole map."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps.exchange.files import Candidate, Context, Document, candidate
from hub.message_maps.schema import shorten


@dataclass(frozen=True, slots=True)
class Patch:
    """A text for one place of a situation's document. ``line`` is its line in the file."""

    situation_id: str
    place: tuple[str, ...]
    text: str
    line: int


def apply(patches: list[Patch], context: Context) -> tuple[Candidate, ...]:
    """Puts all texts in, situation by situation; a place that is not there is a fault, and so are two texts for one."""
    situations: dict[str, list[Patch]] = {}
    for patch in patches:
        situations.setdefault(patch.situation_id, []).append(patch)
    return tuple(_patched(name, of_it, context) for name, of_it in situations.items())


def _patched(name: str, patches: list[Patch], context: Context) -> Candidate:
    base = context.base(name)
    if base is None:
        phrase = Phrase("line %(line)s: there is no situation `%(id)s`", line=patches[0].line, id=shorten(name))
        return Candidate(name, {}, (Fault("situation", phrase),))
    document = copy.deepcopy(base)
    faults: list[Fault] = []
    seen: dict[tuple[str, ...], str] = {}
    lines: dict[str, int] = {}
    for patch in patches:
        path = ".".join(patch.place)
        if seen.setdefault(patch.place, patch.text) != patch.text:
            twice = Phrase("line %(line)s: another line has a different text for the same place", line=patch.line)
            faults.append(Fault(path, twice))
        elif (wrong := _put(document, patch)) is not None:
            faults.append(Fault(path, Phrase("line %(line)s: %(fault)s", line=patch.line, fault=wrong)))
        lines[path] = patch.line
    if faults:
        return Candidate(name, document, tuple(faults))
    return candidate(document, context, lines)


def _put(document: Document, patch: Patch) -> Phrase | None:
    *path, last = patch.place
    place: Any = document
    for step in path:
        if isinstance(place, dict) and "same_as" in place:
            break
        place = _inner(place, step)
        if place is None:
            return Phrase("`%(name)s` is not there", name=shorten(".".join(patch.place), 80))
    if isinstance(place, dict) and "same_as" in place:
        return Phrase("this form borrows the text of %(form)s: change it there", form=place["same_as"])
    if isinstance(place, dict) and isinstance(place.get(last), str):
        place[last] = patch.text
    elif isinstance(place, list) and last.isdecimal() and 0 < int(last) <= len(place):
        place[int(last) - 1] = patch.text
    else:
        return Phrase("`%(name)s` is not there", name=shorten(".".join(patch.place), 80))
    return None


def _inner(place: Any, step: str) -> Any:
    if isinstance(place, dict):
        return place.get(step)
    if isinstance(place, list):
        found = [entry for entry in place if isinstance(entry, dict) and entry.get("id") == step]
        if found or not step.isdecimal():
            return found[0] if found else None
        return place[int(step) - 1] if 0 < int(step) <= len(place) else None
    return None
