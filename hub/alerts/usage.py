"""Which messages open alerts are made of: those must stay on the map until the alerts have ended."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.alerts.models import Alert
from hub.alerts.queries import LINGERS
from hub.alerts.states import State


def messages_in_use(session: Session, now: datetime) -> dict[str, frozenset[str]]:
    """Situation id -> ids of the messages that were sent in incidents which still take follow-ups, exercises too."""
    still_open = sa.select(Alert.incident).where(Alert.state == State.OPEN.value, Alert.expires > now - LINGERS)
    rows = session.execute(
        sa.select(Alert.situation_id, Alert.message_id).where(Alert.incident.in_(still_open)).distinct()
    )
    found: dict[str, set[str]] = defaultdict(set)
    for situation_id, message_id in rows:
        found[situation_id].add(message_id)
    return {situation_id: frozenset(names) for situation_id, names in found.items()}
