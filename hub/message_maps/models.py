"""The table of map versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime

ID_LENGTH = 140
SHA256_HEX = 64
NAME_LENGTH = 120
ORIGIN_LENGTH = 10


class SituationVersion(Model):
    """One published version of a situation. Written once, never changed: alerts point at it.

    ``content`` is the canonical JSON of the situation, ``digest`` its SHA-256. ``origin`` is ``file`` for what a map
    file brought by itself, ``editor`` for what the town decided. ``record`` tells how: ``authors``, ``submitted`` and
    ``approved`` (each kind, id, name), the ``deed`` and its ``reason``. Rule MAP-05.
    """

    __tablename__ = "situation_version"
    __table_args__ = (sa.UniqueConstraint("situation_id", "number"),)

    id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    situation_id: Mapped[str] = mapped_column(sa.String(ID_LENGTH))
    number: Mapped[int] = mapped_column(sa.Integer)
    digest: Mapped[str] = mapped_column(sa.String(SHA256_HEX))
    content: Mapped[str] = mapped_column(sa.Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    origin: Mapped[str] = mapped_column(sa.String(ORIGIN_LENGTH), server_default="file")
    record: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
