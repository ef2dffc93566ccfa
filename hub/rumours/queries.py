"""Reading the register's desk: what waits, in the order in which it should be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.rumours.models import Report, Rumour
from hub.rumours.states import UNDER_WAY, ReportState, Response, Workflow
from hub.rumours.triage import BANDS, Band

# The most urgent band first.
_RANK = {band.value: rank for rank, band in enumerate(BANDS)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One rumour of the queue. ``band`` is the officer's own where there is one; ``reports`` are its sightings."""

    rumour: Rumour
    band: Band
    reports: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What waits for a person: rumours under way, those past their time, unlinked reports, decisions to review."""

    under_way: int
    overdue: int
    unlinked: int
    to_review: int


def find(session: Session, rumour_id: str) -> Rumour:
    """One rumour.

    Raises:
        NotFound: there is none with this id.
    """
    rumour = session.get(Rumour, rumour_id)
    if rumour is None:
        raise NotFound(Phrase("There is no rumour %(rumour)s.", rumour=rumour_id))
    return rumour


def queue(session: Session, now: datetime) -> list[Waiting]:
    """All rumours that somebody still has to do something about: by band, then by score, then the oldest first."""
    counts = (
        sa.select(Report.rumour_id, sa.func.count().label("reports")).group_by(Report.rumour_id).subquery("counted")
    )
    rows = session.execute(
        sa.select(Rumour, sa.func.coalesce(counts.c.reports, 0))
        .outerjoin(counts, counts.c.rumour_id == Rumour.id)
        .where(Rumour.workflow.in_([state.value for state in UNDER_WAY]))
        .order_by(Rumour.created_at)
    )
    found = [
        Waiting(rumour, Band(rumour.override_band or rumour.band), reports, _overdue(rumour, now))
        for rumour, reports in rows
    ]
    return sorted(found, key=lambda waiting: (_RANK[waiting.band], -waiting.rumour.priority))


def _overdue(rumour: Rumour, now: datetime) -> bool:
    return rumour.due_at is not None and rumour.due_at <= now


def summary(session: Session, now: datetime) -> Summary:
    """The numbers of the first page."""
    under_way = Rumour.workflow.in_([state.value for state in UNDER_WAY])
    left_alone = (Rumour.workflow == Workflow.CLOSED) & (Rumour.response == Response.MONITOR)
    return Summary(
        under_way=_count(session, Rumour, under_way),
        overdue=_count(session, Rumour, under_way, Rumour.due_at <= now),
        unlinked=_count(session, Report, Report.state == ReportState.RECEIVED),
        to_review=_count(session, Rumour, left_alone, Rumour.review_at <= now),
    )


def _count(session: Session, table: type[Rumour | Report], *conditions: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0
