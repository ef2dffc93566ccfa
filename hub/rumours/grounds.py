"""What a check stands on: named sources that were asked, and documents with our copy of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.identity.actor import Actor
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.rumours import archive
from hub.rumours.changing import Change, Ref, changing
from hub.rumours.desk import RumourDesk
from hub.rumours.errors import StepRefused
from hub.rumours.models import ADDRESS_LENGTH, CLAIM_LENGTH, NAME_LENGTH, REPORT_LENGTH, Confirmation, Evidence
from hub.rumours.plain import one_line, tidied
from hub.rumours.states import Workflow


class Means(StrEnum):
    """How a source was asked."""

    PHONE = "phone"
    EMAIL = "email"
    IN_PERSON = "in_person"
    DOCUMENT = "document"
    RADIO = "radio"


MEANS: Mapping[Means, Phrase] = {
    Means.PHONE: Phrase("By telephone"),
    Means.EMAIL: Phrase("By e-mail"),
    Means.IN_PERSON: Phrase("In person"),
    Means.DOCUMENT: Phrase("By a document"),
    Means.RADIO: Phrase("By radio"),
}


@dataclass(frozen=True, slots=True)
class ConfirmationDraft:
    """What a named source said. ``supports``: it bears the claim out; else it contradicts it; ``None``: not said.

    ``public``: its organisation may be named in the register; its person never is.
    """

    source_name: str
    organisation: str
    means: str
    at: datetime | None
    supports: bool | None
    statement: str
    public: bool


@dataclass(frozen=True, slots=True)
class EvidenceDraft:
    """A document. ``copy`` is our copy of it; ``public``: it may be named in the register."""

    title: str
    publisher: str
    address: str
    public: bool
    copy: archive.Copy | None = None


def confirm(desk: RumourDesk, ref: Ref, draft: ConfirmationDraft, *, actor: Actor) -> None:
    """Adds a link to the confirmation chain.

    Raises:
        InvalidInput: some fields are wrong; each is named.
        StepRefused: the answer waits for approval, or the rumour was merged.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    faults = [
        *_line("source_name", draft.source_name, NAME_LENGTH),
        *_line("organisation", draft.organisation, NAME_LENGTH),
        *_line("statement", draft.statement, REPORT_LENGTH),
    ]
    if draft.means not in set(Means):
        faults.append(Fault("means", Phrase("Choose one of the list.")))
    if draft.supports is None:
        faults.append(Fault("supports", Phrase("Say whether the source bears the claim out or contradicts it.")))
    if draft.at is None or draft.at > now:
        faults.append(Fault("at", Phrase("Give the moment at which the source said it; it cannot lie ahead.")))
    if faults or draft.at is None or draft.supports is None:
        raise InvalidInput(faults)
    with changing(ref, "rumour.confirmation_added", actor=actor, now=now) as change:
        _open(change)
        change.session.add(
            Confirmation(
                rumour_id=ref.rumour_id,
                source_name=one_line(draft.source_name),
                organisation=one_line(draft.organisation),
                means=draft.means,
                supports=draft.supports,
                statement=tidied(draft.statement),
                public=draft.public,
                at=draft.at,
                recorded_by=actor.name,
                recorded_at=now,
            )
        )
        change.detail |= {"organisation": one_line(draft.organisation), "supports": draft.supports}


def add_evidence(desk: RumourDesk, ref: Ref, draft: EvidenceDraft, *, actor: Actor) -> None:
    """Adds a document, and keeps our copy of it.

    Raises:
        InvalidInput: the title is missing, a field is too long, or there is neither a copy nor an address.
        StepRefused, NotFound, ChangedMeanwhile: see `confirm`.
    """
    now = desk.clock.now()
    faults = _line("title", draft.title, CLAIM_LENGTH)
    if len(one_line(draft.publisher)) > NAME_LENGTH:
        faults.append(Fault("publisher", Phrase("At most %(count)s characters.", count=NAME_LENGTH)))
    if len(draft.address.strip()) > ADDRESS_LENGTH:
        faults.append(Fault("address", Phrase("At most %(count)s characters.", count=ADDRESS_LENGTH)))
    if draft.copy is None:
        faults.append(
            Fault("file", Phrase("Give the address of the document, or a file: without a copy it may vanish."))
        )
    if faults or draft.copy is None:
        raise InvalidInput(faults)
    # Before the row: a copy that nothing names is harmless, a row without its copy would lie.
    name = archive.keep(desk.settings.data.directory, draft.copy)
    with changing(ref, "rumour.evidence_added", actor=actor, now=now) as change:
        _open(change)
        change.session.add(
            Evidence(
                rumour_id=ref.rumour_id,
                title=one_line(draft.title),
                publisher=one_line(draft.publisher),
                address=draft.address.strip(),
                archive=name,
                archive_type=draft.copy.media_type,
                archive_sha256=draft.copy.sha256,
                archived_at=now,
                public=draft.public,
                recorded_by=actor.name,
                recorded_at=now,
            )
        )
        change.detail |= {"title": one_line(draft.title), "sha256": draft.copy.sha256}


class Ground(StrEnum):
    """The two kinds of ground."""

    CONFIRMATION = "confirmation"
    EVIDENCE = "evidence"


def remove(desk: RumourDesk, ref: Ref, kind: Ground, row_id: int, *, actor: Actor) -> None:
    """Takes a ground back that was recorded by mistake. The log keeps what it was; published versions stay.

    Raises:
        NotFound: this rumour has no such ground.
        StepRefused, ChangedMeanwhile: see `confirm`.
    """
    with changing(ref, "rumour.ground_removed", actor=actor, now=desk.clock.now()) as change:
        _open(change)
        row: Confirmation | Evidence | None
        if kind is Ground.CONFIRMATION:
            row = change.session.get(Confirmation, row_id)
        else:
            row = change.session.get(Evidence, row_id)
        if row is None or row.rumour_id != ref.rumour_id:
            raise NotFound(Phrase("This rumour has no such ground."))
        what = row.organisation if isinstance(row, Confirmation) else row.title
        change.detail |= {"what": what, "recorded_by": row.recorded_by}
        change.session.delete(row)


def _open(change: Change) -> None:
    if change.rumour.workflow in {Workflow.PROPOSED, Workflow.MERGED}:
        raise StepRefused(Phrase("The answer waits for approval. Return it before you change it."))


def _line(name: str, text: str, most: int) -> list[Fault]:
    length = len(tidied(text))
    if not length:
        return [Fault(name, Phrase("This field is needed."))]
    return [Fault(name, Phrase("At most %(count)s characters.", count=most))] if length > most else []
