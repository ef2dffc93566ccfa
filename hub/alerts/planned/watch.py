"""Is a planned send due? Asked by every dispatcher with its signs of life; light, for most have nothing to fire.

Only the database's clock counts. Whoever asks also leaves the moment at which it asked. Where that moment is old, the
hub slept, or this database is a restored backup: what is due then may have been sent already, or make no sense any
more, so it waits for a person.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.alerts.planned.models import WATCH_ID, PlanState, plans, watches
from hub.audit.service import record as record_audit
from hub.channels.contract import Channel
from hub.dispatch import reasons
from hub.dispatch.queries import sending_stopped
from hub.identity.actor import Actor
from hub.kernel.db import database_now, inserting, transaction
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Settings

log = logging.getLogger(__name__)

# Dispatchers look every five seconds, and a restart takes less than a minute. No backup is restored within two.
SLEPT = timedelta(minutes=2)
HUB = Actor("hub", "hub", "hub")
FIRING = "hub.alerts.planned.firing"


def look(session: Session, late: timedelta) -> list[str]:
    """What is to be fired now, soonest first. What is due and must not be fired is put before a person.

    Args:
        session: the session of an open write transaction.
        late: how long after its moment a confirmed text still holds.
    """
    seen = session.scalar(sa.select(watches.c.seen_at).with_for_update())
    now = database_now(session)
    insert = inserting(session, watches).values(id=WATCH_ID, seen_at=now)
    session.execute(insert.on_conflict_do_update(index_elements=[watches.c.id], set_={"seen_at": now}))
    is_due = sa.and_(plans.c.state == PlanState.PLANNED.value, plans.c.planned_for <= now)
    if why := _why_not(session, seen, now):
        _hold(session, is_due, why, now)
    minutes = int(late.total_seconds() // 60)
    too_late = sa.and_(is_due, plans.c.planned_for < now - late)
    _hold(session, too_late, Phrase("It could not be sent within %(minutes)s minutes.", minutes=minutes), now)
    return list(session.scalars(sa.select(plans.c.identifier).where(is_due).order_by(plans.c.planned_for)))


def _why_not(session: Session, seen: datetime | None, now: datetime) -> Phrase | None:
    if sending_stopped(session):
        return Phrase("All sending was stopped at that moment.")
    if seen is None or abs(now - seen) > SLEPT:
        return Phrase("The hub was not running at that moment, or its database has been restored from a backup.")
    return None


def _hold(session: Session, which: sa.ColumnElement[bool], why: Phrase, now: datetime) -> None:
    held = sa.update(plans).where(which).values(state=PlanState.WAITING.value, reason=reasons.stored(why))
    for identifier in sorted(session.scalars(held.returning(plans.c.identifier))):
        log.warning("a planned send waits for a person", extra={"publication": identifier})
        record_audit(
            session, actor=HUB, action="plan.waiting", subject=identifier, detail={"reason": why.msgid}, now=now
        )


class PlanWatcher:
    """Looks, and fires what is due in a thread of its own, with the parts that only then are loaded.

    Args:
        context: opens an application context.
        settings: the hub's settings.
        channels: the configured channels.
        ring: wakes the engine.
    """

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[Any]],
        settings: Settings,
        channels: Mapping[str, Channel],
        ring: Callable[[], None],
    ) -> None:
        self._context = context
        self._settings = settings
        self._channels = channels
        self._ring = ring
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        """One look. Does not wait for what it fires; never two at once in one process."""
        if self._thread and self._thread.is_alive():
            return
        with self._context(), transaction() as session:
            due = look(session, timedelta(minutes=self._settings.alerts.preview_minutes))
        if due:
            self._thread = threading.Thread(target=self._fire, args=[due], name="planned-sends", daemon=True)
            self._thread.start()

    def join(self, seconds: float) -> None:
        """Waits a little for what is being fired."""
        if self._thread:
            self._thread.join(seconds)

    def _fire(self, due: list[str]) -> None:
        # Message maps, areas and CAP: most processes that send never need them, and they weigh as much as the rest.
        fire = importlib.import_module(FIRING).fire
        for identifier in due:
            try:
                with self._context():
                    fire(self._settings, self._channels, self._ring, identifier)
            except Exception:
                log.exception("a planned send could not be fired; it is tried again", extra={"publication": identifier})
