"""The tables of alerts and of what partners asked for under which key.

A row of an alert is written once, with everything that was sent; only ``state`` changes later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.alerts.states import State
from hub.kernel.db import Model, UtcDateTime

ID_LENGTH = 32
NAME_LENGTH = 120
WORD_LENGTH = 20
STATES = ", ".join(f"'{state}'" for state in State)


class Alert(Model):
    """One message of an incident, from a first alert to the all-clear; a CAP message unless ``cap_xml`` is empty.

    The unique ``follows`` lets one alert have one follow-up at most, whoever clicks at the same time. Texts by language
    are copied from the map, so that the page of an alert needs no map and never changes.
    """

    __tablename__ = "alert"
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({STATES})", name="state"),
        sa.Index(
            "ix_alert_open",
            "expires",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    identifier: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    sender: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    sent: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    msg_type: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    scope: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    urgency: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    severity: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    certainty: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    response: Mapped[list[str]] = mapped_column(sa.JSON)

    situation_id: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    version_id: Mapped[str] = mapped_column(sa.ForeignKey("situation_version.id"))
    message_id: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    kind: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    level: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))

    incident: Mapped[str] = mapped_column(sa.String(ID_LENGTH), index=True)
    follows: Mapped[str | None] = mapped_column(sa.ForeignKey("alert.identifier"), unique=True)
    references: Mapped[list[str]] = mapped_column("cap_references", sa.JSON)

    title: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    message_title: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    level_label: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    event: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    headline: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    texts: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    simplified: Mapped[dict[str, str]] = mapped_column(sa.JSON, server_default="{}")
    area: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    blanks: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    moments: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    channels: Mapped[list[str]] = mapped_column(sa.JSON)

    cap_xml: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_kind: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    created_by_id: Mapped[str] = mapped_column(sa.String(64))
    created_by_name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))


class Intake(Model):
    """A partner's request that was answered with an alert: the same key again is answered with the same alert.

    ``key_hash`` is the SHA-256 of the Idempotency-Key, ``request_hash`` that of what was asked for.
    """

    __tablename__ = "intake"

    partner_id: Mapped[str] = mapped_column(sa.ForeignKey("partner.id"), primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(sa.String(64))
    identifier: Mapped[str] = mapped_column(sa.ForeignKey("alert.identifier"))
    partner_key_id: Mapped[str] = mapped_column(sa.ForeignKey("partner_key.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
