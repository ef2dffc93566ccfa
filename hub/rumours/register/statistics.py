"""What the register says about its own work: how long a verdict takes, how often it errs, how good the matching is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.rumours.models import MatchDecision, Report, Rumour, RumourVersion
from hub.rumours.states import VersionKind
from hub.rumours.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; ``ratio`` is ``None`` of nothing."""

    part: int
    whole: int

    @property
    def ratio(self) -> float | None:
        """Between 0 and 1."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of the public page.

    ``to_verdict``: the median time from the first report (or from opening, where nobody reported) to the first verdict
    other than "not known yet", in all and by month of that verdict. ``corrected``: answered rumours that needed a
    correction or were withdrawn. ``suggested``: suggestions of the matcher that a person confirmed, of those that a
    person decided. ``linked``: links that were made by themselves and still stand. ``verdicts`` and ``published`` count
    rumours by present verdict, and first answers by month.
    """

    rumours: int
    to_verdict: timedelta | None
    to_verdict_by_month: dict[str, timedelta]
    corrected: Share
    suggested: Share
    linked: Share
    verdicts: dict[str, int]
    published: dict[str, int]


def statistics(session: Session, timezone: str) -> Statistics:
    """All figures, from what was published and decided."""
    zone = ZoneInfo(timezone)
    latest, first, decided, corrected = _versions(session)
    heard = _heard(session)
    waits = {rumour: at - heard[rumour] for rumour, at in decided.items() if rumour in heard}
    by_month: dict[str, list[timedelta]] = {}
    for rumour, wait in waits.items():
        by_month.setdefault(_month(decided[rumour], zone), []).append(wait)
    published: dict[str, int] = {}
    for at in sorted(first.values()):
        published[_month(at, zone)] = published.get(_month(at, zone), 0) + 1
    verdicts: dict[str, int] = {}
    for verdict in latest.values():
        if verdict is not None:
            verdicts[verdict] = verdicts.get(verdict, 0) + 1
    return Statistics(
        rumours=len(first),
        to_verdict=_median(list(waits.values())) if waits else None,
        to_verdict_by_month={month: _median(each) for month, each in sorted(by_month.items())},
        corrected=Share(len(corrected), len(decided)),
        suggested=_suggested(session),
        linked=_linked(session),
        verdicts=verdicts,
        published=published,
    )


_Versions = tuple[dict[str, str | None], dict[str, datetime], dict[str, datetime], set[str]]


def _versions(session: Session) -> _Versions:
    """By rumour: the present verdict, the first publication, the first finding; and the rumours once corrected."""
    latest: dict[str, str | None] = {}
    first: dict[str, datetime] = {}
    decided: dict[str, datetime] = {}
    corrected: set[str] = set()
    rows = sa.select(RumourVersion.rumour_id, RumourVersion.kind, RumourVersion.verdict, RumourVersion.published_at)
    for rumour, kind, verdict, at in session.execute(rows.order_by(RumourVersion.id)):
        withdrawn = kind == VersionKind.WITHDRAWAL
        latest[rumour] = None if withdrawn else verdict
        first.setdefault(rumour, at)
        if not withdrawn and verdict != Verdict.NOT_KNOWN_YET:
            decided.setdefault(rumour, at)
        if rumour in decided and (withdrawn or kind == VersionKind.CORRECTION):
            corrected.add(rumour)
    return latest, first, decided, corrected


def _heard(session: Session) -> dict[str, datetime]:
    reported = sa.select(Report.rumour_id, sa.func.min(Report.received_at).label("at")).group_by(Report.rumour_id)
    first = reported.subquery()
    rows = sa.select(Rumour.id, Rumour.created_at, first.c.at).outerjoin(first, first.c.rumour_id == Rumour.id)
    return {row.id: min(row.created_at, row.at) if row.at else row.created_at for row in session.execute(rows)}


def _suggested(session: Session) -> Share:
    """A person's decision on the matcher's first suggestion."""
    chosen = sa.select(MatchDecision.confirmed, sa.func.count()).where(
        MatchDecision.automatic.is_(False), MatchDecision.rank == 1
    )
    counts = {bool(row[0]): row[1] for row in session.execute(chosen.group_by(MatchDecision.confirmed))}
    return Share(counts.get(True, 0), sum(counts.values()))


def _linked(session: Session) -> Share:
    """A link made by itself was wrong when a person has since put the report elsewhere, other than by a merger."""
    rows = session.execute(
        sa.select(MatchDecision.rumour_id, Report.rumour_id.label("now"), Rumour.merged_into)
        .join(Report, Report.id == MatchDecision.report_id)
        .join(Rumour, Rumour.id == MatchDecision.rumour_id)
        .where(MatchDecision.automatic.is_(True))
    ).all()
    return Share(sum(row.now is not None and row.now in {row.rumour_id, row.merged_into} for row in rows), len(rows))


def _month(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m")


def _median(waits: list[timedelta]) -> timedelta:
    return timedelta(seconds=median(wait.total_seconds() for wait in waits))
