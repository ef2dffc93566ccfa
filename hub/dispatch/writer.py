"""One thread stores the outcomes of all attempts, many in one transaction."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from hub.dispatch import reasons, rows
from hub.dispatch.lease import HELD_SECONDS
from hub.dispatch.models import attempts, deliveries
from hub.dispatch.sender import Result
from hub.dispatch.states import OPEN, DeliveryState
from hub.kernel.db import end_if_held, transaction

log = logging.getLogger(__name__)

MOST_AT_ONCE = 1000
# What says that a row is wrong; anything else says that the database is not well.
REFUSALS = (DataError, IntegrityError, ValueError, TypeError, AttributeError, KeyError)
# The pause after a failure of the database.
DATABASE_PAUSE_SECONDS = 0.5


def store(session: Session, results: Sequence[Result]) -> int:
    """Stores outcomes: one statement for the deliveries, one for their attempts.

    A delivery is changed only if its lease is still the one under which the attempt was made: whoever lost the lease
    has no say. The one exception is the proof of an acceptance, which settles an unknown outcome however late it comes.

    Returns:
        How many deliveries were changed.
    """
    dialect = session.get_bind().dialect.name
    given = rows.batch([_row(result, dialect) for result in results])
    of_deliveries, of_attempts = _statements(dialect)
    changed = session.connection().execute(of_deliveries, given).rowcount
    session.connection().execute(of_attempts, given)
    return changed


def _row(result: Result, dialect: str) -> dict[str, Any]:
    claimed, stands, accepted = result.claimed, result.verdict, result.acceptance
    ended_at = rows.moment_text(result.ended_at, dialect)
    return {
        "id": claimed.delivery_id,
        "token": claimed.token,
        "number": claimed.number,
        "state": stands.state,
        "lane": result.lane,
        "doubtful": stands.doubtful,
        "next_attempt_at": rows.moment_text(stands.next_attempt_at, dialect),
        "finished_at": None if stands.state in OPEN else ended_at,
        "remote_id": reasons.clean(accepted.remote_id) if accepted else None,
        "remote_url": reasons.clean(accepted.remote_url, reasons.LONGEST_URL) if accepted else None,
        "error": reasons.stored(result.reason) if result.reason else None,
        "ended_at": ended_at,
        "outcome": result.outcome,
    }


def _columns(dialect: str) -> dict[str, sa.types.TypeEngine[Any]]:
    moment = sa.DateTime(timezone=True) if dialect == "postgresql" else sa.Text()
    texts = ("token", "state", "remote_id", "remote_url", "error", "outcome")
    return {
        "id": sa.BigInteger(),
        "number": sa.Integer(),
        "lane": sa.SmallInteger(),
        "doubtful": sa.Boolean(),
        **dict.fromkeys(("next_attempt_at", "finished_at", "ended_at"), moment),
        **dict.fromkeys(texts, sa.Text()),
    }


@lru_cache
def _statements(dialect: str) -> tuple[sa.Update, sa.Update]:
    given = rows.json_table(dialect, _columns(dialect))
    new = given.c
    stopped = sa.and_(new.state == DeliveryState.DUE, deliveries.c.withdrawn)
    held = deliveries.c.state == DeliveryState.LEASED
    late_proof = sa.and_(deliveries.c.state == DeliveryState.UNKNOWN, new.state == DeliveryState.ACCEPTED)
    of_deliveries = (
        sa.update(deliveries)
        .where(deliveries.c.id == new.id, deliveries.c.lease_token == new.token, sa.or_(held, late_proof))
        .values(
            state=sa.case(
                (sa.and_(stopped, new.doubtful), str(DeliveryState.UNKNOWN)),
                (stopped, str(DeliveryState.CANCELLED)),
                else_=new.state,
            ),
            lane=new.lane,
            doubtful=new.doubtful,
            next_attempt_at=new.next_attempt_at,
            finished_at=sa.case((stopped, new.ended_at), else_=new.finished_at),
            remote_id=new.remote_id,
            remote_url=new.remote_url,
            error=new.error,
            lease_token=None,
            lease_until=None,
        )
    )
    of_attempts = (
        sa.update(attempts)
        .where(attempts.c.delivery_id == new.id, attempts.c.number == new.number)
        .values(outcome=new.outcome, finished_at=new.ended_at, detail=new.error)
    )
    return of_deliveries, of_attempts


class Writer:
    """Collects results and stores them until it is closed. Survives a database that is away: nothing is dropped.

    Args:
        context: opens an application context.
        pause_ms: how long it collects before it stores.
        on_stored: called with the number of results after each transaction.
        note: called with the results in the transaction that stores them.
    """

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[Any]],
        pause_ms: int,
        on_stored: Callable[[int], None],
        note: Callable[[Session, Sequence[Result]], None],
    ) -> None:
        self._context = context
        self._pause = pause_ms / 1000
        self._on_stored = on_stored
        self._note = note
        self._queue: queue.SimpleQueue[Result | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        # False while outcomes cannot be stored: whoever takes leases back must then wait.
        self.well = True

    def put(self, result: Result) -> None:
        """Hands over one result; does not wait."""
        self._queue.put(result)

    def close(self) -> None:
        """No more results come. What was handed over is still stored."""
        self._queue.put(None)

    def abandon(self) -> None:
        """Gives up on a database that does not come back; the leases will be taken back."""
        self._stopped.set()
        self._queue.put(None)

    def run(self) -> None:
        """The thread's work."""
        going = True
        while going:
            first = self._queue.get()
            if first is None:
                return
            # Outcomes that come meanwhile share one transaction, and so one wait for the disk.
            time.sleep(self._pause)  # milliseconds, once a batch; `writer_pause_ms` bounds it
            results = [first]
            while len(results) < MOST_AT_ONCE and going:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                going = more is not None
                if more is not None:
                    results.append(more)
            self._store(results)
            self._on_stored(len(results))

    def _store(self, results: Sequence[Result]) -> None:
        while not self._stopped.is_set():
            try:
                with self._context(), transaction() as session:
                    end_if_held(session, HELD_SECONDS)
                    changed = store(session, results)
                    self._note(session, results)
            except REFUSALS:
                # One outcome that can never be stored must not hold up the others. Its lease will be taken back.
                log.exception("outcomes of %d attempts were refused by the database", len(results))
                if len(results) > 1:
                    for result in results:
                        self._store([result])
                return
            except Exception:
                self.well = False
                log.exception("outcomes of %d attempts cannot be stored; trying again", len(results))
                self._stopped.wait(DATABASE_PAUSE_SECONDS)
            else:
                self.well = True
                if changed < len(results):
                    log.warning("%d outcomes came after their lease had ended", len(results) - changed)
                return
