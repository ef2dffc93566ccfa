"""What a person may decide about sending: send again, settle a doubt, stop everything, go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.dispatch import reasons
from hub.dispatch.models import FAST_LANE, SWITCH_ID, deliveries, switch
from hub.dispatch.settling import was_followed
from hub.dispatch.states import DeliveryState
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import Conflict, NotFound
from hub.kernel.phrase import Phrase


def resend(delivery_id: int, *, actor: Actor, now: datetime) -> None:
    """Has a failed or unknown delivery sent again.

    After `failed` it keeps its idempotency key: nothing was accepted. After `unknown` it gets a new one, because the
    person decided to send it again although it may have arrived.

    Raises:
        NotFound: there is no such delivery.
        Conflict: it has not failed, the alert has ended, or a later message went to the same destination.
    """
    with transaction() as session:
        row = _existing(session, delivery_id)
        state = DeliveryState(row.state)
        _refuse_resend(session, row, now)
        unknown = state == DeliveryState.UNKNOWN
        _move(
            session,
            row,
            state=str(DeliveryState.DUE),
            lane=FAST_LANE,
            next_attempt_at=now,
            resends=deliveries.c.resends + int(unknown),
            doubtful=False,
            first_attempt_at=None,
            finished_at=None,
            error=None,
        )
        _audit(session, actor, "delivery.resent", row, now, {"after": str(state)})


def settle(delivery_id: int, *, there: bool, actor: Actor, now: datetime) -> None:
    """Ends a doubt: a person looked, and the message is there or it is not.

    Raises:
        NotFound: there is no such delivery.
        Conflict: there is no doubt about it.
    """
    with transaction() as session:
        row = _existing(session, delivery_id)
        if row.state != DeliveryState.UNKNOWN:
            raise Conflict(Phrase("There is no doubt about this delivery any more."))
        found = Phrase("%(name)s looked and found it", name=actor.name)
        missing = Phrase("%(name)s looked and did not find it", name=actor.name)
        _move(
            session,
            row,
            state=str(DeliveryState.ACCEPTED if there else DeliveryState.FAILED),
            doubtful=False,
            finished_at=now,
            error=reasons.stored(found if there else missing),
        )
        _audit(session, actor, "delivery.settled", row, now, {"there": there})


def stop_all(*, reason: str, actor: Actor, now: datetime) -> None:
    """Stops all sending. What is under way at this moment may still arrive; nothing is lost, it waits."""
    _switch(stopped=True, reason=reason, actor=actor, now=now)


def resume(*, actor: Actor, now: datetime) -> None:
    """Lets sending go on. What expired meanwhile is not sent."""
    _switch(stopped=False, reason="", actor=actor, now=now)


def _existing(session: Session, delivery_id: int) -> sa.Row[Any]:
    row = session.execute(sa.select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
    if row is None:
        raise NotFound(Phrase("There is no delivery %(id)s.", id=delivery_id))
    return row


def _refuse_resend(session: Session, row: sa.Row[Any], now: datetime) -> None:
    if row.state not in {DeliveryState.FAILED, DeliveryState.UNKNOWN}:
        raise Conflict(Phrase("Only a delivery that failed, or may have failed, can be sent again."))
    if row.expires <= now:
        raise Conflict(Phrase("The alert has ended: it is not sent any more."))
    if row.withdrawn or was_followed(session, row):
        raise Conflict(Phrase("A later message has replaced this one: sent now, it would arrive after it."))


def _move(session: Session, row: sa.Row[Any], **values: Any) -> None:
    # The state is checked once more in the update itself: a late proof may have come in between.
    changed = session.connection().execute(
        sa.update(deliveries)
        .where(deliveries.c.id == row.id, deliveries.c.state == row.state)
        .values(lease_token=None, lease_until=None, **values)
    )
    if not changed.rowcount:
        raise Conflict(Phrase("This delivery has moved on meanwhile."))


def _audit(
    session: Session, actor: Actor, action: str, row: sa.Row[Any], now: datetime, detail: dict[str, Any]
) -> None:
    detail |= {"delivery": row.id, "channel": row.channel_id, "destination": row.destination_id}
    audit.record(session, actor=actor, action=action, subject=row.publication_id, detail=detail, now=now)


def _switch(*, stopped: bool, reason: str, actor: Actor, now: datetime) -> None:
    values = {"stopped": stopped, "changed_by": actor.name, "changed_at": now, "reason": reasons.clean(reason)}
    with transaction() as session:
        changed = session.connection().execute(sa.update(switch).where(switch.c.id == SWITCH_ID).values(**values))
        if not changed.rowcount:
            session.execute(sa.insert(switch).values(id=SWITCH_ID, **values))
        action = "sending.stopped" if stopped else "sending.resumed"
        audit.record(session, actor=actor, action=action, subject="sending", detail={"reason": reason}, now=now)
