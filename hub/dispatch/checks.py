"""Are the channels' credentials good? One look every ten minutes, however many dispatchers there are."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.channels.contract import Channel
from hub.dispatch import reasons
from hub.dispatch.watch_models import channel_checks
from hub.kernel.clock import Clock
from hub.kernel.db import inserting, transaction
from hub.kernel.phrase import Phrase

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=10)
# A person who presses the button again and again must not cost the hub its account at a provider.
SHORTEST_PAUSE = timedelta(seconds=10)


class Checks:
    """The looks of one dispatcher, each in a thread of its own: a hung provider delays neither sending nor the others.

    Args:
        context: opens an application context.
        channels: the configured channels.
        clock: the time.
    """

    def __init__(
        self, context: Callable[[], AbstractContextManager[Any]], channels: Mapping[str, Channel], clock: Clock
    ) -> None:
        self._context = context
        self._channels = channels
        self._clock = clock
        self._under_way: dict[str, threading.Thread] = {}

    def enter(self, session: Session, now: datetime) -> None:
        """Makes sure that every channel has its row."""
        rows = [{"channel_id": channel_id, "next_at": now} for channel_id in self._channels]
        if rows:
            session.execute(inserting(session, channel_checks).on_conflict_do_nothing(), rows)

    def claim(self, session: Session, now: datetime) -> list[str]:
        """The channels that are due for a look, which nobody else will now take."""
        self._under_way = {one: thread for one, thread in self._under_way.items() if thread.is_alive()}
        free = self._channels.keys() - self._under_way.keys()
        due = sa.and_(channel_checks.c.channel_id.in_(free), channel_checks.c.next_at <= now)
        taken = sa.update(channel_checks).where(due).values(next_at=now + EVERY).returning(channel_checks.c.channel_id)
        return list(session.scalars(taken))

    def start(self, channel_ids: list[str]) -> None:
        """Begins the looks that were claimed. Does not wait for them."""
        for channel_id in channel_ids:
            thread = threading.Thread(
                target=self._look, args=[self._channels[channel_id]], name=f"check-{channel_id}", daemon=True
            )
            self._under_way[channel_id] = thread
            thread.start()

    def give_back(self, session: Session, now: datetime) -> None:
        """Leaves what is still under way to others."""
        left = [channel_id for channel_id, thread in self._under_way.items() if thread.is_alive()]
        session.execute(sa.update(channel_checks).where(channel_checks.c.channel_id.in_(left)).values(next_at=now))

    def join(self, seconds: float) -> None:
        """Waits a little for what is under way; a thread that hangs dies with the process."""
        end = time.monotonic() + seconds
        for thread in self._under_way.values():
            thread.join(max(0.0, end - time.monotonic()))

    def _look(self, channel: Channel) -> None:
        try:
            fault = channel.adapter.check()
        except Exception:  # the contract allows none, and an adapter may be wrong
            log.exception("the check of channel %s failed in a way it should not", channel.id)
            fault = Phrase("the check itself failed; the log of the dispatcher says why")
        try:
            with self._context(), transaction() as session:
                _store(session, channel.id, fault, self._clock.now())
        except Exception:
            log.exception("the result of the check of channel %s could not be stored", channel.id)
        log.info("channel checked", extra={"channel": channel.id, "well": fault is None})


def ask(channel_id: str, now: datetime) -> bool:
    """Has a channel looked at with the next sign of life of any dispatcher.

    Returns:
        Whether it is going to be; not when it was looked at only seconds ago.
    """
    with transaction() as session:
        insert = inserting(session, channel_checks).values(channel_id=channel_id, next_at=now)
        old = sa.or_(channel_checks.c.checked_at.is_(None), channel_checks.c.checked_at <= now - SHORTEST_PAUSE)
        asked = insert.on_conflict_do_update(
            index_elements=[channel_checks.c.channel_id], set_={"next_at": now}, where=old
        )
        return session.execute(asked.returning(channel_checks.c.channel_id)).first() is not None


def _store(session: Session, channel_id: str, fault: Phrase | None, now: datetime) -> None:
    told = None if fault is None else reasons.stored(fault)
    row = channel_checks.c.channel_id == channel_id
    session.execute(sa.update(channel_checks).where(row).values(checked_at=now, fault=told))
