"""Promised messages that have not come (rule LIF-05): "next message at 18:30 at the latest", and it is 18:31.

Reckoned when somebody looks, from what was sent: the promise of the head of an open incident stands until a message
follows it, whichever that is. So it needs no clockwork, survives every restart, and holds for exercises too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.alerts.views import AlertView
from hub.message_maps import versions


@dataclass(frozen=True, slots=True)
class Promise:
    """A message that was promised for a moment, in the text of an alert."""

    alert: AlertView
    at: datetime

    def late(self, now: datetime) -> timedelta:
        """For how long people have been waiting."""
        return now - self.at


def overdue(session: Session, heads: Iterable[AlertView], now: datetime) -> list[Promise]:
    """The broken promises of these heads of open incidents, the oldest first."""
    # Only what has passed is worth a look into the map.
    passed = [head for head in heads if any(moment <= now for moment in head.moments.values())]
    found = [Promise(head, at) for head in passed if (at := promised(session, head)) is not None and at <= now]
    return sorted(found, key=lambda promise: promise.at)


def promised(session: Session, alert: AlertView) -> datetime | None:
    """When the next message was promised at the latest, if it was."""
    blanks = versions.get(session, alert.version_id).placeholders
    # Only what the message itself says has a moment: one that an earlier message asked is not among them.
    moments = [moment for name, moment in alert.moments.items() if name in blanks and blanks[name].next_update]
    return min(moments, default=None)
