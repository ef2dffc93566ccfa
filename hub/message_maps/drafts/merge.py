"""Two people changed one map: what each of them wrote is kept wherever they did not write on the same thing.

A document is cut into units: every message, fact, action, level and placeholder by its id, every other field of the
situation by its name. A unit that only one side changed is taken from that side; one that both changed differently is a
`Clash`, which a person settles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
UnitPath = tuple[str, ...]

# What is cut by the ids of its members. In the file some are listings and some are mappings.
_CUT: frozenset[UnitPath] = frozenset(
    {("situation", "facts"), ("placeholders",), ("levels",), ("actions",), ("messages",)}
)


@dataclass(frozen=True, slots=True)
class Clash:
    """One unit that both sides changed. A side that has removed the unit holds ``None``."""

    path: UnitPath
    base: Any
    mine: Any
    theirs: Any

    @property
    def place(self) -> str:
        """The unit's path, such as ``messages.act.first``."""
        return ".".join(self.path)


def units(document: Document) -> dict[UnitPath, Any]:
    """The units of a document in its order."""
    found: dict[UnitPath, Any] = {}
    for key, value in document.items():
        if key == "situation" and isinstance(value, dict):
            for name, field in value.items():
                found.update(_cut((key, name), field))
        else:
            found.update(_cut((key,), value))
    return found


def touched_units(before: Document, after: Document) -> list[UnitPath]:
    """The units that differ, those that one side lacks included, in the order of ``after``."""
    old, new = units(before), units(after)
    return [path for path in {**new, **old} if old.get(path, _ABSENT) != new.get(path, _ABSENT)]


def merge(base: Document, mine: Document, theirs: Document) -> tuple[dict[str, Any], tuple[Clash, ...]]:
    """Brings two changed copies together.

    Returns:
        The document with the changes of both, holding *my* text where they clash, and the clashes.
    """
    before, ours, others = units(base), units(mine), units(theirs)
    kept: dict[UnitPath, Any] = {}
    clashes = []
    for path in _in_order(list(before), list(ours), list(others)):
        values = [side.get(path, _ABSENT) for side in (before, ours, others)]
        chosen = _choose(*values)
        if chosen is _CLASH:
            old, own, other = (None if value is _ABSENT else value for value in values)
            clashes.append(Clash(path, old, own, other))
            chosen = values[1]
        if chosen is not _ABSENT:
            kept[path] = chosen
    return _joined(kept, _listings(theirs) | _listings(mine)), tuple(clashes)


_ABSENT = object()
_CLASH = object()


def _choose(before: Any, mine: Any, theirs: Any) -> Any:
    if theirs in (mine, before):
        return mine
    return theirs if mine == before else _CLASH


def _cut(path: UnitPath, value: Any) -> Iterator[tuple[UnitPath, Any]]:
    if path in _CUT and value and isinstance(value, dict):
        yield from (((*path, str(name)), member) for name, member in value.items())
    elif path in _CUT and value and _has_ids(value):
        yield from (((*path, member["id"]), member) for member in value)
    else:
        yield path, value


def _has_ids(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(member, dict) for member in value):
        return False
    ids = [member.get("id") for member in value]
    return all(isinstance(name, str) and name for name in ids) and len(set(ids)) == len(ids)


def _listings(document: Document) -> set[UnitPath]:
    situation = document.get("situation")
    parts: dict[UnitPath, Any] = {
        ("situation", "facts"): situation.get("facts") if isinstance(situation, dict) else None
    }
    parts |= {(key,): value for key, value in document.items()}
    return {path for path, value in parts.items() if path in _CUT and isinstance(value, list)}


def _in_order(before: list[UnitPath], mine: list[UnitPath], theirs: list[UnitPath]) -> list[UnitPath]:
    """My order when I have moved something, else theirs; what only the other side has follows its neighbour there."""
    old, new = set(before), set(mine)
    moved = [path for path in mine if path in old] != [path for path in before if path in new]
    first, second = (mine, theirs) if moved else (theirs, mine)
    found, known = list(first), set(first)
    for index, path in enumerate(second):
        if path not in known:
            found.insert(found.index(second[index - 1]) + 1 if index else 0, path)
            known.add(path)
    return found


def _joined(kept: Mapping[UnitPath, Any], listings: set[UnitPath]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for path, value in kept.items():
        container = path[:-1]
        if container not in _CUT:
            _inside(document, container)[path[-1]] = value
            continue
        shape: type = list if container in listings else dict
        place = _inside(document, container[:-1])
        if not isinstance(place.get(container[-1]), shape):
            place[container[-1]] = shape()
        if shape is list:
            place[container[-1]].append(value)
        else:
            place[container[-1]][path[-1]] = value
    return document


def _inside(document: dict[str, Any], path: UnitPath) -> dict[str, Any]:
    for step in path:
        document = document.setdefault(step, {})
    return document
