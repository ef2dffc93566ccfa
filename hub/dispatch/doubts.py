"""Unknown outcomes settled by asking the far side, before a person is asked; once, however many dispatchers there are.

There: accepted, with its proof. Certainly not there: due again if the alert lives. It cannot be told: unknown, for an
officer. Each of the three is in the audit log. The network is used with no transaction open.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.channels.contract import (
    Acceptance,
    Channel,
    ChannelAdapter,
    Destination,
    Outgoing,
    PermanentChannelError,
    TransientChannelError,
    UnknownOutcomeError,
)
from hub.dispatch import reasons
from hub.dispatch.doubt_models import doubts
from hub.dispatch.lease import idempotency_key
from hub.dispatch.models import IN_TROUBLE, attempts, bodies, deliveries, destinations, publications
from hub.dispatch.settling import Finding, settle
from hub.dispatch.states import AttemptOutcome, DeliveryState
from hub.kernel.clock import Clock
from hub.kernel.db import inserting, reading, transaction
from hub.kernel.phrase import Phrase

log = logging.getLogger(__name__)

# Older doubts are history; nobody waits for them any more.
RECENT = timedelta(hours=24)
MOST_AT_ONCE = 5
LOOK_SECONDS = 20.0
# Whoever looks has so long for all that it took on; then another dispatcher looks.
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
# With doubled pauses: a far side that cannot be asked for a quarter of an hour is left to a person.
MOST_LOOKS = 6


@dataclass(frozen=True, slots=True)
class Look:
    """One look that this dispatcher has taken on."""

    delivery_id: int
    number: int
    channel_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer sees of a doubt: the time of the attempt, and whether the hub is still looking by itself.

    ``reason`` says why the last look told nothing.
    """

    attempted_at: datetime | None
    looking: bool
    reason: Phrase | None


class Doubts:
    """The looks of one dispatcher; those at one channel in a thread of their own.

    Args:
        context: opens an application context.
        channels: the configured channels.
        clock: the time.
    """

    def __init__(
        self, context: Callable[[], AbstractContextManager[Any]], channels: Mapping[str, Channel], clock: Clock
    ) -> None:
        self._context = context
        self._channels = {one: channel for one, channel in channels.items() if channel.adapter.can_read_back}
        self._clock = clock
        self._under_way: dict[str, threading.Thread] = {}

    def claim(self, session: Session, now: datetime) -> list[Look]:
        """Enters new doubts, and takes on looks that are due, which nobody else will now take."""
        if not self._channels:
            return []
        self._enter(session, now)
        self._under_way = {one: thread for one, thread in self._under_way.items() if thread.is_alive()}
        free = self._channels.keys() - self._under_way.keys()
        due = sa.and_(doubts.c.channel_id.in_(free), doubts.c.next_at <= now)
        key = sa.tuple_(doubts.c.delivery_id, doubts.c.number)
        chosen = sa.select(doubts.c.delivery_id, doubts.c.number).where(due).order_by(doubts.c.next_at)
        taken = session.execute(
            sa.update(doubts)
            # The moment is checked once more in the update itself: another dispatcher may have been quicker.
            .where(key.in_(chosen.limit(MOST_AT_ONCE)), doubts.c.next_at <= now)
            .values(next_at=now + LEASE, looks=doubts.c.looks + 1)
            .returning(doubts.c.delivery_id, doubts.c.number, doubts.c.channel_id)
        )
        return [Look(row.delivery_id, row.number, row.channel_id) for row in taken]

    def start(self, looks: Iterable[Look]) -> None:
        """Begins the looks that were taken on. Does not wait for them."""
        by_channel: dict[str, list[Look]] = {}
        for look in looks:
            by_channel.setdefault(look.channel_id, []).append(look)
        for channel_id, mine in by_channel.items():
            thread = threading.Thread(target=self._look_at, args=[mine], name=f"look-{channel_id}", daemon=True)
            self._under_way[channel_id] = thread
            thread.start()

    def join(self, seconds: float) -> None:
        """Waits a little for what is under way; a thread that hangs dies with the process."""
        end = time.monotonic() + seconds
        for thread in self._under_way.values():
            thread.join(max(0.0, end - time.monotonic()))

    def _enter(self, session: Session, now: datetime) -> None:
        new = sa.select(
            deliveries.c.id,
            deliveries.c.attempts,
            deliveries.c.channel_id,
            deliveries.c.finished_at,
            sa.literal(0),
            sa.literal(now, doubts.c.next_at.type),
        ).where(
            IN_TROUBLE,
            deliveries.c.finished_at > now - RECENT,
            deliveries.c.state == str(DeliveryState.UNKNOWN),
            deliveries.c.channel_id.in_(self._channels),
        )
        columns = ["delivery_id", "number", "channel_id", "since", "looks", "next_at"]
        session.execute(inserting(session, doubts).from_select(columns, new).on_conflict_do_nothing())

    def _look_at(self, looks: Iterable[Look]) -> None:
        for look in looks:
            try:
                self._look(look)
            except Exception:  # the next look is another one, and this one will be made again
                log.exception("the look for delivery %d came to nothing", look.delivery_id)

    def _look(self, look: Look) -> None:
        adapter = self._channels[look.channel_id].adapter
        with self._context():
            row = _read(reading(), look)
        now = self._clock.now()
        found = Finding("moot") if row is None else finding(adapter, _outgoing(row), row.since, row.looks, now)
        with self._context(), transaction() as session:
            state = settle(session, look.delivery_id, look.number, found, self._clock.now())
        told = {"delivery": look.delivery_id, "channel": look.channel_id, "found": found.word, "state": state}
        log.info("looked for a delivery in doubt", extra=told)


