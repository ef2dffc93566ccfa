"""What a reporter learns of a report by its tracking code: how far it is, and where the answer is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.kernel.phrase import Phrase
from hub.rumours.intake import hashed
from hub.rumours.models import Report, Rumour, RumourVersion
from hub.rumours.states import ReportState, VersionKind, Workflow

# Codes are written in groups, by hand or by a machine.
_MARKS = str.maketrans("", "", " -\u2010\u2011\u2013\u00a0")
LONGEST_CODE = 80
_ID = re.compile(r"[0-9a-f]{32}")


class Standing(StrEnum):
    """How far a report is, for its reporter."""

    RECEIVED = "received"
    WAITING = "waiting"
    CHECKING = "checking"
    FIRST_STATEMENT = "first_statement"
    ANSWERED = "answered"
    WATCHED = "watched"
    SET_ASIDE = "set_aside"


STANDINGS: Mapping[Standing, Phrase] = {
    Standing.RECEIVED: Phrase("Your report has been received. It waits to be read by a person."),
    Standing.WAITING: Phrase("Your report has been read. What it says waits to be checked."),
    Standing.CHECKING: Phrase("What you reported is being checked."),
    Standing.FIRST_STATEMENT: Phrase("What you reported is being checked. A first statement has been published."),
    Standing.ANSWERED: Phrase("What you reported has been checked. The answer has been published."),
    Standing.WATCHED: Phrase("What you reported has been looked at. It is watched; no answer is published for now."),
    Standing.SET_ASIDE: Phrase("Your report has been set aside: it holds nothing that could be checked."),
}

_OF_WORKFLOW: Mapping[str, Standing] = {
    Workflow.NEW: Standing.WAITING,
    Workflow.TRIAGED: Standing.WAITING,
    Workflow.VERIFYING: Standing.CHECKING,
    Workflow.PROPOSED: Standing.CHECKING,
    Workflow.APPROVED: Standing.CHECKING,
    Workflow.CLOSED: Standing.WATCHED,
}


@dataclass(frozen=True, slots=True)
class Followed:
    """A report as its reporter sees it. ``rumour_id`` names the entry of the public register, once there is one.

    ``contact_until`` is set while a contact is kept, and says until when at most.
    """

    report_id: str
    received_at: datetime
    standing: Standing
    rumour_id: str | None
    private_answer: str
    contact_until: datetime | None


def plain_code(typed: str) -> str:
    """A tracking code as it was given out, from what somebody typed."""
    return typed[:LONGEST_CODE].translate(_MARKS).strip().lower()


def follow(session: Session, code: str) -> Followed | None:
    """What has become of the report with this tracking code, or ``None``. A forged code costs the same look-up."""
    report = session.scalars(sa.select(Report).where(Report.tracking_hash == hashed(plain_code(code)))).one_or_none()
    return _followed(session, report) if report else None


def own(session: Session, report_id: str, by_kind: str, by_id: str) -> Followed | None:
    """What has become of a report that somebody known sent in; ``None`` for the reports of others."""
    # Nothing else is an id; some of it no database would look for.
    report = session.get(Report, report_id) if _ID.fullmatch(report_id) else None
    if report is None or (report.by_kind, report.by_id) != (by_kind, by_id):
        return None
    return _followed(session, report)


def _followed(session: Session, report: Report) -> Followed:
    kind = _latest_kind(session, report.rumour_id) if report.rumour_id else None
    return Followed(
        report_id=report.id,
        received_at=report.received_at,
        standing=_standing(session, report, kind),
        rumour_id=report.rumour_id if kind else None,
        private_answer=report.private_answer,
        contact_until=report.contact_until if report.contact_sealed is not None else None,
    )


def _latest_kind(session: Session, rumour_id: str) -> str | None:
    versions = sa.select(RumourVersion.kind).where(RumourVersion.rumour_id == rumour_id)
    return session.scalar(versions.order_by(RumourVersion.number.desc()).limit(1))


def _standing(session: Session, report: Report, kind: str | None) -> Standing:
    if report.state in {ReportState.ABUSE, ReportState.NOT_A_CLAIM}:
        return Standing.SET_ASIDE
    if kind:
        return Standing.FIRST_STATEMENT if kind == VersionKind.HOLDING else Standing.ANSWERED
    rumour = session.get(Rumour, report.rumour_id) if report.rumour_id else None
    return _OF_WORKFLOW.get(rumour.workflow, Standing.RECEIVED) if rumour else Standing.RECEIVED
