"""The tables of planned sends. Known to every process that sends, so nothing of alerts or maps is imported here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime

ID_LENGTH = 32
NAME_LENGTH = 120
WORD_LENGTH = 20
WATCH_ID = 1


class PlanState(StrEnum):
    """What became of a planned send."""

    PLANNED = "planned"  # leaves by itself at its moment
    SENT = "sent"  # an alert exists; also where an officer sent it by hand
    WAITING = "waiting"  # its moment passed while nothing could be sent: a person decides
    REFUSED = "refused"  # at its moment it was not right any more: a person must know
    CANCELLED = "cancelled"  # a person took it back, or put another one in its place


# What a person must look at.
STUCK = (PlanState.WAITING, PlanState.REFUSED)
# What a person may still send, change or take back.
ALIVE = (PlanState.PLANNED, *STUCK)


class PlannedSend(Model):
    """One alert, confirmed, with the moment at which it leaves.

    ``draft`` is the settled draft as JSON and ``digest`` that of its preview: what is fired must still have it.
    ``at`` is the draft's ``sent``. ``reason`` is a stored phrase: why it was not sent. ``sent_as`` is the alert that
    was sent in the end: its own identifier, or that of one which an officer looked at anew.
    """

    __tablename__ = "planned_send"
    __table_args__ = (
        sa.CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in PlanState)), name="state"),
    )

    identifier: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    at: Mapped[datetime] = mapped_column("planned_for", UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(WORD_LENGTH), index=True)
    draft: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64))
    exercise: Mapped[bool]
    title: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    headline: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    sent_as: Mapped[str | None] = mapped_column(sa.String(ID_LENGTH))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_by_kind: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    planned_by_id: Mapped[str] = mapped_column(sa.String(64))
    planned_by_name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))


class PlanWatch(Model):
    """One row: when somebody last looked whether a planned send is due, by the database's clock.

    A restored backup brings its old moment along, and so tells on itself.
    """

    __tablename__ = "plan_watch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


plans = cast("sa.Table", PlannedSend.__table__)
watches = cast("sa.Table", PlanWatch.__table__)
