"""Reading planned sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.alerts import drafts
from hub.alerts.drafts import Draft
from hub.alerts.planned.models import ALIVE, STUCK, PlannedSend, PlanState
from hub.dispatch import reasons
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase

# Dispatchers look every five seconds; after so long none of them can be running.
MISSED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """One planned send. ``title`` and ``headline`` map languages to texts; ``reason`` says why it was not sent."""

    identifier: str
    at: datetime
    state: PlanState
    exercise: bool
    title: Mapping[str, str]
    headline: Mapping[str, str]
    reason: Phrase | None
    planned_at: datetime
    planned_by: str

    @property
    def stuck(self) -> bool:
        """Whether it waits for a person."""
        return self.state in STUCK

    def missed(self, now: datetime) -> bool:
        """Whether its moment has passed and nobody has looked: no dispatcher runs."""
        return self.state is PlanState.PLANNED and self.at < now - MISSED


def alive(session: Session) -> list[Plan]:
    """What is planned or waits for a person, soonest first."""
    chosen = sa.select(PlannedSend).where(PlannedSend.state.in_([each.value for each in ALIVE]))
    return [_view(row) for row in session.scalars(chosen.order_by(PlannedSend.at, PlannedSend.identifier))]


def stuck(session: Session) -> list[Plan]:
    """What was not sent at its moment and waits for a person, soonest first."""
    return [plan for plan in alive(session) if plan.stuck]


def counts(session: Session) -> Counter[PlanState]:
    """How many are planned or wait for a person."""
    return Counter(plan.state for plan in alive(session))


def draft_of(session: Session, identifier: str) -> Draft:
    """What was planned, to be looked at anew: unsettled, and to take the place of that plan.

    Raises:
        NotFound: nothing of the kind is planned any more.
    """
    found = session.get(PlannedSend, identifier)
    if found is None or found.state not in ALIVE:
        raise NotFound(Phrase("This planned send has been sent, changed or taken back meanwhile."))
    try:
        draft = drafts.from_json(found.draft)
    except ValueError:
        raise NotFound(Phrase("It was planned with another version of the hub. Please write it anew.")) from None
    return replace(draft, identifier="", sent=None, version_id="", plan=identifier)


def is_alive(session: Session, identifier: str) -> bool:
    """Whether it is planned, or waits for a person."""
    found = session.get(PlannedSend, identifier)
    return found is not None and found.state in ALIVE


def _view(row: PlannedSend) -> Plan:
    return Plan(
        identifier=row.identifier,
        at=row.at,
        state=PlanState(row.state),
        exercise=row.exercise,
        title=row.title,
        headline=row.headline,
        reason=reasons.restored(row.reason),
        planned_at=row.planned_at,
        planned_by=row.planned_by_name,
    )
