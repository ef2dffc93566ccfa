"""Claiming due deliveries with a lease, and taking back the leases of dispatchers that died.

The claim is a conditional update: on PostgreSQL ``SKIP LOCKED`` only spares two dispatchers from waiting for each
other; on SQLite it does not exist, and nothing relies on it. PostgreSQL keeps the plan that it made while the outbox
was empty, for a minute or longer: no statement here may be slow under such a plan.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from hub.channels.contract import Acceptance, Body, Channel, Destination
from hub.dispatch import reasons
from hub.dispatch.gate_models import CHANNEL, HOST, buckets, circuits
from hub.dispatch.gates import FREE, Gate
from hub.dispatch.models import IS_DUE, IS_LEASED, attempts, bodies, deliveries, destinations, publications
from hub.dispatch.states import OPEN, AttemptOutcome, DeliveryState
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase

# Rows looked at for one row claimed: room to pass over the rows of a host that has its share.
LOOK_AHEAD = 4

# Due for so long without a turn, a delivery counts as overlooked: see `Ask.oldest`.
OVERLOOKED = timedelta(seconds=60)

# Nothing in a dispatcher's transactions waits for anything but the database: one that pauses for so long is held, and
# others want the rows that it has locked.
HELD_SECONDS = 5.0

# Beyond any priority.
HIGHEST = 2**31 - 1

# Why a delivery that never had a turn was not sent.
TOO_LATE = Phrase("the alert ended before this could be sent")

log = logging.getLogger(__name__)

# Bodies kept in memory.
MOST_BODIES = 32


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery that this dispatcher holds until ``lease_until``, for attempt ``number``."""

    delivery_id: int
    publication_id: str
    status: str
    channel_id: str
    host: str
    destination: Destination
    body: Body
    token: str
    lease_until: datetime
    number: int
    lane: int
    priority: int
    resends: int
    doubtful: bool
    first_attempt_at: datetime
    expires: datetime
    follows: Acceptance | None

    @property
    def idempotency_key(self) -> str:
        """The same for each attempt of this delivery; another one after a person decided to send it once more."""
        return idempotency_key(self.publication_id, self.destination.id, self.resends)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a dispatcher has room for.

    ``floor`` is the least priority that it takes now. What is above ``above`` is taken for a saturated host, too.
    ``oldest``: whoever is overlooked comes first, in the order in which they became due.
    """

    lane: int
    limit: int
    per_host: int
    saturated: Collection[str]
    lease: timedelta
    floor: int = 0
    above: int = HIGHEST
    oldest: bool = False


class Shelf:
    """The bodies in use, read once and shared by all attempts. Only the last few are kept: they can be large."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[tuple[str, str], Body] = OrderedDict()

    def body(self, session: Session, publication_id: str, channel_id: str) -> Body:
        """The frozen body of a publication on a channel; empty where somebody has damaged it in the database."""
        key = (publication_id, channel_id)
        if key not in self._bodies:
            stored = sa.select(bodies.c.body).where(
                bodies.c.publication_id == publication_id, bodies.c.channel_id == channel_id
            )
            body = _body(session.execute(stored).scalar_one_or_none())
            if not body:
                log.error("a frozen body is missing or damaged", extra={"publication": key[0], "channel": key[1]})
                return body  # not kept: it may be mended
            self._bodies[key] = body
            if len(self._bodies) > MOST_BODIES:
                self._bodies.popitem(last=False)
        self._bodies.move_to_end(key)
        return self._bodies[key]


def _body(stored: str | None) -> Body:
    try:
        found = json.loads(stored or "null")
    except ValueError:
        found = None
    # One row that no one can read must not stop the claim of all the others.
    return MappingProxyType(found if isinstance(found, dict) else {})


def idempotency_key(publication_id: str, destination_id: int, resends: int) -> str:
    """What the far side knows a delivery by."""
    key = f"{publication_id}-{destination_id}"
    return f"{key}-{resends}" if resends else key


