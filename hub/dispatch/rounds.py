"""Work that comes round by the clock, done once in its time however many hosts there are.

Whoever moves the next time on does it. A process that dies over it has only skipped one round, so it must be something
that the next round makes up for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.clock import Clock
from hub.kernel.db import Model, UtcDateTime, inserting, reading, transaction

log = logging.getLogger(__name__)

NAME_LENGTH = 60


class RoundRow(Model):
    """When something that comes round is due next."""

    __tablename__ = "round"

    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)


rows = cast("sa.Table", RoundRow.__table__)


class Round:
    """A chore (`hub.dispatch.watch.Chore`) that is done every so often by one of all dispatchers.

    Args:
        name: the same in all processes.
        every: how far apart the rounds are; the first one is due at once.
        do: the work. It opens its own transactions and is called in a thread of its own.
        context: opens an application context.
        clock: the time.
    """

    def __init__(
        self,
        name: str,
        every: timedelta,
        do: Callable[[], object],
        context: Callable[[], AbstractContextManager[Any]],
        clock: Clock,
    ) -> None:
        self._name = name
        self._every = every
        self._do_it = do
        self._context = context
        self._clock = clock
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        """Begins the work if it is due and nobody else has. Does not wait for it."""
        if self._thread and self._thread.is_alive():
            return
        with self._context():
            mine = self._claim(self._clock.now())
        if mine:
            self._thread = threading.Thread(target=self._do, name=f"round-{self._name}", daemon=True)
            self._thread.start()

    def join(self, seconds: float) -> None:
        """Waits a little for what is under way; a thread that hangs dies with the process."""
        if self._thread:
            self._thread.join(seconds)

    def _claim(self, now: datetime) -> bool:
        this = rows.c.name == self._name
        # Nearly always it is not due: a look costs no writer anything.
        next_at = reading().scalar(sa.select(rows.c.next_at).where(this))
        if next_at is not None and next_at > now:
            return False
        with transaction() as session:
            session.execute(inserting(session, rows).values(name=self._name, next_at=now).on_conflict_do_nothing())
            claim = sa.update(rows).where(this, rows.c.next_at <= now).values(next_at=now + self._every)
            return session.scalar(claim.returning(rows.c.name)) is not None

    def _do(self) -> None:
        try:
            with self._context():
                self._do_it()
        except Exception:  # the dispatcher goes on whatever ails it
            log.exception("the round %s failed; it is tried again in its next time", self._name)
        else:
            log.info("round done", extra={"round": self._name})
