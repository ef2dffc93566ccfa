"""The table of doubts: attempts whose outcome is unknown on a channel that can be asked."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.dispatch.models import CHANNEL_LENGTH
from hub.kernel.db import Model, UtcDateTime


class Doubt(Model):
    """One attempt that may have been accepted, and what the hub does to find out.

    ``since`` is when the attempt ended. ``next_at`` is when the far side is asked next; whoever moves it on asks. When
    it is empty, nobody asks any more: it is settled, or only a person can tell. ``reason`` is a stored phrase: what the
    last look told.
    """

    __tablename__ = "doubt"

    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("delivery.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel_id: Mapped[str] = mapped_column(sa.String(CHANNEL_LENGTH))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    looks: Mapped[int]
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str | None] = mapped_column(sa.Text)


doubts = cast("sa.Table", Doubt.__table__)
