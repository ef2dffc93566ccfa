"""The read model of the public register. Everything in it can be built again from ``rumour_version``.

An entry's place in the list is the id of its latest version: versions are numbered in the order of publishing, so the
list is "newest change first" without a sort, and a page that is read on from such a number survives new entries.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime
from hub.rumours.models import INSEE_LENGTH, NAME_LENGTH, RUMOUR_ID_LENGTH, WORD_LENGTH

MONTH_LENGTH = 7
# The row of an entry that names no commune: it concerns all of them.
EVERYWHERE = ""


class RegisterEntry(Model):
    """One published rumour by its latest version. ``month`` (``2026-11``) is that of its first publication."""

    __tablename__ = "register_entry"
    __table_args__ = (
        sa.Index("ix_register_entry_verdict", "verdict", "version_id"),
        sa.Index("ix_register_entry_event", "event_id", "version_id"),
        sa.Index("ix_register_entry_month", "month", "version_id"),
    )

    version_id: Mapped[int] = mapped_column(sa.ForeignKey("rumour_version.id"), primary_key=True, autoincrement=False)
    rumour_id: Mapped[str] = mapped_column(sa.String(RUMOUR_ID_LENGTH), sa.ForeignKey("rumour.id"), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    verdict: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    event_id: Mapped[str | None] = mapped_column(sa.String(NAME_LENGTH))
    month: Mapped[str] = mapped_column(sa.String(MONTH_LENGTH))
    first_published: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RegisterCommune(Model):
    """The communes of an entry by INSEE code; one row `EVERYWHERE` where it names none."""

    __tablename__ = "register_commune"

    insee: Mapped[str] = mapped_column(sa.String(INSEE_LENGTH), primary_key=True)
    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("register_entry.version_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
