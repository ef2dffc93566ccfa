"""Officers and their sessions."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime


class Officer(Model):
    """Someone who may use the console. ``login`` is lower case. Never deleted, only disabled: the log names them."""

    __tablename__ = "officer"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    login: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    role: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(5))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    must_change_password: Mapped[bool] = mapped_column(sa.Boolean)
    disabled: Mapped[bool] = mapped_column(sa.Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficerSession(Model):
    """One log-in. ``id`` is the SHA-256 of the token: whoever reads the table cannot take a session over."""

    __tablename__ = "officer_session"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    officer_id: Mapped[str] = mapped_column(sa.ForeignKey("officer.id"), index=True)
    address: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
