"""What is said of one message while it is typed: faults, findings of the linter, counters, each at its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.channels.text import Count
from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.message_maps.document import read_document
from hub.message_maps.drafts.checkup import Terms
from hub.message_maps.lint import Finding, Grade, lint
from hub.message_maps.lint.accepted import acceptance
from hub.message_maps.model import FORMS, Situation
from hub.web.console.map_editor.sections import MESSAGES, Document
from hub.web.console.map_editor.working import as_dict, copied, path_of
from hub.web.console.texts import with_values


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one form in one language; ``lender`` is the form whose text it borrows."""

    id: str
    language: str
    count: Count | None
    faults: tuple[Phrase, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything about one message. ``elsewhere`` is the number of faults in other parts of the draft.

    ``general`` are findings of the message as a whole, ``faults`` those of its other fields, by their path inside it.
    """

    said: tuple[Said, ...]
    general: tuple[Finding, ...]
    faults: tuple[Fault, ...]
    elsewhere: int
    count: dict[Grade, int] = field(default_factory=dict)

    @property
    def blocked(self) -> int:
        """The number of faults and errors: what keeps the message from being published."""
        return self.count.get(Grade.ERROR, 0) + len(self.faults) + sum(len(each.faults) for each in self.said)


def verdict(document: Document, message_id: str, terms: Terms, languages: Sequence[str]) -> Verdict:
    """Reads and lints a draft for the sake of one message.

    Faults elsewhere do not keep it from being judged: what is broken is left out of a copy first.
    """
    inside = path_of(MESSAGES, message_id)
    situation, faults = read_document(document, terms.rules, terms.sources)
    mine = [Fault(each.field.removeprefix(inside), each.phrase) for each in faults if each.field.startswith(inside)]
    elsewhere = len(faults) - len(mine)
    if situation is None and not mine:
        situation = _without_broken(document, message_id, faults, terms)
    findings: list[Finding] = []
    counts: dict[tuple[str, str], Count] = {}
    if situation is not None and message_id in situation.by_id:
        findings = [
            each
            for each in lint(situation, terms.rules)
            if each.message == message_id and acceptance(each, situation.accepted) is None
        ]
        shown = with_values(situation, situation.message(message_id), languages)
        counts = {(form.form, text.language): text.count for form in shown for text in form.texts}
    return _sorted(findings, mine, counts, elsewhere, languages)


def _sorted(
    findings: list[Finding],
    faults: list[Fault],
    counts: dict[tuple[str, str], Count],
    elsewhere: int,
    languages: Sequence[str],
) -> Verdict:
    said, placed = [], []
    for form in FORMS:
        for language in languages:
            start = f"variants.{form}.{language}"
            here = [each for each in faults if each.field == start or each.field.startswith(f"{start}.")]
            placed += here
            of_text = [each for each in findings if (each.form, each.language) == (form, language)]
            said.append(
                Said(
                    f"said-{form}-{language}",
                    language,
                    counts.get((form, language)),
                    tuple(each.phrase for each in here),
                    tuple(of_text),
                )
            )
    at_texts = {id(each) for text in said for each in text.findings}
    return Verdict(
        tuple(said),
        tuple(each for each in findings if id(each) not in at_texts),
        tuple(each for each in faults if each not in placed),
        elsewhere,
        {grade: sum(each.severity is grade for each in findings) for grade in Grade},
    )


def _without_broken(document: Document, message_id: str, faults: Sequence[Fault], terms: Terms) -> Situation | None:
    """The draft without other messages that have faults, and without what leads to them; ``None`` if it is no use."""
    copy = copied(document)
    messages = [each for each in copy.get(MESSAGES) or [] if isinstance(each, dict)]
    broken = {
        each.get("id")
        for each in messages
        if any(fault.field.startswith(path_of(MESSAGES, str(each.get("id")))) for fault in faults)
    }
    kept = [each for each in messages if each.get("id") not in broken or each.get("id") == message_id]
    for each in kept:
        follow = {role: to for role, to in as_dict(each.get("followups")).items() if to not in broken}
        each.pop("followups", None)
        if follow:
            each["followups"] = follow
    copy[MESSAGES] = kept
    return read_document(copy, terms.rules, terms.sources)[0]
