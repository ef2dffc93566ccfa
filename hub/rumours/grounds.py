"""What a check stands on: named sources that were asked, and documents (`hub.rumours.evidence`)."""

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
from hub.rumours.models import NAME_LENGTH, REPORT_LENGTH, Confirmation, Evidence
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


def confirm(desk: RumourDesk, ref: Ref, draft: ConfirmationDraft, *, actor: Actor) -> None:
    """Adds a link to the confirmation chain.

    Raises:
        InvalidInput: some fields are wrong; each is named.
        StepRefused: the answer waits for approval, or the rumour was merged.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    faults = [
        *needed_line("source_name", draft.source_name, NAME_LENGTH),
        *needed_line("organisation", draft.organisation, NAME_LENGTH),
        *needed_line("statement", draft.statement, REPORT_LENGTH),
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
        refuse_if_proposed(change)
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


class Ground(StrEnum):
    """The two kinds of ground."""

    CONFIRMATION = "confirmation"
    EVIDENCE = "evidence"


def remove(desk: RumourDesk, ref: Ref, kind: Ground, row_id: int, *, actor: Actor) -> None:
    """Takes a ground back that was recorded by mistake, and erases our copy of it.

    The log keeps what it was and the copy's SHA-256, and so does every published version that names it. A crash
    before the file is erased leaves it to `hub.rumours.erasure`.

    Raises:
        NotFound: this rumour has no such ground.
        StepRefused, ChangedMeanwhile: see `confirm`.
    """
    with changing(ref, "rumour.ground_removed", actor=actor, now=desk.clock.now()) as change:
        refuse_if_proposed(change)
        row: Confirmation | Evidence | None
        if kind is Ground.CONFIRMATION:
            row = change.session.get(Confirmation, row_id)
        else:
            row = change.session.get(Evidence, row_id)
        if row is None or row.rumour_id != ref.rumour_id:
            raise NotFound(Phrase("This rumour has no such ground."))
        what = row.organisation if isinstance(row, Confirmation) else row.title
        change.detail |= {"what": what, "recorded_by": row.recorded_by}
        copy = ""
        if isinstance(row, Evidence):
            copy = row.archive
            change.detail |= {"sha256": row.archive_sha256}
        change.session.delete(row)
    # After the row: a copy that nothing names is harmless, a row without its copy would lie.
    archive.erase(desk.settings.data.directory, copy)


def refuse_if_proposed(change: Change) -> None:
    """Keeps the grounds of an answer as they are while it waits for approval.

    Raises:
        StepRefused: the answer waits for approval, or the rumour was merged.
    """
    if change.rumour.workflow in {Workflow.PROPOSED, Workflow.MERGED}:
        raise StepRefused(Phrase("The answer waits for approval. Return it before you change it."))


def needed_line(name: str, text: str, most: int) -> list[Fault]:
    """What is wrong with a line of text that has to be there."""
    length = len(tidied(text))
    if not length:
        return [Fault(name, Phrase("This field is needed."))]
    return [Fault(name, Phrase("At most %(count)s characters.", count=most))] if length > most else []
