"""What the console and the command line see of subscriptions: numbers, and nobody."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.dispatch.by_topic import topic_counts
from hub.subscriptions.desk import SubscriptionDesk
from hub.subscriptions.models import Subscription


@dataclass(frozen=True, slots=True)
class Count:
    """How many people have confirmed, how many were asked to, and how many chose each topic."""

    confirmed: int
    waiting: int
    topics: dict[str, int]


def count(session: Session, desk: SubscriptionDesk) -> Count:
    """The numbers now. Without a channel for subscribers, everything is 0."""
    confirmed, everyone = session.execute(
        sa.select(sa.func.count(Subscription.confirmed_at), sa.func.count()).select_from(Subscription)
    ).one()
    chosen = topic_counts(session, desk.channel.id) if desk.offered else {}
    return Count(confirmed, everyone - confirmed, chosen)
