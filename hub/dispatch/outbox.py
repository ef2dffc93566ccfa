"""The transactional outbox: what is to be sent, recorded in the same transaction as the decision to send it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.cap.vocabulary import MsgType, Severity, Status, Urgency
from hub.channels.contract import Body, OutboundMessage
from hub.dispatch import reasons
from hub.dispatch.models import (
    FAST_LANE,
    IS_DUE,
    bodies,
    deliveries,
    destination_topics,
    destinations,
    publications,
)
from hub.dispatch.states import OPEN, DeliveryState
from hub.kernel.phrase import Phrase

# A real alert goes before any exercise; urgency counts before severity (CAP lists both from high to low).
_REAL = 100
_URGENCY = {word: 10 * rank for rank, word in enumerate(reversed(Urgency))}
_SEVERITY = {word: rank for rank, word in enumerate(reversed(Severity))}
# Mail by topic: an actual message before the others, and all of it after whatever warns now.
_BY_TOPIC_REAL, _BY_TOPIC_OTHER = 1, 0


def priority(status: str, urgency: str, severity: str) -> int:
    """How early a publication is sent, compared with others; more is earlier."""
    real = _REAL if status == Status.ACTUAL else 0
    return real + _URGENCY[Urgency(urgency)] + _SEVERITY[Severity(severity)]


def record(
    session: Session,
    message: OutboundMessage,
    frozen: Mapping[str, Body],
    *,
    follows_id: str | None,
    withdraw: bool,
    now: datetime,
    widen: bool = False,
) -> None:
    """Writes a publication, its frozen bodies and one delivery for each destination.

    A first message goes to the enabled destinations of the channels in ``frozen``. A follow-up goes to the enabled
    destinations that the incident had, never to new ones, and waits there for the message before it. Of destinations
    that name topics, a first message reaches those that name one of the message's.

    Args:
        session: the session of the open write transaction.
        message: what is published.
        frozen: channel id -> body, byte for byte as it was confirmed.
        follows_id: the publication that this one follows.
        withdraw: what the incident has not sent yet must not leave any more (correction, cancel).
        now: the moment of recording.
        widen: a follow-up reaches new destinations too, if they name one of its topics.
    """
    rank = priority(message.status, message.urgency, message.severity)
    if follows_id is not None and withdraw:
        # What takes back a false alarm is as urgent as the alarm, whatever urgency it carries itself.
        known = session.scalar(sa.select(publications.c.priority).where(publications.c.id == follows_id))
        rank = max(rank, known or 0)
    _enter(session, message, frozen, follows_id, rank, now)
    if not frozen:
        return
    if follows_id is not None and withdraw:
        _withdraw(session, message.incident, now)
    if follows_id is None:
        source = _first_receivers(message, frozen)
    else:
        source = _same_receivers(message, frozen, withdraw=withdraw, widen=widen)
    _insert(session, message, source, rank, now)


def record_letter(
    session: Session, message: OutboundMessage, channel_id: str, body: Body, destination_id: int, now: datetime
) -> None:
    """Writes a publication for one destination alone, open or not: what is between the hub and one person."""
    rank = priority(message.status, message.urgency, message.severity)
    _enter(session, message, {channel_id: body}, None, rank, now)
    only = sa.select(*_RECEIVER, sa.null().label("waits_for_id")).where(destinations.c.id == destination_id)
    _insert(session, message, only, rank, now)


def frozen_text(body: Body) -> str:
    """A body as it is stored. The order of its keys is kept."""
    return json.dumps(dict(body), ensure_ascii=False, separators=(",", ":"))


_RECEIVER = (destinations.c.id, destinations.c.channel_id, destinations.c.host, destinations.c.by_topic)


def _enter(
    session: Session,
    message: OutboundMessage,
    frozen: Mapping[str, Body],
    follows_id: str | None,
    rank: int,
    now: datetime,
) -> None:
    session.execute(
        sa.insert(publications).values(
            id=message.publication_id,
            incident=message.incident,
            follows_id=follows_id,
            status=message.status,
            msg_type=message.msg_type,
            priority=rank,
            sent=message.sent,
            expires=message.expires,
            created_at=now,
        )
    )
    rows = [
        {"publication_id": message.publication_id, "channel_id": channel_id, "body": frozen_text(body)}
        for channel_id, body in frozen.items()
    ]
    if rows:
        session.execute(sa.insert(bodies), rows)


def _first_receivers(message: OutboundMessage, channel_ids: Collection[str]) -> sa.Select[Any]:
    return sa.select(*_RECEIVER, sa.null().label("waits_for_id")).where(
        destinations.c.enabled.is_(True),
        destinations.c.channel_id.in_(channel_ids),
        sa.or_(destinations.c.by_topic.is_(False), _asked_for(message)),
    )


def _asked_for(message: OutboundMessage) -> sa.ColumnElement[bool]:
    named = sa.select(destination_topics.c.destination_id).where(destination_topics.c.topic.in_(message.topics))
    return destinations.c.id.in_(named)


def _same_receivers(
    message: OutboundMessage, channel_ids: Collection[str], *, withdraw: bool, widen: bool
) -> sa.Select[Any]:
    not_cancelled = sa.case((deliveries.c.state != DeliveryState.CANCELLED, deliveries.c.id))
    earlier = (
        sa.select(deliveries.c.destination_id, sa.func.max(not_cancelled).label("last"))
        .join(publications, publications.c.id == deliveries.c.publication_id)
        .where(publications.c.incident == message.incident, publications.c.id != message.publication_id)
        .group_by(deliveries.c.destination_id)
        .subquery()
    )
    # A correction stands alone and goes also where the wrong text was stopped in time; anything else would there be
    # the end of a story of which nothing was heard.
    stands_alone = withdraw and message.msg_type != MsgType.CANCEL
    had = earlier.c.destination_id.is_not(None) if stands_alone else earlier.c.last.is_not(None)
    new = sa.and_(earlier.c.destination_id.is_(None), destinations.c.by_topic.is_(True), _asked_for(message))
    return (
        sa.select(*_RECEIVER, earlier.c.last)
        .join(earlier, earlier.c.destination_id == destinations.c.id, isouter=widen)
        .where(
            destinations.c.enabled.is_(True),
            destinations.c.channel_id.in_(channel_ids),
            sa.or_(had, new) if widen else had,
        )
    )


def _insert(session: Session, message: OutboundMessage, source: sa.Select[Any], rank: int, now: datetime) -> None:
    receiver = source.subquery("receiver")
    destination_id, channel_id, host, by_topic, waits_for_id = receiver.c
    after_all = _BY_TOPIC_REAL if message.status == Status.ACTUAL else _BY_TOPIC_OTHER
    values = {
        "publication_id": sa.literal(message.publication_id),
        "destination_id": destination_id,
        "channel_id": channel_id,
        "host": host,
        "waits_for_id": sa.cast(waits_for_id, sa.BigInteger),
        "state": sa.literal(str(DeliveryState.DUE)),
        "lane": sa.literal(FAST_LANE),
        "priority": sa.case((by_topic, after_all), else_=rank),
        "next_attempt_at": sa.literal(now, deliveries.c.next_attempt_at.type),
        "expires": sa.literal(message.expires, deliveries.c.expires.type),
        "attempts": sa.literal(0),
        "resends": sa.literal(0),
        "doubtful": sa.false(),
        "withdrawn": sa.false(),
    }
    # Hosts in turn: a claim looks at the first few hundred rows, and finds work for every host among them.
    turn = sa.func.row_number().over(partition_by=host, order_by=destination_id)
    rows = sa.select(*values.values()).order_by(turn, destination_id)
    session.execute(sa.insert(deliveries).from_select(list(values), rows))


def _withdraw(session: Session, incident: str, now: datetime) -> None:
    """Stops what has not left. The order of the two statements matters beside a dispatcher on PostgreSQL.

    The first one locks each open row and marks it, so that a dispatcher which stores an outcome later sees the mark.
    """
    of_incident = deliveries.c.publication_id.in_(
        sa.select(publications.c.id).where(publications.c.incident == incident)
    )
    session.execute(sa.update(deliveries).where(of_incident, deliveries.c.state.in_(list(OPEN))).values(withdrawn=True))
    session.execute(
        sa.update(deliveries)
        .where(of_incident, IS_DUE, deliveries.c.withdrawn.is_(True))
        .values(
            state=sa.case((deliveries.c.doubtful, str(DeliveryState.UNKNOWN)), else_=str(DeliveryState.CANCELLED)),
            finished_at=now,
            error=reasons.stored(Phrase("withdrawn before it was sent")),
        )
    )
