"""The engine: one claimer, two lanes of senders, one writer, all threads of this process.

Any number of engines may work on one database. Nothing that matters is kept in memory: an engine may be killed at any
moment, and another one, or the next run of this one, takes its leases over when they end.
"""

from __future__ import annotations

import logging
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from hub.channels.contract import Channel
from hub.dispatch import trail
from hub.dispatch.doorbell import Doorbell, LocalDoorbell
from hub.dispatch.gates import FREE, Gates
from hub.dispatch.lanes import LANES, RESERVED, TURNS, Lanes
from hub.dispatch.lease import HELD_SECONDS, Ask, Claimed, Shelf, claim, take_back
from hub.dispatch.models import FAST_LANE
from hub.dispatch.queries import sending_stopped
from hub.dispatch.sender import Sender
from hub.dispatch.watch import Unwatched, Watch
from hub.dispatch.writer import Writer
from hub.kernel.clock import Clock
from hub.kernel.db import end_if_held, transaction
from hub.kernel.settings import DeliverySettings

log = logging.getLogger(__name__)

# A claimer that has not come round for this long is stuck. The database itself gives up earlier.
HEARTBEAT_SECONDS = 60.0
STORE_SECONDS = 5.0
# How long a thread may keep the interpreter while others want it, in this whole process (by default 0.005): the threads
# of an urgent alert, and an officer's request beside them, stand behind eighty senders and a claim.
SWITCH_SECONDS = 0.001
# Rows of one claim by a lane that runs low: whatever comes meanwhile waits for its end.
MOST_AT_ONCE = 64


