"""A plain nested value (dicts, lists, texts, numbers) as the loader's tree of nodes, where each node knows its path.

The loader tells a fault by line and column. A document has neither: its nodes stand in line 0, and the column numbers
the node, so that every fault leads back to a path such as ``messages.act.first.variants.sms.fr``.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps.schema import Faults, shorten
from hub.message_maps.yaml_tree import MAX_BYTES, MAX_DEPTH, Listing, Mapping, Node, Scalar

# Entries of these lists are named by their id; others by their number in the list.
_NAMED_LISTS = frozenset({"messages", "facts", "actions"})


class DocumentFaults(Faults):
    """Collects the faults of one document; ``paths`` holds the path of each numbered node."""

    def __init__(self) -> None:
        super().__init__("")
        self.paths: list[str] = [""]

    def number(self, path: str) -> int:
        """Gives a path its number."""
        self.paths.append(path)
        return len(self.paths) - 1

    def named(self) -> tuple[Fault, ...]:
        """The faults with their paths, in the order of the document."""
        return tuple(
            Fault(self.paths[fault.column], fault.phrase) for fault in sorted(self.found, key=lambda f: f.column)
        )


def document_tree(document: Any, faults: DocumentFaults) -> Mapping | None:
    """The tree of a document, without recursion.

    A document that is no mapping, lies deeper than `MAX_DEPTH` or is larger than `MAX_BYTES` gives a fault and
    ``None``: the bounds are those of a map file.
    """
    root = Listing(0, 0, [])
    waiting: list[_Waiting] = [_Waiting(document, "", 0, root, "")]
    room = MAX_BYTES
    while waiting:
        here = waiting.pop()
        number = faults.number(here.path)
        if here.depth > MAX_DEPTH:
            faults.report(0, number, Phrase("nested deeper than %(limit)s levels", limit=MAX_DEPTH))
            return None
        node = _node(here.value, number)
        _hang(here, node)
        room -= len(here.key) + (len(node.value) if isinstance(node, Scalar) else 1)
        if room < 0:
            faults.report(0, 0, Phrase("the map is larger than %(limit)s characters", limit=MAX_BYTES))
            return None
        if isinstance(node, Mapping | Listing):
            waiting += reversed(_children(here, node))
    top = root.items[0]
    if not isinstance(top, Mapping):
        faults.report(0, 0, Phrase("expected keys and values at the top, such as `schema: tocsin-map/1`"))
        return None
    return top


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A value that is still to become a node of its parent."""

    value: Any
    path: str
    depth: int
    parent: Mapping | Listing
    key: str


def _node(value: Any, number: int) -> Node:
    if isinstance(value, Map):
        return Mapping(0, number, {}, {})
    if isinstance(value, list | tuple):
        return Listing(0, number, [])
    return Scalar(0, number, _written(value), plain=True)


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _hang(here: _Waiting, node: Node) -> None:
    if isinstance(here.parent, Listing):
        here.parent.items.append(node)
    else:
        here.parent.entries[here.key] = node
        here.parent.places[here.key] = (0, node.column)


def _children(here: _Waiting, node: Mapping | Listing) -> list[_Waiting]:
    depth = here.depth + 1
    if isinstance(node, Mapping):
        pairs = [(str(key), str(key), value) for key, value in here.value.items()]
    else:
        pairs = [("", step, value) for step, value in zip(_steps(here), here.value, strict=True)]
    prefix = f"{here.path}." if here.path else ""
    return [_Waiting(value, prefix + shorten(step), depth, node, key) for key, step, value in pairs]


def _steps(here: _Waiting) -> list[str]:
    """How the entries of a list are named: by their id, or by their number from 1 where ids are missing or double."""
    steps = [str(number) for number in range(1, len(here.value) + 1)]
    if here.path.rpartition(".")[2] not in _NAMED_LISTS:
        return steps
    ids = [entry.get("id") if isinstance(entry, Map) else None for entry in here.value]
    seen: set[str] = set()
    for place, found in enumerate(ids):
        if isinstance(found, str) and found and found not in seen:
            seen.add(found)
            steps[place] = found
    return steps
