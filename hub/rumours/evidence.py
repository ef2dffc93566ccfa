"""Documents that a check stands on: each with our copy, or with the reason why there is none yet.

A page that cannot be copied is recorded all the same, or what an officer saw would be lost with it. But only a copy can
be looked at later, so evidence without one bears no verdict (`bears`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hub.dispatch import reasons
from hub.identity.actor import Actor
from hub.kernel.errors import Fault, HubError, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.rumours import archive
from hub.rumours.archive import Copy, NoCopy
from hub.rumours.changing import Change, Ref, changing
from hub.rumours.desk import RumourDesk
from hub.rumours.errors import StepRefused
from hub.rumours.grounds import needed_line, refuse_if_proposed
from hub.rumours.models import ADDRESS_LENGTH, CLAIM_LENGTH, NAME_LENGTH, Confirmation, Evidence
from hub.rumours.plain import one_line


@dataclass(frozen=True, slots=True)
class EvidenceDraft:
    """A document. ``copy`` is our copy of it, or why its address gave none; ``public``: the register may name it."""

    title: str
    publisher: str
    address: str
    public: bool
    copy: Copy | NoCopy | None = None


def bears(confirmations: Collection[Confirmation], evidence: Iterable[Evidence]) -> int:
    """How many grounds a verdict stands on: what named sources said, and documents of which there is a copy."""
    return len(confirmations) + sum(bool(each.archive) for each in evidence)


def why_no_copy(row: Evidence) -> Phrase | None:
    """Why there is no copy of this; ``None`` when there is one."""
    return reasons.restored(row.no_copy)


def add_evidence(desk: RumourDesk, ref: Ref, draft: EvidenceDraft, *, actor: Actor) -> None:
    """Adds a document, and keeps our copy of it or why there is none.

    Raises:
        InvalidInput: the title is missing, a field is too long, or there is neither a file nor an address.
        StepRefused: the answer waits for approval, or the rumour was merged.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    now, copy = desk.clock.now(), draft.copy
    if (faults := _faults(draft)) or copy is None:
        raise InvalidInput(faults)
    with _kept(desk, copy) as name, changing(ref, "rumour.evidence_added", actor=actor, now=now) as change:
        refuse_if_proposed(change)
        row = Evidence(
            rumour_id=ref.rumour_id,
            title=one_line(draft.title),
            publisher=one_line(draft.publisher),
            address=draft.address.strip(),
            public=draft.public,
            recorded_by=actor.name,
            recorded_at=now,
        )
        change.session.add(row)
        change.detail |= {"title": row.title}
        _take(change, row, copy, name)


def add_copy(desk: RumourDesk, ref: Ref, row_id: int, copy: Copy | NoCopy, *, actor: Actor) -> None:
    """Adds the copy of a document that had none; or, when it failed once more, why and when.

    Raises:
        NotFound: this rumour has no such evidence.
        StepRefused: there is a copy already; the answer waits for approval, or the rumour was merged.
        ChangedMeanwhile: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    with _kept(desk, copy) as name, changing(ref, "rumour.evidence_copied", actor=actor, now=now) as change:
        refuse_if_proposed(change)
        row = change.session.get(Evidence, row_id)
        if row is None or row.rumour_id != ref.rumour_id:
            raise NotFound(Phrase("This rumour has no such ground."))
        if row.archive:
            raise StepRefused(Phrase("There is a copy of this already, and copies are never changed."))
        change.detail |= {"title": row.title}
        _take(change, row, copy, name)


@contextmanager
def _kept(desk: RumourDesk, copy: Copy | NoCopy) -> Iterator[str]:
    """Stores a copy before its row is: a copy that nothing names is harmless, a row without its copy would lie."""
    directory = desk.settings.data.directory
    name = archive.keep(directory, copy) if isinstance(copy, Copy) else ""
    try:
        yield name
    except HubError:  # refused for certain; whatever else went wrong, the row may be there
        archive.erase(directory, name)
        raise


def _take(change: Change, row: Evidence, copy: Copy | NoCopy, name: str) -> None:
    row.tried_at = change.now
    if isinstance(copy, NoCopy):
        row.no_copy = reasons.stored(copy.reason)
        change.detail |= {"no_copy": str(copy.reason)}
        return
    row.archive = name
    row.archive_type = copy.media_type
    row.archive_sha256 = copy.sha256
    row.archived_at = change.now
    row.no_copy = None
    change.detail |= {"sha256": copy.sha256}


def _faults(draft: EvidenceDraft) -> list[Fault]:
    faults = needed_line("title", draft.title, CLAIM_LENGTH)
    if len(one_line(draft.publisher)) > NAME_LENGTH:
        faults.append(Fault("publisher", Phrase("At most %(count)s characters.", count=NAME_LENGTH)))
    if len(draft.address.strip()) > ADDRESS_LENGTH:
        faults.append(Fault("address", Phrase("At most %(count)s characters.", count=ADDRESS_LENGTH)))
    if draft.copy is None:
        phrase = Phrase("Give the address of the document, or a file: without a copy it may vanish.")
        faults.append(Fault("file", phrase))
    return faults
