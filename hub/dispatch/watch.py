"""A dispatcher's signs of life, so that processes which do not send know whether anybody does.

The sign comes from the thread that claims deliveries, and only while all threads of the engine live: who gives it can
send.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.channels.contract import Channel
from hub.dispatch import tally
from hub.dispatch.checks import Checks
from hub.dispatch.doubts import Doubts, Look
from hub.dispatch.health import ALIVE
from hub.dispatch.lease import HELD_SECONDS
from hub.dispatch.models import HOST_LENGTH
from hub.dispatch.sender import Result
from hub.dispatch.tally import Tally
from hub.dispatch.watch_models import dispatchers
from hub.kernel.clock import Clock
from hub.kernel.db import end_if_held, transaction
from hub.kernel.ids import new_id

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
LEAVE_SECONDS = 2.0
# The row of a dispatcher that was killed is shown for so long, then forgotten.
FORGET = timedelta(hours=1)


class Watch(Protocol):
    """What an engine tells whoever watches it. Nothing in here may raise or wait for a network."""

    def come_round(self) -> None:
        """The claimer comes round, and every thread lives."""
        ...

    def ended(self, result: Result) -> None:
        """An attempt has ended."""
        ...

    def leave(self) -> None:
        """The engine ends in order."""
        ...

    def dispatchers(self) -> int:
        """How many engines run on this database, this one among them, as far as the last sign of life has seen."""
        ...


class Chore(Protocol):
    """Periodic work of another part: called every few seconds in every dispatcher, so it must be safe to do twice."""

    def __call__(self) -> None:
        """Does it, or begins it; quick."""
        ...

    def join(self, seconds: float) -> None:
        """Waits a little for what was begun."""
        ...


class Unwatched:
    """Nobody watches."""

    def come_round(self) -> None:
        """Nothing."""

    def ended(self, result: Result) -> None:
        """Nothing."""

    def leave(self) -> None:
        """Nothing."""

    def dispatchers(self) -> int:
        """This one alone."""
        return 1


class Lookout:
    """Writes a dispatcher's signs of life, its counts, and takes its share of channel checks and doubts.

    Args:
        context: opens an application context.
        channels: the configured channels.
        clock: the time.
        seconds: how far apart the signs of life are.
        chores: periodic work that comes with the signs of life.
    """

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[Any]],
        channels: Mapping[str, Channel],
        clock: Clock,
        seconds: float = BEAT_SECONDS,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._context = context
        self._clock = clock
        self._seconds = seconds
        self._tally = Tally()
        self._checks = Checks(context, channels, clock)
        self._doubts = Doubts(context, channels, clock)
        self._chores = list(chores)
        self._id = ""
        self._next = float("-inf")
        self._number = 1

    def take_on(self, chore: Chore) -> None:
        """One more piece of periodic work. Before the engine starts."""
        self._chores.append(chore)

    def come_round(self) -> None:
        """Gives a sign of life when it is time for one."""
        if time.monotonic() < self._next:
            return
        first = not self._id
        try:
            self._beat()
        except Exception:  # whatever ails the database, deliveries go on
            log.exception("a sign of life could not be written; trying again")
        else:
            # Not with the first sign: a command that sends one message is over before a chore has ended.
            if not first:
                self._do_chores()
        self._next = time.monotonic() + self._seconds

    def ended(self, result: Result) -> None:
        """Counts an attempt."""
        self._tally.add(result)

    def leave(self) -> None:
        """Signs off. Without it the last sign simply grows old."""
        self._checks.join(LEAVE_SECONDS)
        self._doubts.join(LEAVE_SECONDS)
        for chore in self._chores:
            chore.join(LEAVE_SECONDS)
        counts, now = self._tally.taken(), self._clock.now()
        try:
            with self._context(), transaction() as session:
                session.execute(sa.delete(dispatchers).where(dispatchers.c.id == self._id))
                self._checks.give_back(session, now)
                tally.store(session, counts)
        except Exception:
            self._tally.give_back(counts)
            log.exception("the end of this dispatcher could not be written")
        self._id, self._next = "", float("-inf")

    def dispatchers(self) -> int:
        """How many have given a sign of life lately."""
        return self._number

    def _do_chores(self) -> None:
        for chore in self._chores:
            try:
                chore()
            except Exception:  # whatever ails it, deliveries go on
                log.exception("periodic work could not be done; trying again")

    def _beat(self) -> None:
        counts, now = self._tally.taken(), self._clock.now()
        known = self._id or new_id()
        due: list[str] = []
        looks: list[Look] = []
        try:
            with self._context(), transaction() as session:
                end_if_held(session, HELD_SECONDS)
                _sign(session, known, now)
                alive = sa.select(sa.func.count()).select_from(dispatchers).where(dispatchers.c.seen_at > now - ALIVE)
                number = session.scalar(alive) or 1
                if self._id:
                    # Not with the first sign: a command that sends one message is over before a check has ended.
                    due = self._checks.claim(session, now)
                    looks = self._doubts.claim(session, now)
                else:
                    self._checks.enter(session, now)
                tally.store(session, counts)
        except Exception:
            self._tally.give_back(counts)
            raise
        self._id, self._number = known, number
        self._checks.start(due)
        self._doubts.start(looks)


def _sign(session: Session, known: str, now: datetime) -> None:
    renewed = sa.update(dispatchers).where(dispatchers.c.id == known).values(seen_at=now)
    # Also when others took it for dead and forgot it: a frozen process may thaw.
    if not session.connection().execute(renewed).rowcount:
        host = socket.gethostname()[:HOST_LENGTH]
        row = {"id": known, "host": host, "pid": os.getpid(), "started_at": now, "seen_at": now}
        session.execute(sa.insert(dispatchers).values(**row))
    session.execute(sa.delete(dispatchers).where(dispatchers.c.seen_at < now - FORGET))
