"""What an officer may do with planned sends: plan, put another in its place, take back, send now after all."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.alerts import drafts, expiry, service
from hub.alerts.composing import Composed, compose
from hub.alerts.desk import Desk
from hub.alerts.drafts import Draft
from hub.alerts.errors import StalePreview
from hub.alerts.planned import queries
from hub.alerts.planned.closing import close
from hub.alerts.planned.models import PlannedSend, PlanState, plans
from hub.alerts.service import Preview, TriggerResult
from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.db import database_now, reading, transaction
from hub.kernel.errors import Conflict, Fault, InvalidInput
from hub.kernel.phrase import Phrase

log = logging.getLogger(__name__)

FIELD = "at"
# Sooner, sending at once is the safer way; later, nobody knows today what will be right.
SOONEST = timedelta(minutes=1)
LATEST = timedelta(days=7)


def preview(desk: Desk, draft: Draft, at: str) -> Preview:
    """Shows what would be sent at a later moment: every time in it is of that moment. Writes nothing.

    Args:
        desk: what the command needs.
        draft: what is asked for; settled or not.
        at: ``YYYY-MM-DDTHH:MM`` in the town's time.

    Raises:
        InvalidInput: the moment (field ``at``) or something else is wrong.
        NotFound, AlreadyFollowed, StalePreview: see `hub.alerts.composing.compose`.
    """
    zone = ZoneInfo(desk.settings.site.timezone)
    now = database_now(reading())
    moment = expiry.read(at.strip(), zone)
    if moment is None:
        phrase = Phrase("Give a date and a time that exist, such as %(example)s.", example=expiry.example(now, zone))
        raise InvalidInput([Fault(FIELD, phrase)])
    _check_moment(moment, now)
    return service.preview(desk, replace(draft, identifier="", version_id="", sent=moment))


def plan(desk: Desk, draft: Draft, digest: str, actor: Actor) -> str:
    """Keeps what was confirmed until its moment; the identifier. The same confirmation again is the same plan.

    Raises:
        InvalidInput: its moment is too near, past, or too far ahead.
        StalePreview: what would be sent is not what was confirmed.
        Conflict: it was planned before and has been sent, changed or taken back since; or the planned send whose place
            it takes has.
        NotFound, AlreadyFollowed: see `preview`.
    """
    if _known(reading(), draft.identifier, digest):
        if not queries.is_alive(reading(), draft.identifier):
            raise Conflict(Phrase("This planned send has been sent, changed or taken back meanwhile."))
        return draft.identifier
    if not (draft.identifier and draft.sent and draft.version_id):
        raise StalePreview(Phrase("This alert was not previewed. Please look at it first."))
    now = database_now(reading())
    _check_moment(draft.sent, now)
    composed = compose(desk, reading(), draft)
    if composed.digest != digest:
        raise StalePreview(Phrase("What would be sent is not what was shown. Please look at it again."))
    try:
        with transaction() as session:
            _store(session, composed, actor, now)
    except (IntegrityError, Conflict):
        session = reading()
        session.rollback()
        if not _known(session, draft.identifier, digest):
            raise
        return draft.identifier
    log.info("an alert is planned", extra={"publication": draft.identifier, "planned_for": str(draft.sent)})
    return draft.identifier


def trigger(desk: Desk, draft: Draft, digest: str, actor: Actor) -> TriggerResult:
    """Sends at once what was confirmed, as `hub.alerts.service.trigger`; a planned send in whose place it is, ends.

    Raises:
        Conflict: that planned send has been sent, changed or taken back meanwhile.
    """
    if not draft.plan:
        return service.trigger(desk, draft, digest, actor)
    now = desk.clock.now()

    def end_the_plan(session: Session) -> None:
        close(session, draft.plan, draft.identifier)
        detail = {"sent_as": draft.identifier}
        record_audit(session, actor=actor, action="plan.sent_by_hand", subject=draft.plan, detail=detail, now=now)

    return service.trigger(desk, draft, digest, actor, alongside=end_the_plan)


def cancel(identifier: str, actor: Actor) -> None:
    """Takes a planned send back, or puts away one that was not sent.

    Raises:
        Conflict: it has been sent, changed or taken back meanwhile.
    """
    with transaction() as session:
        close(session, identifier, None)
        now = database_now(session)
        record_audit(session, actor=actor, action="plan.cancelled", subject=identifier, detail={}, now=now)


def _check_moment(moment: datetime, now: datetime) -> None:
    if moment < now + SOONEST:
        phrase = Phrase("This moment is past or too near: give one at least a minute ahead, or send it at once.")
        raise InvalidInput([Fault(FIELD, phrase)])
    if moment > now + LATEST:
        phrase = Phrase("Give a moment within the next %(days)s days.", days=LATEST.days)
        raise InvalidInput([Fault(FIELD, phrase)])


def _known(session: Session, identifier: str, digest: str) -> bool:
    return bool(session.scalar(sa.select(plans.c.digest).where(plans.c.identifier == identifier)) == digest)


def _store(session: Session, composed: Composed, actor: Actor, now: datetime) -> None:
    content, replaced = composed.content, composed.draft.plan
    row = PlannedSend(
        identifier=content.identifier,
        at=content.sent,
        state=PlanState.PLANNED.value,
        draft=drafts.to_json(replace(composed.draft, plan="")),
        digest=composed.digest,
        exercise=composed.draft.exercise,
        title=dict(content.situation.title),
        headline=dict(content.headlines),
        planned_at=now,
        planned_by_kind=actor.kind,
        planned_by_id=actor.id,
        planned_by_name=actor.name,
    )
    session.add(row)
    session.flush()
    if replaced:
        close(session, replaced, None)
    detail = {
        "at": content.sent.isoformat(),
        "digest": composed.digest,
        "situation": content.situation.id,
        "message": content.message.id,
        "status": content.status.value,
        "replaces": replaced or None,
    }
    record_audit(session, actor=actor, action="plan.made", subject=content.identifier, detail=detail, now=now)