def finding(adapter: ChannelAdapter, outgoing: Outgoing, since: datetime, looks: int, now: datetime) -> Finding:
    """Asks an adapter, and judges its answer. Uses the network; never raises.

    Args:
        adapter: of the delivery's channel.
        outgoing: the attempt in doubt.
        since: when that attempt ended.
        looks: how often it was looked for, this time included.
        now: the moment before the look.
    """
    try:
        accepted: object = adapter.read_back(outgoing)
    except TransientChannelError as error:
        return _once_more(error.reason, looks, now, timedelta(seconds=error.retry_after or 0))
    except UnknownOutcomeError as error:
        return _once_more(error.reason, looks, now)
    except PermanentChannelError as error:
        return Finding("unclear", error.reason)
    except Exception:
        log.exception("the channel of delivery %s failed to look in a way it should not", outgoing.idempotency_key)
        return Finding("unclear", Phrase("the look itself failed; the log of the dispatcher says why"))
    settled_at = since + adapter.settles_after
    if isinstance(accepted, Acceptance):
        found = Finding("there", acceptance=accepted)
    elif now < settled_at:
        found = Finding("later", Phrase("not there yet; the hub looks once more"), next_at=settled_at)
    else:
        found = Finding("absent", Phrase("the hub looked for it, and it was not there"))
    return found


def _once_more(reason: Phrase, looks: int, now: datetime, pause: timedelta = FIRST_PAUSE) -> Finding:
    if looks >= MOST_LOOKS:
        return Finding("unclear", reason)
    return Finding("later", reason, next_at=now + max(FIRST_PAUSE * 2 ** (looks - 1), pause))


def asked(session: Session, delivery_ids: Iterable[int]) -> dict[int, Asked]:
    """What is known of deliveries in doubt, by their ids."""
    ids = list(delivery_ids)
    tried = sa.select(attempts.c.delivery_id, sa.func.max(attempts.c.started_at).label("at")).where(
        attempts.c.delivery_id.in_(ids), attempts.c.outcome != str(AttemptOutcome.NOT_SENT)
    )
    at = {row.delivery_id: row.at for row in session.execute(tried.group_by(attempts.c.delivery_id))}
    looked = sa.select(doubts.c.delivery_id, doubts.c.next_at, doubts.c.reason).where(doubts.c.delivery_id.in_(ids))
    last = {row.delivery_id: row for row in session.execute(looked.order_by(doubts.c.number))}
    return {
        one: Asked(
            attempted_at=at.get(one),
            looking=one in last and last[one].next_at is not None,
            reason=reasons.restored(last[one].reason) if one in last else None,
        )
        for one in ids
    }


def _read(session: Session, look: Look) -> sa.Row[Any] | None:
    before = deliveries.alias("before")
    return session.execute(
        sa.select(
            deliveries,
            bodies.c.body,
            destinations.c.address,
            doubts.c.since,
            doubts.c.looks,
            before.c.state.label("before_state"),
            before.c.remote_id.label("before_id"),
            before.c.remote_url.label("before_url"),
        )
        .join(publications, publications.c.id == deliveries.c.publication_id)
        .join(
            bodies,
            sa.and_(
                bodies.c.publication_id == deliveries.c.publication_id, bodies.c.channel_id == deliveries.c.channel_id
            ),
        )
        .join(destinations, destinations.c.id == deliveries.c.destination_id)
        .join(doubts, sa.and_(doubts.c.delivery_id == deliveries.c.id, doubts.c.number == deliveries.c.attempts))
        .join(before, before.c.id == deliveries.c.waits_for_id, isouter=True)
        .where(
            deliveries.c.id == look.delivery_id,
            doubts.c.number == look.number,
            deliveries.c.state == str(DeliveryState.UNKNOWN),
        )
    ).one_or_none()


def _outgoing(row: sa.Row[Any]) -> Outgoing:
    follows = None
    if row.before_state == DeliveryState.ACCEPTED:
        follows = Acceptance(row.before_id or "", row.before_url or "")
    return Outgoing(
        publication_id=row.publication_id,
        body=json.loads(row.body),
        destination=Destination(row.destination_id, row.address),
        idempotency_key=idempotency_key(row.publication_id, row.destination_id, row.resends),
        deadline=LOOK_SECONDS,
        # A row in doubt was tried; only one that was edited by hand lacks the moment.
        first_attempt_at=row.first_attempt_at or row.since,
        follows=follows,
    )