class Engine:
    """Empties the outbox.

    Args:
        context: opens an application context: ``app.app_context``.
        channels: the configured channels.
        settings: threads, batches, deadlines, pauses.
        clock: the time.
        chance: the jitter of retries.
        doorbell: wakes the claimer; by default one of this process.
        watch: is told how the engine does; by default nobody.
    """

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[Any]],
        channels: Mapping[str, Channel],
        settings: DeliverySettings,
        clock: Clock,
        chance: random.Random,
        doorbell: Doorbell | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._context = context
        self._channels = channels
        self._settings = settings
        self._clock = clock
        self._bell: Doorbell = doorbell or LocalDoorbell()
        self._watch: Watch = watch or Unwatched()
        self._sender = Sender(channels, settings, clock, chance)
        self._gates = Gates(channels, settings, clock)
        self._shelf = Shelf()
        self._progress = threading.Condition()
        self._running = False
        self._reset()

    def _reset(self) -> None:
        """Everything that one run has of its own."""
        settings = self._settings
        self._lanes = Lanes((settings.threads, settings.slow_threads), settings.batch, settings.per_host, self.ring)
        self._writer = Writer(self._context, settings.writer_pause_ms, self._stored, self._gates.note)
        self._threads: dict[str, threading.Thread] = {}
        self._closing = threading.Event()
        self._open = 0  # claimed and not stored yet
        self._asked = 0  # how often someone asked whether there is nothing left to do
        self._answered = 0
        self._looks = [0, 0]  # the claims of each lane: one in so many is for the oldest
        self._swept_at = float("-inf")
        self._beat = time.monotonic()

    def start(self) -> None:
        """Starts the threads. To be called after a fork, in the process that is to send. Twice is once."""
        with self._progress:
            if self._running:
                return
            self._running = True
            self._reset()
        sys.setswitchinterval(SWITCH_SECONDS)
        work: dict[str, Callable[[], None]] = {"writer": self._writer.run}
        for lane, count in zip(LANES, (self._settings.threads, self._settings.slow_threads), strict=True):
            work |= {f"sender-{lane}-{number}": partial(self._send_on, lane) for number in range(count)}
        for number in range(RESERVED):
            work[f"sender-{FAST_LANE}-urgent-{number}"] = partial(self._send_on, FAST_LANE, reserved=True)
        work["claimer"] = self._claim_on  # the last one: its first sign of life says that all of them run
        for name, run in work.items():
            # Daemons: an adapter that hangs must not keep the process alive after its time to drain.
            self._threads[name] = threading.Thread(target=run, name=f"dispatch-{name}", daemon=True)
        for thread in self._threads.values():
            thread.start()

    def ring(self) -> None:
        """Says that there may be work. Costs nothing, may be called from anywhere."""
        self._bell.ring()

    def alive(self) -> bool:
        """Whether every thread of a started engine lives and the claimer comes round."""
        fresh = time.monotonic() - self._beat < HEARTBEAT_SECONDS
        return self._running and fresh and all(thread.is_alive() for thread in self._threads.values())

    def run_until_idle(self, timeout: float) -> bool:
        """Sends everything that is due now; starts the engine for it, and ends it again, if it is not running.

        Args:
            timeout: the longest time, in seconds.

        Returns:
            Whether nothing is left that could be sent now. What is due later does not count.
        """
        mine = not self._running
        if mine:
            self.start()
        with self._progress:
            self._asked += 1
            number = self._asked
        self.ring()
        with self._progress:
            idle = self._progress.wait_for(lambda: self._answered >= number, timeout)
        if mine:
            self.drain(self._settings.deadline_seconds)
        return idle

    def drain(self, timeout: float) -> bool:
        """Ends the engine: nothing new is begun, what waits is given back, what is under way may finish.

        Args:
            timeout: how long attempts under way may take, in seconds. Afterwards their leases run out by themselves.

        Returns:
            Whether every outcome was stored.
        """
        if not self._running:
            return True
        end = time.monotonic() + timeout
        self._closing.set()
        self.ring()
        self._threads["claimer"].join(max(0.0, end - time.monotonic()))
        self._give_back()
        self._lanes.close()
        with self._progress:
            done = self._progress.wait_for(lambda: self._open == 0, max(0.0, end - time.monotonic()))
        self._writer.close()
        if not done:
            log.warning("%d attempts were still under way when the time to drain was over", self._open)
        self._threads["writer"].join(STORE_SECONDS)
        self._writer.abandon()
        for thread in self._threads.values():
            thread.join(STORE_SECONDS if done else 0)
        self._watch.leave()
        self._running = False
        return done

    def _claim_on(self) -> None:
        while not self._closing.is_set():
            self._beat = time.monotonic()
            try:
                found = self._claim_once()
                if self.alive():
                    self._watch.come_round()
            except Exception:  # whatever ails the database, the claimer comes back
                log.exception("due deliveries cannot be claimed; trying again")
                found = False
            if not found and not self._closing.is_set():
                self._bell.wait(self._settings.poll_seconds)

    def _claim_once(self) -> bool:
        """One look at the table. Whether another look is worth while at once."""
        with self._progress:
            asked, quiet = self._asked, self._open == 0
        self._lanes.share(self._watch.dispatchers())
        # Without any room, too: whether a person has stopped all sending is read in the same look.
        asks = [ask for ask in map(self._ask, LANES) if ask.limit > 0]
        now = self._clock.now()
        taken_back = 0
        with self._context(), transaction() as session:
            end_if_held(session, HELD_SECONDS)
            if self._is_time_to_sweep(quiet=quiet):
                taken_back = take_back(session, self._channels, now)
            stopped = sending_stopped(session) is not None
            by_ask = [] if stopped else self._claim(session, asks, now)
        if taken_back:
            log.warning("took back %d leases that had ended", taken_back)
        if stopped:
            self._give_back()
        claimed = [one for _, found in by_ask for one in found]
        with self._progress:
            self._open += len(claimed)
            if quiet and not claimed:
                self._answered = asked
                self._progress.notify_all()
        trail.claimed(claimed)
        self._lanes.put(claimed)
        for ask, found in by_ask:
            if ask.floor and found:
                self._lanes.press(ask.lane, found[-1].priority)
        # A lane that has enough to do now calls when it runs low.
        return any(found and self._lanes.runs_low(ask.lane) for ask, found in by_ask)

    def _claim(self, session: Session, asks: Sequence[Ask], now: datetime) -> list[tuple[Ask, list[Claimed]]]:
        claimed = []
        gate = None
        for ask in asks:
            # Read anew if there is anything to it: a probe or a token is for one lane.
            if gate is None or gate != FREE:
                gate = self._gates.read(session, now)
            claimed.append((ask, claim(session, ask, self._shelf, now, gate)))
        return claimed

    def _ask(self, lane: int) -> Ask:
        settings, lanes = self._settings, self._lanes
        # A lane with enough to do still takes what is more urgent than all that waits in it.
        room, urgent = lanes.room(lane), lanes.most_urgent(lane)
        self._looks[lane] += bool(room)
        return Ask(
            lane=lane,
            limit=min(room, MOST_AT_ONCE) or lanes.spare(lane),
            per_host=lanes.per_host(),
            saturated=lanes.saturated(),
            lease=timedelta(seconds=settings.lease_seconds),
            floor=0 if room else urgent + 1,
            above=urgent,
            oldest=bool(room) and self._looks[lane] % TURNS == 0,
        )

    def _is_time_to_sweep(self, *, quiet: bool) -> bool:
        # Outcomes that wait for a database to come back must be stored before their leases are called lost.
        present = time.monotonic()
        if not self._writer.well or not (quiet or present - self._swept_at >= self._settings.poll_seconds):
            return False
        self._swept_at = present
        return True

    def _give_back(self) -> None:
        for one in self._lanes.clear():
            self._writer.put(self._sender.given_back(one))

    def _send_on(self, lane: int, *, reserved: bool = False) -> None:
        while (one := self._lanes.take(lane, reserved=reserved)) is not None:
            try:
                self._send(one)
            except Exception:  # whatever it was, the next attempt is another one
                log.exception("a sender stumbled over delivery %d and goes on", one.delivery_id)

    def _send(self, one: Claimed) -> None:
        try:
            result = self._sender.attempt(one)
            self._writer.put(result)
        finally:
            self._lanes.done(one)
        trail.ended(result)
        self._watch.ended(result)

    def _stored(self, number: int) -> None:
        with self._progress:
            self._open -= number
            idle = self._open == 0
            self._progress.notify_all()
        if idle:
            self.ring()