def claim(session: Session, ask: Ask, shelf: Shelf, now: datetime, gate: Gate = FREE) -> list[Claimed]:
    """Leases due deliveries, most urgent first, and writes their attempts as started.

    If the oldest are asked for and none is overlooked, the most urgent are taken all the same.

    Passed over: rows of saturated or broken hosts, rows beyond a host's share or a pace, rows that wait for an open
    delivery, expired rows. ``gate`` was read in the same transaction.
    """
    token, until = new_id(), now + ask.lease
    values = {
        "claim_lane": ask.lane,
        "claim_now": now,
        "claim_limit": ask.limit,
        "claim_look": ask.limit * LOOK_AHEAD,
        "claim_share": ask.per_host,
        "claim_token": token,
        "claim_until": until,
        "claim_saturated": list(ask.saturated),
        "claim_floor": ask.floor,
        "claim_above": ask.above,
    }
    dialect, paced = session.get_bind().dialect.name, bool(gate.filled)
    before = {"claim_before": now - OVERLOOKED}
    taken = ask.oldest and session.execute(_take(dialect, oldest=True, paced=paced), values | before).all()
    if not taken and not session.execute(_take(dialect, oldest=False, paced=paced), values).all():
        return []
    mine = {"mine_until": until, "mine_token": token}
    session.execute(_START, mine | {"start_now": now})
    found = session.execute(_READ, mine).all()
    claimed = [_claimed(row, shelf.body(session, row.publication_id, row.channel_id)) for row in found]
    gate.pass_through(session, claimed)
    return claimed


def take_back(session: Session, channels: Mapping[str, Channel], now: datetime) -> int:
    """Ends what is past its time: leases of dispatchers that died, and deliveries past their alert's end.

    A lost attempt may have been accepted. On an idempotent channel, inside its window, it is due again with the same
    key; elsewhere it is unknown, for an officer to see.

    Returns:
        How many leases were taken back.
    """
    session.execute(
        sa.update(deliveries)
        .where(IS_DUE, deliveries.c.expires <= now)
        .values(
            state=sa.case((deliveries.c.doubtful, str(DeliveryState.UNKNOWN)), else_=str(DeliveryState.EXPIRED)),
            finished_at=now,
            # What an attempt said tells more than that the time is over.
            error=sa.func.coalesce(deliveries.c.error, reasons.stored(TOO_LATE)),
        )
    )
    again = sa.and_(_repeatable(channels, now), deliveries.c.withdrawn.is_(False), deliveries.c.expires > now)
    reason = reasons.stored(Phrase("the hub was interrupted while it was sending; it may have arrived"))
    lost = session.execute(
        sa.update(deliveries)
        # A lease without an end is no work of ours: somebody has edited the row. It must not be stuck for ever.
        .where(IS_LEASED, sa.or_(deliveries.c.lease_until <= now, deliveries.c.lease_until.is_(None)))
        .values(
            state=sa.case((again, str(DeliveryState.DUE)), else_=str(DeliveryState.UNKNOWN)),
            next_attempt_at=now,
            doubtful=True,
            # An unknown row keeps its token: the late proof of an acceptance may still arrive.
            lease_token=sa.case((again, sa.null()), else_=deliveries.c.lease_token),
            lease_until=None,
            finished_at=sa.case((again, sa.null()), else_=sa.literal(now, deliveries.c.finished_at.type)),
            error=reason,
        )
        .returning(deliveries.c.id, deliveries.c.attempts)
    ).all()
    for delivery_id, number in lost:
        session.execute(
            sa.update(attempts)
            .where(
                attempts.c.delivery_id == delivery_id,
                attempts.c.number == number,
                attempts.c.outcome == AttemptOutcome.STARTED,
            )
            .values(outcome=str(AttemptOutcome.UNKNOWN), finished_at=now, detail=reason)
        )
    return len(lost)


