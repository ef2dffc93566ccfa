"""Publishing an answer: looked at, proposed by one person, approved by another, stored and sent in one transaction.

A holding statement says that nothing is known yet; it may go at once, by one person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.channels.bodies import bodies
from hub.channels.contract import Body, PreviewPart
from hub.dispatch import outbox
from hub.identity.actor import Actor
from hub.kernel.db import reading
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase
from hub.rumours.announcing import announce
from hub.rumours.changing import Change, Ref, changing
from hub.rumours.composing import Composed, compose, outbound
from hub.rumours.desk import RumourDesk
from hub.rumours.errors import SecondPersonNeeded, StaleAnswer, StepRefused
from hub.rumours.models import RumourVersion
from hub.rumours.queries import find
from hub.rumours.register import writing as register
from hub.rumours.states import Step, VersionKind, Workflow

# Stands in for the identifier of a publication that does not exist yet.
_UNPUBLISHED = "0" * 32
# What must not leave any more once it is known to be wrong.
_WITHDRAWS = frozenset({VersionKind.CORRECTION, VersionKind.WITHDRAWAL})


@dataclass(frozen=True, slots=True)
class Preview:
    """A version as it would be published now, with what each channel's readers would see."""

    composed: Composed
    shown: Mapping[str, tuple[PreviewPart, ...]]

    @property
    def digest(self) -> str:
        """Give it back to publish this and nothing else."""
        return self.composed.digest


def preview(desk: RumourDesk, rumour_id: str, kind: VersionKind) -> Preview:
    """Shows what would be published. Writes nothing.

    Raises:
        NotFound: there is no such rumour.
        InvalidInput: see `hub.rumours.composing.compose`.
    """
    session, now = reading(), desk.clock.now()
    composed = compose(desk, session, find(session, rumour_id), kind, now)
    message = outbound(desk, composed, _UNPUBLISHED, now)
    frozen = bodies(desk.channels, message, composed.carriage.channels)
    shown = {each: tuple(desk.channels[each].adapter.preview(body)) for each, body in frozen.items()}
    return Preview(composed, shown)


def propose(
    desk: RumourDesk, ref: Ref, kind: VersionKind, *, actor: Actor, weighed: Mapping[str, bool] | None = None
) -> None:
    """Puts an answer before a second person. It must be complete.

    ``weighed`` are the proposer's answers to the questions before publishing (rule DBK-08), for the log.

    Raises:
        InvalidInput: see `hub.rumours.composing.compose`.
        NotFound, ChangedMeanwhile, StepRefused: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    with changing(ref, "rumour.proposed", actor=actor, now=now) as change:
        change.move(Step.PROPOSE)
        composed = compose(desk, change.session, change.rumour, kind, now)
        bodies(desk.channels, outbound(desk, composed, _UNPUBLISHED, now), composed.carriage.channels)
        change.rumour.proposed_kind = kind
        change.rumour.proposed_by_id, change.rumour.proposed_by_name = actor.id, actor.name
        change.detail |= {"kind": kind.value, "digest": composed.digest, "weighed": dict(weighed or {})}


def approve(desk: RumourDesk, ref: Ref, digest: str, *, actor: Actor) -> int:
    """Publishes a proposed answer as it was looked at.

    Returns:
        The number of the version.

    Raises:
        SecondPersonNeeded: the same person proposed it.
        StaleAnswer: what would be published is not what ``digest`` stands for.
        InvalidInput: see `hub.rumours.composing.compose`.
        NotFound, ChangedMeanwhile, StepRefused: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    with changing(ref, "rumour.approved", actor=actor, now=now) as change:
        rumour = change.rumour
        change.move(Step.APPROVE)
        if rumour.proposed_by_id == actor.id or not rumour.proposed_kind:
            raise SecondPersonNeeded(
                Phrase("%(name)s proposed this answer; somebody else has to approve it.", name=actor.name)
            )
        composed = compose(desk, change.session, rumour, VersionKind(rumour.proposed_kind), now)
        number = _publish(desk, change, composed, digest, written_by=rumour.proposed_by_name, approved_by=actor.name)
        rumour.proposed_kind = rumour.proposed_by_id = None
        rumour.proposed_by_name = ""
    desk.ring()
    return number


def hold(desk: RumourDesk, ref: Ref, digest: str, *, actor: Actor) -> int:
    """Publishes a holding statement at once: what is known, what is not, what to do meanwhile.

    Returns:
        The number of the version.

    Raises:
        StepRefused: the rumour is not being checked, or an answer waits for approval.
        StaleAnswer, InvalidInput, NotFound, ChangedMeanwhile: see `approve`.
    """
    now = desk.clock.now()
    with changing(ref, "rumour.held", actor=actor, now=now) as change:
        if change.rumour.workflow not in {Workflow.TRIAGED, Workflow.VERIFYING}:
            raise StepRefused(Phrase("A holding statement is for a rumour that is still being checked."))
        composed = compose(desk, change.session, change.rumour, VersionKind.HOLDING, now)
        number = _publish(desk, change, composed, digest, written_by=actor.name, approved_by="")
    desk.ring()
    return number


def _publish(
    desk: RumourDesk, change: Change, composed: Composed, digest: str, *, written_by: str, approved_by: str
) -> int:
    if composed.digest != digest:
        raise StaleAnswer(Phrase("What would be published is not what was shown. Please look at it again."))
    rumour, session, now = change.rumour, change.session, change.now
    publication_id = new_id() if composed.carriage.channels else None
    version = RumourVersion(
        rumour_id=rumour.id,
        number=composed.number,
        kind=composed.kind,
        verdict=rumour.verdict,
        as_of=rumour.verdict_as_of or now,
        valid_until=rumour.verdict_valid_until,
        published_at=now,
        event_id=rumour.event_id,
        communes=list(rumour.communes),
        claim=dict(rumour.claim),
        content=dict(composed.content),
        digest=composed.digest,
        written_by=written_by,
        approved_by=approved_by,
        publication_id=publication_id,
        channels=list(composed.carriage.channels),
    )
    session.add(version)
    session.flush()
    register.publish(session, version, desk.settings.site.timezone)
    if publication_id:
        _send(desk, change, composed, publication_id)
    announce(desk, session, composed, withdraw=composed.kind in _WITHDRAWS, now=now)
    change.detail |= {
        "version": composed.number,
        "kind": composed.kind.value,
        "verdict": rumour.verdict,
        "digest": composed.digest,
        "publication": publication_id,
        "channels": list(composed.carriage.channels),
    }
    return composed.number


def _send(desk: RumourDesk, change: Change, composed: Composed, publication_id: str) -> None:
    message = outbound(desk, composed, publication_id, change.now)
    frozen: Mapping[str, Body] = bodies(desk.channels, message, composed.carriage.channels)
    outbox.record(
        change.session,
        message,
        frozen,
        follows_id=composed.line[-1] if composed.line else None,
        withdraw=composed.kind in _WITHDRAWS,
        now=change.now,
    )
