"""How fast reports of a rumour come in, counted from the reports themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.rumours.models import Report
from hub.rumours.triage import velocity

HOUR = timedelta(hours=1)


def measured(session: Session, rumour_id: str, now: datetime) -> int:
    """The velocity of a rumour at a moment, 0 to 2: see `hub.rumours.triage.velocity`."""
    linked = Report.rumour_id == rumour_id
    last_hour = _count(session, linked, Report.received_at > now - HOUR, Report.received_at <= now)
    hour_before = _count(session, linked, Report.received_at > now - 2 * HOUR, Report.received_at <= now - HOUR)
    first = (
        sa.select(sa.func.min(Report.received_at).label("first"))
        .where(linked, Report.commune != "")
        .group_by(Report.commune)
        .subquery()
    )
    new_communes = session.scalar(sa.select(sa.func.count()).select_from(first).where(first.c.first > now - HOUR))
    return velocity(last_hour, hour_before, new_communes or 0)


def _count(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Report).where(*conditions)) or 0
