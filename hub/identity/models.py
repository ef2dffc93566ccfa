"""Officers and their sessions, partners and their keys."""

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
    # The sealed secret of the second factor, and the last step whose code was used: see `hub.identity.second_factor`.
    factor: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    factor_step: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default=sa.text("0"))


class OfficerSession(Model):
    """One log-in. ``id`` is the SHA-256 of the token: whoever reads the table cannot take a session over.

    With ``code_due`` it is half open: the password was right, and the code of the second factor is still to come.
    """

    __tablename__ = "officer_session"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    officer_id: Mapped[str] = mapped_column(sa.ForeignKey("officer.id"), index=True)
    address: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_due: Mapped[bool] = mapped_column(sa.Boolean, default=False, server_default=sa.false())
    code_tries: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))


class Partner(Model):
    """A body whose programs may warn through this hub. ``id`` is a short name in lower case, chosen when it is added.

    ``scopes`` are names of `hub.identity.permissions`. Never deleted, only disabled: alerts and the log name it.
    """

    __tablename__ = "partner"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    scopes: Mapped[list[str]] = mapped_column(sa.JSON)
    disabled: Mapped[bool] = mapped_column(sa.Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PartnerKey(Model):
    """One key of a partner. Only its SHA-256 is kept; ``id`` is a part of the key that may be shown and logged."""

    __tablename__ = "partner_key"
    __table_args__ = (sa.CheckConstraint("kind IN ('live', 'exercise')", name="kind"),)

    id: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    partner_id: Mapped[str] = mapped_column(sa.ForeignKey("partner.id"), index=True)
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
