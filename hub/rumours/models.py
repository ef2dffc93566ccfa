"""The tables of the rumour register.

A rumour row holds the present state of the work. What was published is copied into ``rumour_version``, which is
written once and never changed: the public register is built from versions alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime
from hub.rumours.states import ReportState, Response, VersionKind, Workflow
from hub.rumours.verdicts import Verdict

RUMOUR_ID_LENGTH = 12
ID_LENGTH = 32
WORD_LENGTH = 20
INSEE_LENGTH = 5
NAME_LENGTH = 120
CLAIM_LENGTH = 300
REPORT_LENGTH = 4000
ADDRESS_LENGTH = 2000
HASH_LENGTH = 64


def _words(words: type[Workflow | Verdict | Response | ReportState | VersionKind], column: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word.value}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


class Event(Model):
    """What rumours are about: a flood, a fire. ``incident`` is the first alert of the hub's own incident, if any."""

    __tablename__ = "rumour_event"

    id: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), primary_key=True)
    title: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    incident: Mapped[str | None] = mapped_column(sa.String(ID_LENGTH))


class Rumour(Model):
    """One claim that circulates, and where the work on it stands.

    ``claim`` is a neutral paraphrase by language. ``communes`` are INSEE codes. ``revision`` counts every change: a
    form that was opened before somebody else's change is refused, and keeps what was typed.
    """

    __tablename__ = "rumour"
    __table_args__ = (
        _words(Workflow, "workflow"),
        _words(Verdict, "verdict"),
        _words(Response, "response"),
        sa.Index("ix_rumour_queue", "workflow", "priority"),
    )

    id: Mapped[str] = mapped_column(sa.String(RUMOUR_ID_LENGTH), primary_key=True)
    event_id: Mapped[str | None] = mapped_column(sa.ForeignKey("rumour_event.id"), index=True)
    claim: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    communes: Mapped[list[str]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revision: Mapped[int] = mapped_column(default=1)

    workflow: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    merged_into: Mapped[str | None] = mapped_column(sa.ForeignKey("rumour.id"))
    assignee_id: Mapped[str | None] = mapped_column(sa.String(HASH_LENGTH))
    assignee_name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    watched: Mapped[bool] = mapped_column(default=False)

    weights: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    priority: Mapped[float] = mapped_column(default=0)
    band: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    override_band: Mapped[str | None] = mapped_column(sa.String(WORD_LENGTH))
    override_reason: Mapped[str] = mapped_column(sa.Text, default="")

    verdict: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    verdict_as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict_valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confidence: Mapped[int | None] = mapped_column()

    response: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    response_reason: Mapped[str] = mapped_column(sa.Text, default="")
    response_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    review_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reopen_at_spread: Mapped[int | None] = mapped_column()

    # The answer as it is being written: see `hub.rumours.answer`.
    answer: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    proposed_kind: Mapped[str | None] = mapped_column(sa.String(WORD_LENGTH))
    proposed_by_id: Mapped[str | None] = mapped_column(sa.String(HASH_LENGTH))
    proposed_by_name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")


class Report(Model):
    """One sighting: who saw what is said, where and when. Nothing here tells who reported it.

    ``tracking_hash`` is the SHA-256 of the reporter's tracking code. ``contact_sealed`` is encrypted, and erased after
    the answer or after some days. No network address is kept.
    """

    __tablename__ = "report"
    __table_args__ = (_words(ReportState, "state"),)

    id: Mapped[str] = mapped_column(sa.String(ID_LENGTH), primary_key=True)
    rumour_id: Mapped[str | None] = mapped_column(sa.ForeignKey("rumour.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(WORD_LENGTH), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    text_hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), index=True)
    language: Mapped[str] = mapped_column(sa.String(WORD_LENGTH), default="fr")
    commune: Mapped[str] = mapped_column(sa.String(INSEE_LENGTH), default="")
    place: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    latitude: Mapped[float | None] = mapped_column()
    longitude: Mapped[float | None] = mapped_column()
    heard_on: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    link: Mapped[str] = mapped_column(sa.String(ADDRESS_LENGTH), default="")
    picture: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    via: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    by_kind: Mapped[str] = mapped_column(sa.String(WORD_LENGTH), default="")
    by_id: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), default="")
    by_name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    tracking_hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), unique=True)
    # What was reported, without the contact: tells a request that comes again from another one.
    request_hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), default="", server_default="")
    contact_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    contact_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    private_answer: Mapped[str] = mapped_column(sa.Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MatchDecision(Model):
    """What became of a suggested link between a report and a rumour: the ground of the published precision."""

    __tablename__ = "match_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[str] = mapped_column(sa.ForeignKey("report.id"), index=True)
    rumour_id: Mapped[str] = mapped_column(sa.ForeignKey("rumour.id"))
    rank: Mapped[int] = mapped_column()
    similarity: Mapped[float] = mapped_column()
    confirmed: Mapped[bool] = mapped_column()
    automatic: Mapped[bool] = mapped_column()
    by_name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Confirmation(Model):
    """One link of the confirmation chain: which named source said what, by what means, when, and who asked."""

    __tablename__ = "rumour_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    rumour_id: Mapped[str] = mapped_column(sa.ForeignKey("rumour.id"), index=True)
    source_name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    organisation: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    means: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))  # phone, email, in_person, document, radio
    supports: Mapped[bool] = mapped_column()  # does it support the claim, or contradict it
    statement: Mapped[str] = mapped_column(sa.Text)
    public: Mapped[bool] = mapped_column()  # may the organisation be named in the register
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Evidence(Model):
    """A document or page that the check stands on, with our archived copy and its SHA-256.

    Without a copy ``archive`` is empty, and ``no_copy`` says why: a stored phrase, as of ``tried_at``.
    """

    __tablename__ = "rumour_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    rumour_id: Mapped[str] = mapped_column(sa.ForeignKey("rumour.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(CLAIM_LENGTH))
    publisher: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    address: Mapped[str] = mapped_column(sa.String(ADDRESS_LENGTH), default="")
    archive: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")  # file name in the data directory
    archive_type: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    archive_sha256: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), default="")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    no_copy: Mapped[str | None] = mapped_column(sa.Text)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    public: Mapped[bool] = mapped_column()
    recorded_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RumourVersion(Model):
    """One published version of an answer, complete and unchangeable; ``content`` is what the register shows.

    ``publication_id`` is set when the version was also sent over channels; ``channels`` are those that carried it.
    """

    __tablename__ = "rumour_version"
    __table_args__ = (
        _words(VersionKind, "kind"),
        _words(Verdict, "verdict"),
        sa.UniqueConstraint("rumour_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rumour_id: Mapped[str] = mapped_column(sa.ForeignKey("rumour.id"))
    number: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(sa.String(WORD_LENGTH))
    verdict: Mapped[str] = mapped_column(sa.String(WORD_LENGTH), index=True)
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    event_id: Mapped[str | None] = mapped_column(sa.String(NAME_LENGTH), index=True)
    communes: Mapped[list[str]] = mapped_column(sa.JSON)
    claim: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    digest: Mapped[str] = mapped_column(sa.String(HASH_LENGTH))
    written_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    approved_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    publication_id: Mapped[str | None] = mapped_column(sa.String(ID_LENGTH), unique=True)
    channels: Mapped[list[str]] = mapped_column(sa.JSON)
