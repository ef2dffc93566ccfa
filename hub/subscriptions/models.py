"""The table of subscriptions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime

ID_LENGTH = 32
HASH_LENGTH = 64
LANGUAGE_LENGTH = 8


class Subscription(Model):
    """One person's wish to be written to. Nothing here tells who it is without the hub's secret key.

    ``id`` is the address of the destination in the outbox. ``address_hash`` finds the row again by the address (HMAC),
    ``address_sealed`` is what is written to. ``choice`` is what was asked for: see `hub.subscriptions.choice`. Without
    ``confirmed_at`` it waits for its confirmation; ``letters`` counts those that were sent for it, and only the link of
    the last one is good. ``refusals`` are those in a row of mail servers.
    """

    __tablename__ = "subscription"

    id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    destination_id: Mapped[int] = mapped_column(sa.ForeignKey("destination.id"), unique=True)
    address_hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), unique=True)
    address_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    language: Mapped[str] = mapped_column(sa.String(LANGUAGE_LENGTH))
    choice: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lettered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    letters: Mapped[int] = mapped_column()
    refusals: Mapped[int] = mapped_column()
