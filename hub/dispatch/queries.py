"""What the console, the command line and the APIs see of deliveries. Reads only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.channels.contract import Body
from hub.dispatch import reasons
from hub.dispatch.gate_models import HOST, buckets, circuits
from hub.dispatch.models import (
    IN_TROUBLE,
    IS_ACCEPTED,
    IS_DUE,
    IS_LEASED,
    bodies,
    deliveries,
    destinations,
    publications,
    switch,
)
from hub.dispatch.pace import Bucket
from hub.dispatch.states import OPEN, DeliveryState
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase

SAMPLE = 20


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery as people see it."""

    id: int
    publication_id: str
    channel_id: str
    address: str = field(repr=False)
    label: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime
    finished_at: datetime | None
    doubtful: bool
    withdrawn: bool
    remote_id: str | None
    remote_url: str | None
    error: Phrase | None


@dataclass(frozen=True, slots=True)
class ChannelProgress:
    """How far one channel is: how many deliveries in which state, and some of them, those in trouble first."""

    channel_id: str
    by_state: Mapping[DeliveryState, int]
    deliveries: tuple[DeliveryRow, ...]

    @property
    def total(self) -> int:
        """All deliveries of the channel."""
        return sum(self.by_state.values())

    @property
    def finished(self) -> int:
        """Deliveries for which nothing more is going to be done by itself."""
        return sum(number for state, number in self.by_state.items() if state not in OPEN)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a publication is."""

    publication_id: str
    channels: tuple[ChannelProgress, ...]

    @property
    def by_state(self) -> Mapping[DeliveryState, int]:
        """All deliveries by state; a state that no delivery is in is missing."""
        return sum((Counter(channel.by_state) for channel in self.channels), Counter())

    @property
    def total(self) -> int:
        """All deliveries."""
        return sum(channel.total for channel in self.channels)

    @property
    def finished(self) -> int:
        """Deliveries for which nothing more is going to be done by itself."""
        return sum(channel.finished for channel in self.channels)

    @property
    def done(self) -> bool:
        """Whether nothing more is going to happen by itself."""
        return self.finished == self.total


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is in the outbox now. ``later`` of the ``due`` ones wait for a retry; ``since`` is the oldest of all."""

    due: int
    under_way: int
    later: int
    since: datetime | None
    by_channel: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everything that has no final state yet."""
        return self.due + self.under_way


@dataclass(frozen=True, slots=True)
class Broken:
    """A host that failed ``failures`` times in a row. ``open_until``: nothing but one probe goes there before."""

    host: str
    failures: int
    since: datetime
    open_until: datetime | None
    reason: Phrase | None

    def closed_off(self) -> bool:
        """Whether deliveries to it wait, and not only the counting has begun."""
        return self.open_until is not None


@dataclass(frozen=True, slots=True)
class Slowed:
    """A host that said that we are too fast: attempts a minute, and until when it pauses."""

    host: str
    per_minute: float
    paused_until: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """Who stopped all sending, when, and why."""

    by: str
    at: datetime
    reason: str


def progress(session: Session, publication_id: str, sample: int = SAMPLE) -> Progress:
    """How far a publication is, by channel, with up to ``sample`` deliveries of each.

    Raises:
        NotFound: there is no such publication.
    """
    if session.scalar(sa.select(publications.c.id).where(publications.c.id == publication_id)) is None:
        raise NotFound(Phrase("There is no publication %(id)s.", id=publication_id))
    counted = session.execute(
        sa.select(deliveries.c.channel_id, deliveries.c.state, sa.func.count())
        .where(deliveries.c.publication_id == publication_id)
        .group_by(deliveries.c.channel_id, deliveries.c.state)
    ).all()
    shown = _sample(session, publication_id, sample)
    return Progress(
        publication_id,
        tuple(
            ChannelProgress(
                channel_id,
                {DeliveryState(state): number for channel, state, number in counted if channel == channel_id},
                tuple(row for row in shown if row.channel_id == channel_id),
            )
            for channel_id in sorted({channel for channel, _, _ in counted})
        ),
    )


def delivery_row(session: Session, delivery_id: int) -> DeliveryRow:
    """One delivery.

    Raises:
        NotFound: there is no such delivery.
    """
    found = _rows(session.execute(_visible().where(deliveries.c.id == delivery_id)))
    if not found:
        raise NotFound(Phrase("There is no delivery %(id)s.", id=delivery_id))
    return found[0]


def waiting_summary(session: Session, now: datetime) -> Waiting:
    """What has no final state yet, over all publications."""
    due = session.execute(
        sa.select(
            deliveries.c.channel_id,
            sa.func.count().label("number"),
            sa.func.count(sa.case((deliveries.c.next_attempt_at > now, 1))).label("later"),
        )
        .where(IS_DUE)
        .group_by(deliveries.c.channel_id)
    ).all()
    leased = session.execute(
        sa.select(deliveries.c.channel_id, sa.func.count()).where(IS_LEASED).group_by(deliveries.c.channel_id)
    ).all()
    waits = sa.union_all(
        sa.select(deliveries.c.publication_id).where(IS_DUE), sa.select(deliveries.c.publication_id).where(IS_LEASED)
    ).subquery()
    since = session.scalar(
        sa.select(sa.func.min(publications.c.created_at)).where(publications.c.id.in_(sa.select(waits.c[0])))
    )
    by_channel = Counter({row.channel_id: row.number for row in due})
    by_channel.update({row[0]: row[1] for row in leased})
    return Waiting(
        due=sum(row.number for row in due),
        under_way=sum(number for _, number in leased),
        later=sum(row.later for row in due),
        since=since,
        by_channel=dict(by_channel),
    )


def sending_stopped(session: Session) -> Stop | None:
    """Who stopped all sending; ``None`` when it is not stopped."""
    row = session.execute(sa.select(switch).where(switch.c.stopped.is_(True))).one_or_none()
    return Stop(row.changed_by, row.changed_at, row.reason) if row else None


def broken_hosts(session: Session) -> list[Broken]:
    """The hosts whose latest attempts failed one after the other, those that failed most first."""
    found = session.execute(sa.select(circuits).order_by(circuits.c.failures.desc(), circuits.c.host))
    return [Broken(row.host, row.failures, row.since, row.open_until, reasons.restored(row.reason)) for row in found]


def slowed_hosts(session: Session, now: datetime) -> list[Slowed]:
    """The hosts that are sent to more slowly because they asked for it, by name."""
    found = session.execute(sa.select(buckets).where(buckets.c.scope == HOST).order_by(buckets.c.name))
    paces = {row.name: Bucket(row.per_minute, row.tokens, row.refilled_at, row.slowed_at) for row in found}
    return [
        Slowed(host, bucket.pace(now), bucket.slowed_at)
        for host, bucket in paces.items()
        if bucket.slowed_at is not None and not bucket.recovered(now)
    ]


def recent_failures(session: Session, limit: int = SAMPLE) -> list[DeliveryRow]:
    """Deliveries that failed or may have failed, the latest first."""
    return _rows(session.execute(_visible().where(IN_TROUBLE).order_by(deliveries.c.finished_at.desc()).limit(limit)))


def frozen_bodies(session: Session, publication_id: str) -> dict[str, Body]:
    """Channel id -> what that channel sends for a publication, as it was confirmed."""
    chosen = sa.select(bodies.c.channel_id, bodies.c.body).where(bodies.c.publication_id == publication_id)
    return {row.channel_id: json.loads(row.body) for row in session.execute(chosen)}


def last_acceptances(session: Session) -> dict[str, datetime]:
    """Channel id -> when it last accepted something; a channel that never did is missing."""
    # One look into the index for each channel, not one at each of a million deliveries.
    channels = sa.select(destinations.c.channel_id).distinct().subquery()
    last = (
        sa.select(sa.func.max(deliveries.c.finished_at))
        .where(IS_ACCEPTED, deliveries.c.channel_id == channels.c.channel_id)
        .scalar_subquery()
    )
    found = session.execute(sa.select(channels.c.channel_id, last))
    return {row[0]: row[1] for row in found if row[1] is not None}


def destination_counts(session: Session) -> dict[str, int]:
    """Channel id -> number of enabled destinations; a channel without any is missing."""
    found = session.execute(
        sa.select(destinations.c.channel_id, sa.func.count())
        .where(destinations.c.enabled.is_(True))
        .group_by(destinations.c.channel_id)
    )
    return {row[0]: row[1] for row in found}


def _sample(session: Session, publication_id: str, sample: int) -> list[DeliveryRow]:
    trouble = sa.case(
        (deliveries.c.state.in_([str(DeliveryState.FAILED), str(DeliveryState.UNKNOWN)]), 0),
        (deliveries.c.state.in_([str(state) for state in OPEN]), 1),
        else_=2,
    )
    place = sa.func.row_number().over(partition_by=deliveries.c.channel_id, order_by=(trouble, deliveries.c.id))
    ranked = (
        sa.select(deliveries.c.id, place.label("place")).where(deliveries.c.publication_id == publication_id).subquery()
    )
    chosen = _visible().join(ranked, ranked.c.id == deliveries.c.id).where(ranked.c.place <= sample)
    return _rows(session.execute(chosen.order_by(ranked.c.place)))


def _visible() -> sa.Select[Any]:
    return sa.select(deliveries, destinations.c.address, destinations.c.label).join(
        destinations, destinations.c.id == deliveries.c.destination_id
    )


def _rows(found: Iterable[sa.Row[Any]]) -> list[DeliveryRow]:
    return [
        DeliveryRow(
            id=row.id,
            publication_id=row.publication_id,
            channel_id=row.channel_id,
            address=row.address,
            label=row.label,
            state=DeliveryState(row.state),
            attempts=row.attempts,
            next_attempt_at=row.next_attempt_at,
            finished_at=row.finished_at,
            doubtful=row.doubtful,
            withdrawn=row.withdrawn,
            remote_id=row.remote_id,
            remote_url=row.remote_url,
            error=reasons.restored(row.error),
        )
        for row in found
    ]
