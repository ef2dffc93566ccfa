"""Reading the register's desk: what waits, in the order in which it should be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.rumours.models import Confirmation, Evidence, Report, Rumour
from hub.rumours.speed import HOUR, measured
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
class Filters:
    """Which rumours of the queue are shown; what is empty does not restrict. ``mine`` is the id of an officer."""

    workflow: str = ""
    event: str = ""
    commune: str = ""
    mine: str = ""
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A decision to leave a rumour alone that should be looked at again, and why."""

    rumour: Rumour
    reports: int
    due: bool
    spreads: bool


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
    # An id may have been typed; PostgreSQL cannot even look for one that holds a NUL.
    rumour = session.get(Rumour, rumour_id) if rumour_id.isprintable() else None
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


def chosen(waiting: list[Waiting], filters: Filters) -> list[Waiting]:
    """Those of the queue that the filters let through, in its order."""
    return [each for each in waiting if _passes(each.rumour, filters)]


def _passes(rumour: Rumour, filters: Filters) -> bool:
    return (
        filters.workflow in {"", rumour.workflow}
        and filters.event in {"", rumour.event_id}
        and (not filters.commune or filters.commune in rumour.communes)
        and filters.mine in {"", rumour.assignee_id}
        and (rumour.watched or not filters.watched)
    )


def finished(session: Session, limit: int) -> list[Rumour]:
    """Rumours that nobody has to do anything about, the last changed first."""
    done = Rumour.workflow.in_([Workflow.APPROVED.value, Workflow.CLOSED.value])
    return list(session.scalars(sa.select(Rumour).where(done).order_by(Rumour.changed_at.desc()).limit(limit)))


def to_review(session: Session, now: datetime) -> list[Review]:
    """Decisions not to amplify whose day has come, or whose rumour is reported again."""
    left_alone = (Rumour.workflow == Workflow.CLOSED) & (Rumour.response == Response.MONITOR)
    found = []
    # Over the years there are thousands; only what was reported within the hour can be spreading.
    lately = sa.exists().where(Report.rumour_id == Rumour.id, Report.received_at > now - HOUR)
    looked_at = left_alone & sa.or_(Rumour.review_at <= now, lately)
    for rumour in session.scalars(sa.select(Rumour).where(looked_at).order_by(Rumour.review_at)):
        due = rumour.review_at is not None and rumour.review_at <= now
        spreads = measured(session, rumour.id, now) > 0
        if due or spreads:
            found.append(Review(rumour, _count(session, Report, Report.rumour_id == rumour.id), due, spreads))
    return found


def reports_in(session: Session, state: ReportState, limit: int) -> list[Report]:
    """Reports in a state: those that wait in the order of their arrival, others the latest first."""
    order = Report.received_at if state is ReportState.RECEIVED else Report.received_at.desc()
    return list(session.scalars(sa.select(Report).where(Report.state == state.value).order_by(order).limit(limit)))


def reports_of(session: Session, rumour_id: str) -> list[Report]:
    """The sightings of a rumour, the latest first."""
    return list(
        session.scalars(sa.select(Report).where(Report.rumour_id == rumour_id).order_by(Report.received_at.desc()))
    )


def find_report(session: Session, report_id: str) -> Report:
    """One report.

    Raises:
        NotFound: there is none with this id.
    """
    report = session.get(Report, report_id)
    if report is None:
        raise NotFound(Phrase("There is no report %(report)s.", report=report_id))
    return report


def confirmations(session: Session, rumour_id: str) -> list[Confirmation]:
    """The confirmation chain of a rumour, in the order of what was said."""
    rows = sa.select(Confirmation).where(Confirmation.rumour_id == rumour_id)
    return list(session.scalars(rows.order_by(Confirmation.at, Confirmation.id)))


def evidence(session: Session, rumour_id: str) -> list[Evidence]:
    """The documents that a check stands on, the first recorded first."""
    return list(session.scalars(sa.select(Evidence).where(Evidence.rumour_id == rumour_id).order_by(Evidence.id)))


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
