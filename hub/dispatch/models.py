"""The tables of the delivery promise."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.dispatch.states import AttemptOutcome, DeliveryState
from hub.kernel.db import Model, UtcDateTime

# SQLite numbers rows by itself only in a column that is declared INTEGER.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ID_LENGTH = 200
CHANNEL_LENGTH = 40
ADDRESS_LENGTH = 2000
HOST_LENGTH = 255
WORD_LENGTH = 12
TOPIC_LENGTH = 140

FAST_LANE = 0
SLOW_LANE = 1


def _one_of(column: str, words: type[DeliveryState | AttemptOutcome]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


class Destination(Model):
    """One receiving end of a channel: an address, or ``self`` for a single account. ``host`` is its bulkhead."""

    __tablename__ = "destination"
    __table_args__ = (sa.UniqueConstraint("channel_id", "address"),)

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    channel_id: Mapped[str] = mapped_column(sa.String(CHANNEL_LENGTH))
    address: Mapped[str] = mapped_column(sa.String(ADDRESS_LENGTH))
    label: Mapped[str] = mapped_column(sa.String(HOST_LENGTH))
    host: Mapped[str] = mapped_column(sa.String(HOST_LENGTH))
    enabled: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # It gets only what has one of its topics, and after everything that warns.
    by_topic: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class DestinationTopic(Model):
    """One topic that a destination asked for; a word of `hub.channels.topics`."""

    __tablename__ = "destination_topic"

    destination_id: Mapped[int] = mapped_column(sa.ForeignKey("destination.id"), primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(sa.String(TOPIC_LENGTH), primary_key=True, index=True)


class Publication(Model):
    """One message that was published. ``priority`` is higher for what is more urgent and grave."""

    __tablename__ = "publication"

    id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    incident: Mapped[str] = mapped_column(sa.String(ID_LENGTH), index=True)
    follows_id: Mapped[str | None] = mapped_column(sa.ForeignKey("publication.id"))
    status: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    msg_type: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    priority: Mapped[int]
    sent: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublicationBody(Model):
    """What one channel sends for a publication, frozen as JSON. Stored once, not once a destination."""

    __tablename__ = "publication_body"

    publication_id: Mapped[str] = mapped_column(sa.ForeignKey("publication.id"), primary_key=True)
    channel_id: Mapped[str] = mapped_column(sa.String(CHANNEL_LENGTH), primary_key=True)
    body: Mapped[str] = mapped_column(sa.Text)


class Delivery(Model):
    """One publication on its way to one destination.

    ``waits_for_id`` is the delivery that it follows at the same destination. ``doubtful`` says that an earlier attempt
    may have been accepted. ``lane`` is the slow one after an attempt that took too long. ``resends`` counts the times
    that a person had it sent again although it may have arrived: each has an idempotency key of its own.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    publication_id: Mapped[str] = mapped_column(sa.ForeignKey("publication.id"))
    destination_id: Mapped[int] = mapped_column(sa.ForeignKey("destination.id"))
    channel_id: Mapped[str] = mapped_column(sa.String(CHANNEL_LENGTH))
    host: Mapped[str] = mapped_column(sa.String(HOST_LENGTH))
    state: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    lane: Mapped[int] = mapped_column(sa.SmallInteger)
    priority: Mapped[int]
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    resends: Mapped[int]
    doubtful: Mapped[bool]
    withdrawn: Mapped[bool]
    waits_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delivery.id"))
    first_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(sa.String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remote_id: Mapped[str | None] = mapped_column(sa.Text)
    remote_url: Mapped[str | None] = mapped_column(sa.Text)
    error: Mapped[str | None] = mapped_column(sa.Text)

    # The claim's indexes hold open rows only: a million finished rows cost it nothing. The last two are for people.
    __table_args__ = (
        sa.UniqueConstraint("publication_id", "destination_id"),
        _one_of("state", DeliveryState),
        sa.Index(
            "ix_delivery_due",
            "lane",
            sa.text("priority DESC"),
            "next_attempt_at",
            sqlite_where=sa.text("state = 'due'"),
            postgresql_where=sa.text("state = 'due'"),
        ),
        sa.Index(
            "ix_delivery_leased",
            "lease_until",
            sqlite_where=sa.text("state = 'leased'"),
            postgresql_where=sa.text("state = 'leased'"),
        ),
        sa.Index(
            "ix_delivery_accepted",
            "channel_id",
            "finished_at",
            sqlite_where=sa.text("state = 'accepted'"),
            postgresql_where=sa.text("state = 'accepted'"),
        ),
        sa.Index(
            "ix_delivery_trouble",
            "finished_at",
            sqlite_where=sa.text("state IN ('failed', 'unknown')"),
            postgresql_where=sa.text("state IN ('failed', 'unknown')"),
        ),
    )


class Attempt(Model):
    """One attempt of a delivery; written as ``started`` before the network is touched."""

    __tablename__ = "attempt"
    __table_args__ = (_one_of("outcome", AttemptOutcome), {"sqlite_with_rowid": False})

    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("delivery.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    detail: Mapped[str | None] = mapped_column(sa.Text)


class SendingSwitch(Model):
    """The one row that stops all sending."""

    __tablename__ = "sending_switch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stopped: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(sa.String(120))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.String(500))


SWITCH_ID = 1

# The hot paths use tables, not mapped objects: 3 to 15 times less work a row.
destinations = cast("sa.Table", Destination.__table__)
destination_topics = cast("sa.Table", DestinationTopic.__table__)
publications = cast("sa.Table", Publication.__table__)
bodies = cast("sa.Table", PublicationBody.__table__)
deliveries = cast("sa.Table", Delivery.__table__)
attempts = cast("sa.Table", Attempt.__table__)
switch = cast("sa.Table", SendingSwitch.__table__)

# Spelt out, not bound: a database uses a partial index only if it sees the very condition in the statement.
IS_DUE = deliveries.c.state == sa.literal_column("'due'")
IS_LEASED = deliveries.c.state == sa.literal_column("'leased'")
IS_ACCEPTED = deliveries.c.state == sa.literal_column("'accepted'")
IN_TROUBLE = deliveries.c.state.in_([sa.literal_column("'failed'"), sa.literal_column("'unknown'")])
