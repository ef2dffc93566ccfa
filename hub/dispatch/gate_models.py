"""The tables of what holds deliveries back: hosts in trouble, and the pace of channels and hosts."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.dispatch.models import HOST_LENGTH, WORD_LENGTH
from hub.kernel.db import Model, UtcDateTime

TOKEN_LENGTH = 32


class Circuit(Model):
    """A host whose last attempts failed one after the other; a host that does well has no row.

    Nothing is sent there before ``open_until``; then one attempt, the probe, which is that of the claim ``probe_token``
    and moves ``open_until`` to the end of its lease. ``trips`` counts how often the circuit opened in a row.
    """

    __tablename__ = "circuit"

    host: Mapped[str] = mapped_column(sa.String(HOST_LENGTH), primary_key=True)
    failures: Mapped[int]
    trips: Mapped[int]
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    probe_token: Mapped[str | None] = mapped_column(sa.String(TOKEN_LENGTH))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(sa.Text)


class RateBucket(Model):
    """A token bucket: each attempt takes a token. ``scope`` is ``channel`` or ``host``; ``name`` is its id or name.

    Tokens come from ``refilled_at`` on; a moment in the future is a pause. ``slowed_at``, of a host that said that we
    are too fast, is where the recovery of its pace begins.
    """

    __tablename__ = "rate_bucket"

    scope: Mapped[str] = mapped_column(sa.String(WORD_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(HOST_LENGTH), primary_key=True)
    per_minute: Mapped[float] = mapped_column(sa.Double)
    tokens: Mapped[float] = mapped_column(sa.Double)
    refilled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    slowed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


circuits = cast("sa.Table", Circuit.__table__)
buckets = cast("sa.Table", RateBucket.__table__)

CHANNEL = "channel"
HOST = "host"
