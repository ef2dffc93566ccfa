"""The tables of the operator's view: who dispatches, how the channels are, how attempts went."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.dispatch.models import CHANNEL_LENGTH, HOST_LENGTH, WORD_LENGTH, deliveries
from hub.kernel.db import Model, UtcDateTime

LE_LENGTH = 8


class Dispatcher(Model):
    """One engine that runs, on any host. ``seen_at`` is its last sign of life; one that ended in order has no row."""

    __tablename__ = "dispatcher"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    host: Mapped[str] = mapped_column(sa.String(HOST_LENGTH))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChannelCheck(Model):
    """The last look at one channel. ``fault`` is a stored phrase, empty when all was well.

    ``next_at`` is when the next look is due; whoever moves it on makes that look.
    """

    __tablename__ = "channel_check"

    channel_id: Mapped[str] = mapped_column(sa.String(CHANNEL_LENGTH), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fault: Mapped[str | None] = mapped_column(sa.Text)


class AttemptTally(Model):
    """How many attempts of a channel ended how, and how long they took, over all dispatchers; it only grows.

    ``state`` is where the delivery stood afterwards; ``le`` is the upper bound of a time in seconds, as Prometheus
    writes it.
    """

    __tablename__ = "attempt_tally"

    channel_id: Mapped[str] = mapped_column(sa.String(CHANNEL_LENGTH), primary_key=True)
    outcome: Mapped[str] = mapped_column(sa.String(WORD_LENGTH), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(WORD_LENGTH), primary_key=True)
    le: Mapped[str] = mapped_column(sa.String(LE_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    seconds: Mapped[float] = mapped_column(sa.Double)


dispatchers = cast("sa.Table", Dispatcher.__table__)
channel_checks = cast("sa.Table", ChannelCheck.__table__)
tallies = cast("sa.Table", AttemptTally.__table__)

# The latest delivery of a destination is found without reading its history.
sa.Index("ix_delivery_destination", deliveries.c.destination_id, deliveries.c.id)
