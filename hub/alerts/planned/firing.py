"""Firing a planned send: through the same door as a click, in one transaction with the end of the plan.

Any number of processes may fire the same one at the same moment. The alert's identifier and the conditional UPDATE of
the plan stand in one transaction, so one of them sends it, and a process that dies on the way has sent nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.alerts import drafts, service
from hub.alerts.desk import Desk
from hub.alerts.drafts import Draft
from hub.alerts.errors import StalePreview
from hub.alerts.planned.closing import close
from hub.alerts.planned.models import PlannedSend, PlanState, plans
from hub.alerts.planned.watch import HUB
from hub.audit.service import record as record_audit
from hub.channels.contract import Channel
from hub.dispatch import reasons
from hub.identity.actor import Actor
from hub.identity.queries import may_still
from hub.kernel.clock import Moment
from hub.kernel.db import database_now, reading, transaction
from hub.kernel.errors import Forbidden, HubError, InvalidInput, Unavailable
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Settings

log = logging.getLogger(__name__)


def fire(settings: Settings, channels: Mapping[str, Channel], ring: Callable[[], None], identifier: str) -> None:
    """Sends what was planned, by the database's clock, or writes down why it is not sent."""
    session = reading()
    session.rollback()  # the present state, whatever was read before
    plan = session.get(PlannedSend, identifier)
    if plan is None or plan.state != PlanState.PLANNED:
        return
    now = database_now(session)
    digest = plan.digest
    actor = Actor(plan.planned_by_kind, plan.planned_by_id, plan.planned_by_name)
    desk = Desk(settings=settings, clock=Moment(now), channels=channels, ring=ring)

    def end_the_plan(session: Session) -> None:
        close(session, identifier, identifier, only=(PlanState.PLANNED,))
        record_audit(session, actor=HUB, action="plan.fired", subject=identifier, detail={"digest": digest}, now=now)

    try:
        _check_person(session, actor)
        result = service.trigger(desk, _draft(plan), digest, actor, alongside=end_the_plan)
    except Unavailable:
        raise
    except HubError as error:
        _refuse(identifier, error, now)
        return
    if not result.created:
        # The very same confirmation is an alert already: that of a faster process, which has ended the plan too.
        log.info("a planned send had been fired already", extra={"publication": identifier})


def _draft(plan: PlannedSend) -> Draft:
    try:
        return drafts.from_json(plan.draft)
    except ValueError:
        raise StalePreview(Phrase("It was planned with another version of the hub. Please look at it again.")) from None


def _check_person(session: Session, actor: Actor) -> None:
    """Whoever planned it must still be trusted with it: an account may have been closed because it was stolen."""
    if actor.kind == "officer" and not may_still(session, actor.id, "alert.send"):
        raise Forbidden(Phrase("%(name)s, who planned it, may not send alerts any more.", name=actor.name))


def _refuse(identifier: str, error: HubError, now: datetime) -> None:
    why = error.detail
    if isinstance(error, InvalidInput) and error.faults:
        why = error.faults[0].phrase
    values = {"state": PlanState.REFUSED.value, "reason": reasons.stored(why)}
    # Only while it is planned: another process may have sent it at this very moment, or a person taken it back.
    mine = sa.and_(plans.c.identifier == identifier, plans.c.state == PlanState.PLANNED.value)
    with transaction() as session:
        if session.execute(sa.update(plans).where(mine).values(**values).returning(plans.c.identifier)).first() is None:
            return
        record_audit(
            session, actor=HUB, action="plan.refused", subject=identifier, detail={"reason": why.msgid}, now=now
        )
    log.error("a planned send was refused at its moment", extra={"publication": identifier, "why": why.msgid})
