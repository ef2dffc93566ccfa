"""The end of a plan: one conditional UPDATE, in the transaction of what took its place."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.alerts.planned.models import ALIVE, PlanState, plans
from hub.kernel.errors import Conflict
from hub.kernel.phrase import Phrase


def close(session: Session, identifier: str, sent_as: str | None, only: Sequence[PlanState] = ALIVE) -> None:
    """Ends a plan: as sent, where there is an alert, else as cancelled.

    Raises:
        Conflict: it has ended already, whoever was faster.
    """
    state = PlanState.SENT if sent_as else PlanState.CANCELLED
    mine = sa.and_(plans.c.identifier == identifier, plans.c.state.in_([each.value for each in only]))
    ended = sa.update(plans).where(mine).values(state=state.value, sent_as=sent_as)
    if session.execute(ended.returning(plans.c.identifier)).first() is None:
        raise Conflict(Phrase("This planned send has been sent, changed or taken back meanwhile."))
