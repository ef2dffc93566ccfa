"""Alerts as the public site needs them: which pages there are, and what each of them depends on.

Read by columns, not by rows of the ORM: ten thousand alerts are looked through after every change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.alerts.models import Alert


@dataclass(frozen=True, slots=True)
class Message:
    """What may change about one message: its state, and whether its time has run out."""

    identifier: str
    state: str
    sent: datetime
    expires: datetime
    expired: bool

    @property
    def stamp(self) -> str:
        """Differs when the message reads differently."""
        return f"{self.identifier} {self.state}{' over' if self.expired else ''}"

    @property
    def changed(self) -> datetime:
        """The last moment that made it read differently, as far as the message itself tells."""
        return self.expires if self.expired else self.sent


# An incident: its messages, oldest first.
Line = tuple[Message, ...]


def lines(session: Session, now: datetime) -> Iterator[Line]:
    """Every incident by the moment at which it began, oldest first; that order never changes."""
    columns = (Alert.identifier, Alert.incident, Alert.state, Alert.sent, Alert.expires)
    found: dict[str, list[Message]] = {}
    for row in session.execute(sa.select(*columns).order_by(Alert.sent, Alert.identifier)):
        message = Message(row.identifier, row.state, row.sent, row.expires, row.expires <= now)
        found.setdefault(row.incident, []).append(message)
    yield from (tuple(messages) for messages in found.values())


def pulse(session: Session, now: datetime) -> str:
    """Changes when an alert comes, changes its state or runs out."""
    over = sa.func.sum(sa.case((Alert.expires <= now, 1), else_=0))
    counts = session.execute(sa.select(Alert.state, sa.func.count(), over).group_by(Alert.state).order_by(Alert.state))
    return " ".join(f"{state}:{count}:{ended}" for state, count, ended in counts)