def _repeatable(channels: Mapping[str, Channel], now: datetime) -> sa.ColumnElement[bool]:
    terms: list[sa.ColumnElement[bool]] = [sa.false()]
    for channel in channels.values():
        if channel.adapter.idempotent:
            mine = deliveries.c.channel_id == channel.id
            window = channel.adapter.idempotency_window
            terms.append(mine if window is None else sa.and_(mine, deliveries.c.first_attempt_at > now - window))
    return sa.or_(*terms)


_ORDER: tuple[Any, ...] = (sa.desc("priority"), "next_attempt_at", "id")
_BY_AGE: tuple[Any, ...] = ("next_attempt_at", "id")
_CLAIM_NOW = sa.bindparam("claim_now", type_=deliveries.c.next_attempt_at.type)
_CLAIM_BEFORE = sa.bindparam("claim_before", type_=deliveries.c.next_attempt_at.type)


def _tokens(scope: str, name: sa.ColumnElement[str]) -> sa.ColumnElement[float]:
    """The tokens of a channel or a host, or more than any claim takes."""
    mine = sa.select(buckets.c.tokens).where(buckets.c.scope == scope, buckets.c.name == name)
    return sa.func.coalesce(mine.scalar_subquery(), float(HIGHEST))


def _open_gates(*, paced: bool) -> list[sa.ColumnElement[bool]]:
    terms: list[sa.ColumnElement[bool]] = [
        deliveries.c.host.not_in(sa.select(circuits.c.host).where(circuits.c.open_until > _CLAIM_NOW))
    ]
    for scope, column in ((HOST, deliveries.c.host), (CHANNEL, deliveries.c.channel_id)) if paced else ():
        empty = sa.select(buckets.c.name).where(buckets.c.scope == scope, buckets.c.tokens < 1)
        terms.append(column.not_in(empty))
    return terms


def _candidates(*, oldest: bool, paced: bool) -> sa.CTE:
    before = deliveries.alias("before")
    # One row by its key; ``EXISTS`` may become a list of all open deliveries, read from the whole table.
    state_before = sa.select(before.c.state).where(before.c.id == deliveries.c.waits_for_id).scalar_subquery()
    return (
        sa.select(
            deliveries.c.id,
            deliveries.c.host,
            deliveries.c.channel_id,
            deliveries.c.priority,
            deliveries.c.next_attempt_at,
        )
        .where(
            IS_DUE,
            *_open_gates(paced=paced),
            deliveries.c.lane == sa.bindparam("claim_lane"),
            deliveries.c.priority >= sa.bindparam("claim_floor"),
            deliveries.c.next_attempt_at <= (_CLAIM_BEFORE if oldest else _CLAIM_NOW),
            deliveries.c.expires > _CLAIM_NOW,
            sa.or_(
                deliveries.c.host.not_in(sa.bindparam("claim_saturated", expanding=True)),
                deliveries.c.priority > sa.bindparam("claim_above"),
            ),
            sa.or_(
                deliveries.c.waits_for_id.is_(None),
                sa.func.coalesce(state_before, "").not_in([str(state) for state in OPEN]),
            ),
        )
        .order_by(*(_BY_AGE if oldest else _ORDER))
        .limit(sa.bindparam("claim_look", type_=sa.Integer()))
        .with_for_update(skip_locked=True)
        .cte("candidate")
    )


