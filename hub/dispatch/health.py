"""How the sending side does, as operators and their monitoring see it. Reads only, on the truth of the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.dispatch import reasons
from hub.dispatch.models import (
    IN_TROUBLE,
    IS_ACCEPTED,
    IS_DUE,
    IS_LEASED,
    attempts,
    deliveries,
    destinations,
    publications,
)
from hub.dispatch.states import OPEN, DeliveryState
from hub.dispatch.watch_models import channel_checks, dispatchers
from hub.kernel.phrase import Phrase

# A sign of life comes every 5 s, and at the latest after a poll of 5 s more; a busy database may hold up one of them.
ALIVE = timedelta(seconds=30)
# How far back troubles are news.
LATELY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """One dispatcher and its last sign of life."""

    id: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime

    def alive(self, now: datetime) -> bool:
        """Whether it is taken to be running."""
        return self.seen_at > now - ALIVE


@dataclass(frozen=True, slots=True)
class Queue:
    """What one channel has in the outbox.

    ``due`` could leave now, ``later`` wait for another try, ``leased`` are under way, ``lapsed`` of them past the end
    of their lease; ``since`` is when the oldest of all was recorded.
    """

    due: int = 0
    later: int = 0
    leased: int = 0
    lapsed: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The last look at one channel; ``checked_at`` is ``None`` before the first one."""

    checked_at: datetime | None
    fault: Phrase | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One open destination: how its latest delivery went, when it last accepted one, and how long that took.

    ``state`` is ``None`` when nothing was ever tried there; an open state means that tries have failed so far.
    """

    destination_id: int
    channel_id: str
    label: str
    state: DeliveryState | None
    accepted_at: datetime | None
    took: timedelta | None

    @property
    def refusing(self) -> bool:
        """Whether the latest try did not end in an acceptance."""
        return self.state not in {None, DeliveryState.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Forecast:
    """If you sent now, ``accepting`` of ``total`` destinations would take it; ``untried`` of those got none so far."""

    total: int
    accepting: int
    untried: int


def last_sign(session: Session) -> datetime | None:
    """The latest sign of life of any dispatcher on any host; ``None`` when there is none."""
    latest: datetime | None = session.scalar(sa.select(sa.func.max(dispatchers.c.seen_at)))
    return latest


def seen(session: Session) -> list[Seen]:
    """The dispatchers that run or ended without a word within the hour, the latest sign first."""
    found = session.execute(sa.select(dispatchers).order_by(dispatchers.c.seen_at.desc(), dispatchers.c.id))
    return [Seen(row.id, row.host, row.pid, row.started_at, row.seen_at) for row in found]


def queues(session: Session, now: datetime) -> dict[str, Queue]:
    """Channel id -> what it has in the outbox; a channel with nothing in there is missing."""
    waits = deliveries.c.next_attempt_at > now
    # One look at each of the two indexes of open rows: a condition with "or" would read every row there ever was.
    due = _open(IS_DUE, sa.func.count(sa.case((waits, 1))))
    leased = _open(IS_LEASED, sa.func.count(sa.case((deliveries.c.lease_until <= now, 1))))
    found: dict[str, Queue] = {}
    for row in session.execute(due):
        found[row.channel_id] = Queue(due=row.number - row.special, later=row.special, since=row.since)
    for row in session.execute(leased):
        known = found.get(row.channel_id, Queue())
        since = min(known.since or row.since, row.since)
        found[row.channel_id] = replace(known, leased=row.number, lapsed=row.special, since=since)
    return found


def _open(condition: sa.ColumnElement[bool], special: sa.ColumnElement[int]) -> sa.Select[Any]:
    return (
        sa.select(
            deliveries.c.channel_id,
            sa.func.count().label("number"),
            special.label("special"),
            sa.func.min(publications.c.created_at).label("since"),
        )
        .join(publications, publications.c.id == deliveries.c.publication_id)
        .where(condition)
        .group_by(deliveries.c.channel_id)
    )


def troubles(session: Session, since: datetime) -> dict[tuple[str, DeliveryState], int]:
    """How many deliveries of a channel have ended failed or unknown since a moment."""
    found = session.execute(
        sa.select(deliveries.c.channel_id, deliveries.c.state, sa.func.count())
        .where(IN_TROUBLE, deliveries.c.finished_at > since)
        .group_by(deliveries.c.channel_id, deliveries.c.state)
    )
    return {(channel_id, DeliveryState(state)): number for channel_id, state, number in found}


def checks(session: Session) -> dict[str, Check]:
    """Channel id -> the last look at it."""
    found = session.execute(sa.select(channel_checks))
    return {row.channel_id: Check(row.checked_at, reasons.restored(row.fault)) for row in found}


def standings(session: Session, channel_ids: Collection[str]) -> list[Standing]:
    """Every open destination of these channels, apart from people who name topics: of those there are thousands."""
    telling = sa.or_(
        deliveries.c.state.in_([str(DeliveryState.ACCEPTED), str(DeliveryState.FAILED), str(DeliveryState.UNKNOWN)]),
        # An open delivery with a reason has been tried in vain.
        sa.and_(deliveries.c.state.in_([str(state) for state in OPEN]), deliveries.c.error.is_not(None)),
    )
    mine = sa.select(sa.func.max(deliveries.c.id)).where(deliveries.c.destination_id == destinations.c.id)
    place = (
        sa.select(
            destinations.c.id,
            destinations.c.channel_id,
            destinations.c.label,
            mine.where(telling).scalar_subquery().label("latest_id"),
            mine.where(IS_ACCEPTED).scalar_subquery().label("success_id"),
        )
        .where(
            destinations.c.enabled.is_(True),
            destinations.c.by_topic.is_(False),
            destinations.c.channel_id.in_(channel_ids),
        )
        .cte("place")
        .prefix_with("MATERIALIZED")
    )
    # Looked up row by row: joined, PostgreSQL would read the whole history of deliveries.
    state = sa.select(deliveries.c.state).where(deliveries.c.id == place.c.latest_id)
    success = deliveries.c.id == place.c.success_id
    proof = sa.and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.number == deliveries.c.attempts)
    chosen = sa.select(
        place,
        state.scalar_subquery().label("state"),
        sa.select(deliveries.c.finished_at).where(success).scalar_subquery().label("accepted_at"),
        sa.select(attempts.c.started_at).join(deliveries, proof).where(success).scalar_subquery().label("started_at"),
        sa.select(attempts.c.finished_at).join(deliveries, proof).where(success).scalar_subquery().label("ended_at"),
    ).order_by(place.c.id)
    return [_standing(row) for row in session.execute(chosen)]


def forecast(found: Iterable[Standing], looks: Mapping[str, Check]) -> Forecast:
    """How many destinations would accept a message now, judged by their latest delivery and their channel's check."""
    count: Counter[str] = Counter()
    for one in found:
        look = looks.get(one.channel_id)
        well = not one.refusing and not (look and look.fault)
        count.update({"total": 1, "accepting": int(well), "untried": int(well and one.state is None)})
    return Forecast(count["total"], count["accepting"], count["untried"])


def _standing(row: Any) -> Standing:
    took = row.ended_at - row.started_at if row.ended_at and row.started_at else None
    state = DeliveryState(row.state) if row.state else None
    return Standing(row.id, row.channel_id, row.label, state, row.accepted_at, took)
