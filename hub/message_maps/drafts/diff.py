"""What a draft changes, place by place and word by word, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from hub.message_maps.drafts.merge import Document, UnitPath, units

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond this the comparison of words takes long, and nobody reads it: the texts are shown one above the other.
MOST_WORDS = 2000


class Mark(StrEnum):
    """What became of a stretch of text, or of a whole place."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: in both, only in the new one (added), only in the old one (removed)."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. ``place`` lies below its unit, such as ``variants.sms.fr``; empty for the unit itself."""

    unit: UnitPath
    place: str
    mark: Mark
    pieces: tuple[Piece, ...]


def compare(before: Document, after: Document) -> list[Change]:
    """Every field that differs, in the order of the new document; what was removed comes at its unit's former place."""
    old, new = units(before), units(after)
    found: list[Change] = []
    for unit in _both(list(old), list(new)):
        found += _unit_changes(unit, old, new)
    found += _moves([unit for unit in old if unit in new], [unit for unit in new if unit in old])
    return found


def grouped(changes: Iterable[Change]) -> list[tuple[UnitPath, list[Change]]]:
    """Changes unit by unit, in the order in which they come."""
    found: dict[UnitPath, list[Change]] = {}
    for change in changes:
        found.setdefault(change.unit, []).append(change)
    return list(found.items())


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as one, word by word."""
    if before == after:
        return (Piece(Mark.SAME, after),) if after else ()
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return _pieces([(Mark.REMOVED, before), (Mark.ADDED, after)])
    steps: list[tuple[Mark, str]] = []
    for deed, start, end, other_start, other_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if deed == "equal":
            steps.append((Mark.SAME, "".join(old[start:end])))
        else:
            steps += [
                (Mark.REMOVED, "".join(old[start:end])),
                (Mark.ADDED, "".join(new[other_start:other_end])),
            ]
    return _pieces(steps)


def _pieces(steps: list[tuple[Mark, str]]) -> tuple[Piece, ...]:
    return tuple(Piece(mark, text) for mark, text in steps if text)


def _unit_changes(unit: UnitPath, old: dict[UnitPath, Any], new: dict[UnitPath, Any]) -> Iterator[Change]:
    before = dict(_fields(old[unit])) if unit in old else {}
    after = dict(_fields(new[unit])) if unit in new else {}
    for place in {**after, **before}:
        one, other = before.get(place), after.get(place)
        if one == other:
            continue
        mark = Mark.CHANGED
        if one is None or other is None:
            mark = Mark.ADDED if one is None else Mark.REMOVED
        yield Change(unit, place, mark, words(one or "", other or ""))


def _fields(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """The fields of a unit as texts. A listing is one field, its members one below the other."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _fields(member, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        yield place, "\n".join(_line(member) for member in value)
    else:
        yield place, _line(value)


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{place}: {text}" for place, text in _fields(value))
    return value if isinstance(value, str) else str(value).lower()


def _both(old: list[UnitPath], new: list[UnitPath]) -> list[UnitPath]:
    found, known = list(new), set(new)
    for index, unit in enumerate(old):
        if unit not in known:
            found.insert(found.index(old[index - 1]) + 1 if index else 0, unit)
            known.add(unit)
    return found


def _moves(old: list[UnitPath], new: list[UnitPath]) -> Iterator[Change]:
    """The fewest units whose move explains a new order."""
    if old == new:
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    stayed = {unit for block in matcher.get_matching_blocks() for unit in old[block.a : block.a + block.size]}
    yield from (Change(unit, "", Mark.MOVED, ()) for unit in new if unit not in stayed)
