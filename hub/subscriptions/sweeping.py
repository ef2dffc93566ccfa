"""Requests that nobody confirmed are forgotten, with their letters: nothing tells any more that somebody asked."""

from __future__ import annotations

import logging
from datetime import timedelta

import sqlalchemy as sa

from hub.dispatch import by_topic
from hub.kernel.clock import Clock
from hub.kernel.db import transaction
from hub.subscriptions.models import Subscription
from hub.subscriptions.service import PENDING

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=10)


def sweep(clock: Clock) -> int:
    """Forgets what waits for its confirmation for too long. Safe to do twice at once.

    Returns:
        How many requests.
    """
    now = clock.now()
    old = sa.select(Subscription).where(Subscription.confirmed_at.is_(None), Subscription.asked_at <= now - PENDING)
    with transaction() as session:
        rows = session.scalars(old.with_for_update(skip_locked=True)).all()
        for row in rows:
            destination_id = row.destination_id
            session.delete(row)
            session.flush()
            if not by_topic.forget(session, destination_id):
                by_topic.close(session, destination_id, now)
    if rows:
        log.info("requests to subscribe forgotten", extra={"number": len(rows)})
    return len(rows)
