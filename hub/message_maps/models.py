"""The table of map versions."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime

ID_LENGTH = 140
SHA256_HEX = 64
NAME_LENGTH = 120


class SituationVersion(Model):
    """One published version of a situation. Written once, never changed: alerts point at it.

    ``content`` is the canonical JSON of the situation, ``digest`` its SHA-256.
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