@lru_cache  # building a statement costs more than running it
def _take(dialect: str, *, oldest: bool, paced: bool) -> ReturningUpdate[Any]:
    order = _BY_AGE if oldest else _ORDER
    candidate = _candidates(oldest=oldest, paced=paced)
    by_host = sa.func.row_number().over(partition_by=candidate.c.host, order_by=order).label("by_host")
    by_channel = sa.func.row_number().over(partition_by=candidate.c.channel_id, order_by=order).label("by_channel")
    ranked = sa.select(candidate, by_host, *([by_channel] if paced else [])).cte("ranked")
    share = sa.bindparam("claim_share", type_=sa.Integer())
    # Whatever is in the table of circuits and was let through is half open: one probe.
    half_open = ranked.c.host.in_(sa.select(circuits.c.host).where(circuits.c.open_until.is_not(None)))
    limits = [ranked.c.by_host <= sa.case((half_open, 1), else_=share)]
    if paced:
        limits += [
            ranked.c.by_host <= _tokens(HOST, ranked.c.host),
            ranked.c.by_channel <= _tokens(CHANNEL, ranked.c.channel_id),
        ]
    picked = (
        sa.select(ranked.c.id)
        .where(*limits)
        .order_by(*order)
        .limit(sa.bindparam("claim_limit", type_=sa.Integer()))
        .cte("picked")
    )
    ids = sa.select(picked.c.id)
    # As an array they are found once; as a table PostgreSQL went through them again for every due row.
    at_once = deliveries.c.id == sa.any_(sa.func.array(ids.scalar_subquery()))
    return (
        sa.update(deliveries)
        .where(
            at_once if dialect == "postgresql" else deliveries.c.id.in_(ids),
            deliveries.c.state == str(DeliveryState.DUE),
        )
        .values(
            state=str(DeliveryState.LEASED),
            attempts=deliveries.c.attempts + 1,
            first_attempt_at=sa.func.coalesce(deliveries.c.first_attempt_at, _CLAIM_NOW),
            lease_token=sa.bindparam("claim_token"),
            lease_until=sa.bindparam("claim_until", type_=deliveries.c.lease_until.type),
        )
        .returning(deliveries.c.id)
    )


def _mine() -> sa.ColumnElement[bool]:
    until = sa.bindparam("mine_until", type_=deliveries.c.lease_until.type)
    return sa.and_(IS_LEASED, deliveries.c.lease_until == until, deliveries.c.lease_token == sa.bindparam("mine_token"))


def _start() -> sa.Insert:
    started = sa.select(
        deliveries.c.id,
        deliveries.c.attempts,
        sa.bindparam("start_now", type_=attempts.c.started_at.type),
        sa.literal(str(AttemptOutcome.STARTED)),
    ).where(_mine())
    return sa.insert(attempts).from_select(["delivery_id", "number", "started_at", "outcome"], started)


def _read() -> sa.Select[Any]:
    before = deliveries.alias("before")
    return (
        sa.select(
            deliveries,
            destinations.c.address,
            publications.c.status,
            before.c.state.label("before_state"),
            before.c.remote_id.label("before_id"),
            before.c.remote_url.label("before_url"),
        )
        .join(destinations, destinations.c.id == deliveries.c.destination_id)
        .join(publications, publications.c.id == deliveries.c.publication_id)
        .join(before, before.c.id == deliveries.c.waits_for_id, isouter=True)
        .where(_mine())
        .order_by(deliveries.c.priority.desc(), deliveries.c.next_attempt_at, deliveries.c.id)
    )


def _claimed(row: sa.Row[Any], body: Body) -> Claimed:
    follows = None
    if row.before_state == DeliveryState.ACCEPTED:
        follows = Acceptance(row.before_id or "", row.before_url or "")
    return Claimed(
        delivery_id=row.id,
        publication_id=row.publication_id,
        status=row.status,
        channel_id=row.channel_id,
        host=row.host,
        destination=Destination(row.destination_id, row.address),
        body=body,
        token=row.lease_token,
        lease_until=row.lease_until,
        number=row.attempts,
        lane=row.lane,
        priority=row.priority,
        resends=row.resends,
        doubtful=row.doubtful,
        first_attempt_at=row.first_attempt_at,
        expires=row.expires,
        follows=follows,
    )


# Built once.
_START, _READ = _start(), _read()
