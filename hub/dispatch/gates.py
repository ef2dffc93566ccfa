"""What holds deliveries back for everyone: broken hosts and paces, shared by all dispatchers through the database.

A claim reads the gates and takes its tokens and probes in its own transaction; the writer notes what attempts say about
their hosts in the transaction that stores their outcomes. On PostgreSQL the rows are locked in one order, hosts before
buckets; nothing is read or written for hosts that do well.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.channels.contract import Channel, Trouble
from hub.dispatch import reasons
from hub.dispatch.gate_models import CHANNEL, HOST, buckets, circuits
from hub.dispatch.pace import Breaker, Bucket, Event, full, slowed
from hub.dispatch.states import AttemptOutcome
from hub.kernel.clock import Clock
from hub.kernel.db import inserting
from hub.kernel.settings import DeliverySettings

if TYPE_CHECKING:  # both need what is read in here
    from hub.dispatch.lease import Claimed
    from hub.dispatch.sender import Result

log = logging.getLogger(__name__)

Name = tuple[str, str]

# How an attempt that ended without saying more about its host is read: it answered.
_SILENT = frozenset({AttemptOutcome.NOT_SENT, AttemptOutcome.UNKNOWN, AttemptOutcome.STARTED})


@dataclass(frozen=True, slots=True)
class Gate:
    """What one claim must mind: hosts that may have one probe, and buckets (scope and name) that tokens come from."""

    half_open: frozenset[str] = frozenset()
    filled: Mapping[Name, Bucket] = field(default_factory=dict)

    def pass_through(self, session: Session, claimed: Sequence[Claimed]) -> None:
        """Takes the tokens and probes for what was claimed."""
        probes = {one.host: one for one in claimed if one.host in self.half_open}
        for host, one in sorted(probes.items()):
            probe = {"open_until": one.lease_until, "probe_token": one.token}
            session.execute(sa.update(circuits).where(circuits.c.host == host).values(**probe))
        if not self.filled:
            return
        used = Counter((CHANNEL, one.channel_id) for one in claimed) + Counter((HOST, one.host) for one in claimed)
        for name in sorted(used.keys() & self.filled.keys()):
            left = buckets.c.tokens - used[name]
            session.execute(sa.update(buckets).where(_is(name)).values(tokens=left))


FREE = Gate()


class Gates:
    """The gates of one dispatcher; their state is in the database.

    Args:
        channels: the configured channels.
        settings: the breaker's pauses.
        clock: the time.
    """

    def __init__(self, channels: Mapping[str, Channel], settings: DeliverySettings, clock: Clock) -> None:
        self._channels = channels
        self._settings = settings
        self._clock = clock

    def read(self, session: Session, now: datetime) -> Gate:
        """The gates as they stand, locked until the transaction ends; buckets are filled up to ``now``."""
        half_open = frozenset(session.scalars(_HALF_OPEN, {"gate_now": now}))
        rates = {(CHANNEL, one.id): one.rate_per_minute for one in self._channels.values() if one.rate_per_minute}
        known = {(row.scope, row.name): _bucket(row) for row in session.execute(_BUCKETS)}
        if not rates and not known:
            return Gate(half_open)
        for name in sorted(rates.keys() - known.keys()):
            # Another dispatcher may add it at the same moment; what stands in the table then counts.
            _put(session, name, full(rates[name], now), replace=False)
            known[name] = _bucket(session.execute(_BUCKETS.where(_is(name))).one())
        return Gate(half_open, self._filled(session, known, rates, now))

    def note(self, session: Session, results: Iterable[Result]) -> None:
        """Remembers what attempts say about their hosts: it fails, it is well again, we are too fast."""
        events, complaints, why = _sorted_out(results)
        well = [host for host, seen in events.items() if seen[-1].alive]
        known = set(session.scalars(_TROUBLED)) if well else set()
        for host in sorted(known.intersection(well) | (events.keys() - set(well))):
            self._note_events(session, host, events[host], why.get(host))
        for host in sorted(complaints):
            self._slow_down(session, host, complaints[host])

    def _filled(
        self, session: Session, known: Mapping[Name, Bucket], rates: Mapping[Name, float], now: datetime
    ) -> dict[Name, Bucket]:
        filled = {}
        for name, bucket in known.items():
            if bucket.recovered(now) or (name[0] == CHANNEL and name not in rates):
                session.execute(sa.delete(buckets).where(_is(name)))
                continue
            rated = bucket if name not in rates else _at_rate(bucket, rates[name])
            filled[name] = rated.at(now)
            if filled[name] != bucket:
                session.execute(sa.update(buckets).where(_is(name)).values(**asdict(filled[name])))
        return filled

    def _note_events(self, session: Session, host: str, events: Sequence[Event], why: str | None) -> None:
        now = self._clock.now()
        fresh = inserting(session, circuits).values(host=host, since=now, reason=why, **asdict(Breaker()))
        session.execute(fresh.on_conflict_do_nothing())
        mine = circuits.c.host == host
        row = session.execute(sa.select(circuits).where(mine).with_for_update()).one()
        before = Breaker(row.failures, row.trips, row.open_until, row.probe_token)
        after = before.after(events, now, self._settings)
        if after == Breaker():
            session.execute(sa.delete(circuits).where(mine))
        else:
            session.execute(sa.update(circuits).where(mine).values(reason=why or row.reason, **asdict(after)))
        if after.trips > before.trips:
            log.warning("nothing is sent to a host that fails", extra={"to_host": host, "until": str(after.open_until)})
        elif before.trips and not after.trips:
            log.info("a host that failed is well again", extra={"to_host": host})

    def _slow_down(self, session: Session, host: str, retry_after: float | None) -> None:
        now, name = self._clock.now(), (HOST, host)
        row = session.execute(_BUCKETS.where(_is(name))).one_or_none()
        slower = slowed(_bucket(row) if row else None, retry_after, now, self._settings)
        _put(session, name, slower, replace=True)
        log.warning("a host asks for a slower pace", extra={"to_host": host, "per_minute": slower.per_minute})


def _sorted_out(
    results: Iterable[Result],
) -> tuple[dict[str, list[Event]], dict[str, float | None], dict[str, str]]:
    """Host -> events in order, host -> the longest pause that it asks for because we are too fast, host -> reason."""
    events: dict[str, list[Event]] = {}
    complaints: dict[str, float | None] = {}
    why: dict[str, str] = {}
    for result in results:
        host = result.claimed.host
        if result.outcome in _SILENT:
            continue
        alive = result.trouble != Trouble.HOST
        events.setdefault(host, []).append(Event(alive, result.claimed.token, result.retry_after))
        if not alive and result.reason:
            why[host] = reasons.stored(result.reason)
        if result.trouble == Trouble.PACE:
            known = complaints.get(host)
            asked = result.retry_after
            complaints[host] = asked if known is None or asked is None else max(known, asked)
    return events, complaints, why


def _at_rate(bucket: Bucket, per_minute: float) -> Bucket:
    return Bucket(per_minute, bucket.tokens, bucket.refilled_at)


def _bucket(row: Any) -> Bucket:
    return Bucket(row.per_minute, row.tokens, row.refilled_at, row.slowed_at)


def _is(name: Name) -> sa.ColumnElement[bool]:
    return sa.and_(buckets.c.scope == name[0], buckets.c.name == name[1])


def _put(session: Session, name: Name, bucket: Bucket, *, replace: bool) -> None:
    insert = inserting(session, buckets).values(scope=name[0], name=name[1], **asdict(bucket))
    key = list(buckets.primary_key)
    if replace:
        session.execute(insert.on_conflict_do_update(index_elements=key, set_=asdict(bucket)))
    else:
        session.execute(insert.on_conflict_do_nothing(index_elements=key))


_GATE_NOW = sa.bindparam("gate_now", type_=circuits.c.open_until.type)
_HALF_OPEN = (
    sa.select(circuits.c.host).where(circuits.c.open_until <= _GATE_NOW).order_by(circuits.c.host).with_for_update()
)
_TROUBLED = sa.select(circuits.c.host)
_BUCKETS = sa.select(buckets).order_by(buckets.c.scope, buckets.c.name).with_for_update()
