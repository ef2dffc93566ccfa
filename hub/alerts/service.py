"""What can be done with alerts: look at what would be sent, and send exactly that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.alerts import queries, records, states
from hub.alerts.area import Area
from hub.alerts.composing import Composed, LeftOut, compose
from hub.alerts.desk import Desk
from hub.alerts.drafts import Draft
from hub.alerts.errors import AlreadyFollowed, StalePreview
from hub.alerts.models import Alert
from hub.alerts.outbound import Content
from hub.alerts.states import State
from hub.audit.service import record as record_audit
from hub.channels.contract import Body, Channel, OutboundMessage, PreviewPart
from hub.dispatch import outbox
from hub.dispatch.queries import destination_counts
from hub.identity.actor import Actor
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Conflict, HubError
from hub.kernel.phrase import Phrase
from hub.message_maps.lint import Finding, lint_rendered
from hub.message_maps.rules import Rules

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChannelPreview:
    """What readers of one channel will see, and how many destinations it has now."""

    channel: Channel
    parts: tuple[PreviewPart, ...]
    destinations: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what would be sent. ``draft`` is settled: give it back with ``digest`` to send this and nothing else.

    ``left_out`` names the channels that were asked for and are not reached, and why; ``notes`` what to look at before
    it is sent.
    """

    draft: Draft
    digest: str
    content: Content
    message: OutboundMessage
    bodies: Mapping[str, Body]
    findings: tuple[Finding, ...]
    area: Area
    carried: tuple[ChannelPreview, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class TriggerResult:
    """The alert's identifier; ``created`` is false when this very alert had been triggered before."""

    identifier: str
    created: bool


def preview(desk: Desk, draft: Draft) -> Preview:
    """Shows what would be sent. Writes nothing.

    Raises:
        NotFound, InvalidInput, AlreadyFollowed, StalePreview: see `hub.alerts.composing.compose`.
    """
    session = reading()
    composed = compose(desk, session, draft)
    counts = destination_counts(session)
    return Preview(
        draft=composed.draft,
        digest=composed.digest,
        content=composed.content,
        message=composed.message,
        bodies=composed.bodies,
        findings=_findings(desk, composed.content),
        area=composed.content.area,
        carried=tuple(
            ChannelPreview(
                channel=desk.channels[channel_id],
                parts=tuple(desk.channels[channel_id].adapter.preview(body)),
                destinations=counts.get(channel_id, 0),
            )
            for channel_id, body in composed.bodies.items()
        ),
        left_out=composed.left_out,
        notes=composed.notes,
    )


def trigger(
    desk: Desk, draft: Draft, digest: str, actor: Actor, alongside: Callable[[Session], None] | None = None
) -> TriggerResult:
    """Sends what was confirmed: alert, deliveries and audit entry are stored in one transaction, or nothing is.

    The draft's identifier is the key: the same draft and digest again, at once or later, is answered with the alert
    that exists.

    Args:
        desk: what the command needs.
        draft: the settled draft of a `Preview`.
        digest: the digest of that preview, as confirmed.
        actor: who confirmed it.
        alongside: what else must be stored with the alert or not at all; called only where the alert is created.

    Raises:
        StalePreview: what would be sent now is not what was confirmed, or it was confirmed too long ago.
        AlreadyFollowed: the followed alert is not the head of an open incident any more.
        Conflict: the identifier belongs to an alert with another content.
        NotFound, InvalidInput: see `preview`.
    """
    now = desk.clock.now()
    done = _existing(_fresh_reading(), draft.identifier, digest)
    if done:
        return done
    try:
        composed = _confirmed(desk, draft, digest, now)
        with transaction() as session:
            result = _store(session, composed, actor, now, alongside)
    except (HubError, IntegrityError):
        # Another request with the same draft may have been faster; then this one succeeds with its result.
        done = _existing(_fresh_reading(), draft.identifier, digest)
        if done is None:
            raise
        return done
    if result.created:
        log.info("alert triggered", extra=records.trail(composed))
        desk.ring()
    return result


def _fresh_reading() -> Session:
    session = reading()
    session.rollback()  # a snapshot of earlier reads would hide what others have stored since
    return session


def _existing(session: Session, identifier: str, digest: str) -> TriggerResult | None:
    if not queries.IDENTIFIER.fullmatch(identifier):
        return None
    known = session.scalar(sa.select(Alert.digest).where(Alert.identifier == identifier))
    if known is None:
        return None
    if known != digest:
        raise Conflict(Phrase("Another alert was already sent under this identifier."))
    return TriggerResult(identifier, created=False)


def _confirmed(desk: Desk, draft: Draft, digest: str, now: datetime) -> Composed:
    if not (queries.IDENTIFIER.fullmatch(draft.identifier) and draft.sent and draft.version_id):
        raise StalePreview(Phrase("This alert was not previewed. Please look at it first."))
    valid = timedelta(minutes=desk.settings.alerts.preview_minutes)
    if now > draft.sent + valid:
        raise StalePreview(Phrase("The preview is too old: times in the text may be wrong. Please look at it again."))
    composed = compose(desk, reading(), draft)
    if composed.digest != digest:
        raise StalePreview(Phrase("What would be sent is not what was shown. Please look at it again."))
    if composed.content.expires <= now:
        raise StalePreview(Phrase("The end of the alert has passed meanwhile. Please look at it again."))
    placeholders = composed.content.situation.placeholders
    for name, moment in composed.content.moments.items():
        if placeholders[name].future and moment <= now:
            raise StalePreview(Phrase("A time in the text has passed meanwhile. Please look at it again."))
    return composed


def _store(
    session: Session, composed: Composed, actor: Actor, now: datetime, alongside: Callable[[Session], None] | None
) -> TriggerResult:
    content, role, head = composed.content, composed.content.role, composed.content.head
    # The followed alert is locked first: of two follow-ups at once, the second one sees here what the first one did.
    followed = _locked(session, head.identifier) if head else None
    done = _existing(session, content.identifier, composed.digest)
    if done:
        return done
    if followed and role:
        moved = states.after(State(followed.state), role)
        if moved is None:
            raise AlreadyFollowed(Phrase("This alert has been followed up meanwhile. Please look at it again."))
        followed.state = moved
    session.add(records.row(composed, actor, now))
    session.flush()
    if alongside:
        alongside(session)
    outbox.record(
        session,
        composed.message,
        composed.bodies,
        follows_id=head.identifier if head else None,
        withdraw=role in states.WITHDRAWING,
        now=now,
        # People of a commune that a correction adds have heard nothing so far.
        widen=role in states.MOVES_AREA,
    )
    record_audit(
        session,
        actor=actor,
        action="alert.triggered",
        subject=content.identifier,
        detail=records.audit_detail(composed),
        now=now,
    )
    return TriggerResult(content.identifier, created=True)


def _locked(session: Session, identifier: str) -> Alert:
    return session.scalars(
        sa.select(Alert)
        .where(Alert.identifier == identifier)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _findings(desk: Desk, content: Content) -> tuple[Finding, ...]:
    settings = desk.settings
    rules = Rules(languages=settings.site.languages, link_hosts=settings.maps.link_hosts)
    return tuple(lint_rendered(content.situation, content.message, content.texts, rules))
