"""What reading a file gives: candidates for working copies, or the reason why it cannot be read at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps.document import read_document, to_document
from hub.message_maps.model import Source
from hub.message_maps.rules import Rules

Document = dict[str, Any]
# Place in a document -> what a program's file had there that means nothing to the hub (see `freeplane`).
Kept = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader may lean on: the rules, the sources of facts, and the present document of a situation."""

    rules: Rules
    sources: Mapping[str, Source]
    base: Callable[[str], Document | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One situation that a file brings. With ``faults`` it is refused and ``document`` is what was found."""

    situation_id: str
    document: Document
    faults: tuple[Fault, ...] = ()
    kept: Kept = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file brings. ``notes`` tell what was not as it should be and yet could be read."""

    candidates: tuple[Candidate, ...]
    notes: tuple[Phrase, ...] = ()
    kept: Kept = field(default_factory=dict)


def candidate(
    document: Any, context: Context, lines: Mapping[str, int] | None = None, kept: Kept | None = None
) -> Candidate:
    """Checks a document as the loader does; a sound one is brought into the form of `to_document`."""
    situation, faults = read_document(document, context.rules, context.sources)
    if situation is not None:
        return Candidate(situation.id, to_document(situation), (), kept or {})
    head = document.get("situation") if isinstance(document, dict) else None
    found = head.get("id") if isinstance(head, dict) else None
    name = found if isinstance(found, str) else ""
    told = tuple(Fault(fault.field, _with_line(fault, lines or {})) for fault in faults)
    return Candidate(name, document if isinstance(document, dict) else {}, told)


def _with_line(fault: Fault, lines: Mapping[str, int]) -> Phrase:
    path = fault.field
    while path:
        if line := lines.get(path):
            return Phrase("line %(line)s: %(fault)s", line=line, fault=fault.phrase)
        path = path.rpartition(".")[0]
    return fault.phrase
