"""Destinations that name topics: entered, opened, changed and closed by the part of the hub that knows the people.

Nothing here tells who somebody is: the address of such a destination is an id.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.channels.contract import Channel
from hub.dispatch.destinations import withdraw_due
from hub.dispatch.doubt_models import doubts
from hub.dispatch.models import (
    attempts,
    bodies,
    deliveries,
    destination_topics,
    destinations,
    publications,
)
from hub.dispatch.states import OPEN


def enter(session: Session, channel: Channel, address: str, now: datetime) -> int:
    """A destination that gets nothing yet but letters to it alone; its id."""
    found: int = session.execute(
        sa.insert(destinations)
        .values(
            channel_id=channel.id,
            address=address,
            label=channel.label,
            host=channel.adapter.host(address),
            enabled=False,
            created_at=now,
            by_topic=True,
        )
        .returning(destinations.c.id)
    ).scalar_one()
    return found


def name_topics(session: Session, destination_id: int, topics: Iterable[str]) -> None:
    """Opens a destination for these topics and no others."""
    session.execute(sa.update(destinations).where(destinations.c.id == destination_id).values(enabled=True))
    session.execute(sa.delete(destination_topics).where(destination_topics.c.destination_id == destination_id))
    rows = [{"destination_id": destination_id, "topic": topic} for topic in sorted(set(topics))]
    if rows:
        session.execute(sa.insert(destination_topics), rows)


def close(session: Session, destination_id: int, now: datetime) -> None:
    """Nothing goes there any more. The proofs of what went there stay."""
    session.execute(sa.update(destinations).where(destinations.c.id == destination_id).values(enabled=False))
    session.execute(sa.delete(destination_topics).where(destination_topics.c.destination_id == destination_id))
    withdraw_due(session, destination_id, now)


def forget(session: Session, destination_id: int) -> bool:
    """Takes out a destination that never was more than asked for, with its letters.

    Returns:
        Whether it is gone; not while a letter to it is on its way.
    """
    mine = deliveries.c.destination_id == destination_id
    if session.scalar(sa.select(deliveries.c.id).where(mine, deliveries.c.state.in_(list(OPEN))).limit(1)) is not None:
        return False
    letters = list(session.scalars(sa.select(deliveries.c.publication_id).where(mine)))
    own = sa.select(deliveries.c.id).where(mine)
    session.execute(sa.delete(doubts).where(doubts.c.delivery_id.in_(own)))
    session.execute(sa.delete(attempts).where(attempts.c.delivery_id.in_(own)))
    session.execute(sa.delete(deliveries).where(mine))
    session.execute(sa.delete(bodies).where(bodies.c.publication_id.in_(letters)))
    session.execute(sa.delete(publications).where(publications.c.id.in_(letters)))
    session.execute(sa.delete(destination_topics).where(destination_topics.c.destination_id == destination_id))
    session.execute(sa.delete(destinations).where(destinations.c.id == destination_id))
    return True


def topic_counts(session: Session, channel_id: str) -> dict[str, int]:
    """Topic -> how many open destinations of a channel name it."""
    found = session.execute(
        sa.select(destination_topics.c.topic, sa.func.count())
        .join(destinations, destinations.c.id == destination_topics.c.destination_id)
        .where(destinations.c.channel_id == channel_id, destinations.c.enabled.is_(True))
        .group_by(destination_topics.c.topic)
        .order_by(destination_topics.c.topic)
    )
    return {row[0]: row[1] for row in found}
