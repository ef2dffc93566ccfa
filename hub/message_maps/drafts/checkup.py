"""What stands between a working copy and its publication: faults, errors of the linter, warnings without a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.document import read_document
from hub.message_maps.drafts.merge import Document
from hub.message_maps.lint import Finding, Grade, lint
from hub.message_maps.lint.accepted import acceptance
from hub.message_maps.model import Accepted, Situation, Source
from hub.message_maps.rules import Rules


@dataclass(frozen=True, slots=True)
class Terms:
    """What a check must know of the world outside of the maps.

    ``today`` is the day in the town; ``in_use`` holds, situation by situation, the messages that open alerts are made
    of.
    """

    rules: Rules
    sources: Mapping[str, Source]
    today: date
    in_use: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found. ``situation`` is ``None`` when there are faults; the linter has then said nothing.

    ``accepted`` are warnings with the reason that the draft gives for them.
    """

    situation: Situation | None
    faults: tuple[Fault, ...]
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    accepted: tuple[tuple[Finding, Accepted], ...] = ()
    advice: tuple[Finding, ...] = ()

    @property
    def obstacles(self) -> list[Fault]:
        """Everything that keeps the copy from being handed in, each with its place."""
        found = list(self.faults)
        found += [
            Fault(place_of(each), Phrase("%(rule)s: %(text)s", rule=each.rule, text=each.phrase))
            for each in self.errors
        ]
        found += [
            Fault(
                place_of(each),
                Phrase("%(rule)s: %(text)s (mend it, or say why it is right)", rule=each.rule, text=each.phrase),
            )
            for each in self.warnings
        ]
        return found


def check_document(document: Document, terms: Terms) -> Checkup:
    """Reads and lints a document."""
    situation, faults = read_document(document, terms.rules, terms.sources)
    if situation is None:
        return Checkup(None, faults)
    findings = lint(situation, terms.rules)
    warnings, accepted = [], []
    for finding in findings:
        if finding.severity is Grade.WARNING:
            reason = acceptance(finding, situation.accepted)
            if reason is None:
                warnings.append(finding)
            else:
                accepted.append((finding, reason))
    return Checkup(
        situation,
        (),
        tuple(each for each in findings if each.severity is Grade.ERROR),
        tuple(warnings),
        tuple(accepted),
        tuple(each for each in findings if each.severity is Grade.ADVICE),
    )


def check_ids(session: Session, situation_id: str, document: Document, terms: Terms) -> list[Fault]:
    """Ids are never used again, and what an open alert is made of cannot be removed. Rule MAP-01."""
    newest = versions.newest_id(session, situation_id)
    known = set(versions.get(session, newest).by_id) if newest else set()
    ids = message_ids(document)
    spent = versions.message_ids(session, situation_id) - known
    found = [
        Fault(
            f"messages.{name}",
            Phrase("the id %(id)s belonged to a message of an earlier version: choose another one", id=name),
        )
        for name in ids
        if name in spent
    ]
    used = terms.in_use.get(situation_id, frozenset())
    found += [
        Fault(
            f"messages.{name}",
            Phrase("an open alert uses the message %(id)s: remove it when the alert has ended", id=name),
        )
        for name in sorted(known - set(ids))
        if name in used
    ]
    return found + _taken(session, situation_id, document)


def message_ids(document: Document) -> list[str]:
    """The ids of a document's messages, as far as they can be read."""
    messages = document.get("messages")
    return [
        message["id"]
        for message in (messages if isinstance(messages, list) else [])
        if isinstance(message, dict) and isinstance(message.get("id"), str)
    ]


def place_of(finding: Finding) -> str:
    """The path of a finding's place in the document."""
    if not finding.message:
        return "situation"
    path = f"messages.{finding.message}"
    if finding.form:
        path += f".variants.{finding.form}"
    return f"{path}.{finding.language}" if finding.form and finding.language else path


def _taken(session: Session, situation_id: str, document: Document) -> list[Fault]:
    situation = document.get("situation")
    wanted = situation.get("id") if isinstance(situation, dict) else None
    if not isinstance(wanted, str) or wanted == situation_id:
        return []
    others = {alias for _, each in versions.current(session) for alias in each.aliases if each.id != situation_id}
    if wanted in others or versions.newest_id(session, wanted):
        return [Fault("situation.id", Phrase("the id %(id)s is or was used: choose another one", id=wanted))]
    return []
