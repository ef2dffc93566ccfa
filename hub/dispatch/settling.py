"""What follows from a look for a delivery in doubt; one transaction of the caller's, the audit entry in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.channels.contract import Acceptance
from hub.dispatch import reasons
from hub.dispatch.destinations import HUB
from hub.dispatch.doubt_models import doubts
from hub.dispatch.models import FAST_LANE, deliveries, publications
from hub.dispatch.states import DeliveryState
from hub.kernel.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look has found.

    ``there`` has an acceptance; ``absent`` is certain; ``later`` is looked for again at ``next_at``; ``unclear`` is for
    a person; ``moot``: there is no doubt any more.
    """

    word: Literal["there", "absent", "later", "unclear", "moot"]
    reason: Phrase | None = None
    acceptance: Acceptance | None = None
    next_at: datetime | None = None


def settle(session: Session, delivery_id: int, number: int, found: Finding, now: datetime) -> str:
    """Stores a finding about attempt ``number``, unless a person or a late proof was quicker.

    Returns:
        The state of the delivery now.
    """
    row = session.execute(sa.select(deliveries).where(deliveries.c.id == delivery_id)).one()
    accepted = found.acceptance
    if accepted and _is_anothers(session, row, reasons.clean(accepted.remote_id)):
        found = Finding("unclear", Phrase("there is one with the same text, and it belongs to another alert"))
    changes = _changes(session, row, found, now)
    state = str(row.state)
    if changes:
        certain = (deliveries.c.state == str(DeliveryState.UNKNOWN), deliveries.c.attempts == number)
        changes |= {"doubtful": False, "lease_token": None, "lease_until": None}
        moved = session.connection().execute(
            sa.update(deliveries).where(deliveries.c.id == delivery_id, *certain).values(**changes)
        )
        if moved.rowcount:
            state = str(changes["state"])
        else:
            found = Finding("moot")
    session.execute(
        sa.update(doubts)
        .where(doubts.c.delivery_id == delivery_id, doubts.c.number == number)
        .values(next_at=found.next_at, reason=reasons.stored(found.reason) if found.reason else None)
    )
    if found.word in {"there", "absent", "unclear"}:
        detail = {"delivery": row.id, "channel": row.channel_id, "found": found.word, "state": state}
        subject = row.publication_id
        audit.record(session, actor=HUB, action="delivery.read_back", subject=subject, detail=detail, now=now)
    return state


def was_followed(session: Session, row: sa.Row[Any]) -> bool:
    """Whether a later message of the same incident went, or goes, to the destination of a delivery."""
    incident = sa.select(publications.c.incident).where(publications.c.id == row.publication_id).scalar_subquery()
    later = (
        sa.select(deliveries.c.id)
        .join(publications, publications.c.id == deliveries.c.publication_id)
        .where(
            publications.c.incident == incident,
            deliveries.c.destination_id == row.destination_id,
            deliveries.c.id > row.id,
            deliveries.c.state != DeliveryState.CANCELLED,
        )
        .limit(1)
    )
    return session.scalar(later) is not None


def _changes(session: Session, row: sa.Row[Any], found: Finding, now: datetime) -> dict[str, Any]:
    if found.acceptance:
        return {
            "state": str(DeliveryState.ACCEPTED),
            "remote_id": reasons.clean(found.acceptance.remote_id),
            "remote_url": reasons.clean(found.acceptance.remote_url, reasons.LONGEST_URL),
            "finished_at": now,
            "error": None,
        }
    if found.word != "absent" or found.reason is None:
        return {}
    if row.withdrawn:
        final = DeliveryState.CANCELLED
    elif row.expires <= now:
        final = DeliveryState.EXPIRED
    elif was_followed(session, row):
        final = DeliveryState.FAILED
    else:
        # The same idempotency key: nothing was taken, and a far side that remembers it after all drops the repeat.
        again = {"lane": FAST_LANE, "next_attempt_at": now, "first_attempt_at": None, "finished_at": None}
        return {"state": str(DeliveryState.DUE), **again, "error": reasons.stored(found.reason)}
    return {"state": str(final), "finished_at": now, "error": reasons.stored(found.reason)}


def _is_anothers(session: Session, row: sa.Row[Any], remote_id: str) -> bool:
    """Whether the same proof was given for another incident: two exercises may have one text."""
    incident = sa.select(publications.c.incident).where(publications.c.id == row.publication_id).scalar_subquery()
    same = (
        sa.select(deliveries.c.id)
        .join(publications, publications.c.id == deliveries.c.publication_id)
        .where(
            deliveries.c.destination_id == row.destination_id,
            deliveries.c.remote_id == remote_id,
            publications.c.incident != incident,
        )
        .limit(1)
    )
    return session.scalar(same) is not None
