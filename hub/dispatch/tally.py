"""Counts of attempts and of the time that they took, over all dispatchers and all hosts.

Each dispatcher counts in memory and adds its counts to the table with its sign of life. A dispatcher that is killed
takes a few seconds of counts with it: they are for watching, the deliveries themselves are the truth.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.dispatch.sender import Result
from hub.dispatch.states import AttemptOutcome
from hub.dispatch.watch_models import tallies
from hub.kernel.db import inserting

# Upper bounds in seconds: from a file on the own disk to the longest deadline that the settings allow.
BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0)
LE = (*(str(bound) for bound in BOUNDS), "+Inf")


class Kind(NamedTuple):
    """What is counted apart: see `hub.dispatch.watch_models.AttemptTally`."""

    channel_id: str
    outcome: str
    state: str
    le: str


@dataclass(slots=True)
class Count:
    """How many attempts, and their seconds together."""

    number: int = 0
    seconds: float = 0.0


Counts = Mapping[Kind, Count]


class Tally:
    """The counts of one dispatcher since it last handed them over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Kind, Count] = {}

    def add(self, result: Result) -> None:
        """Counts one attempt. What was given back before anything was sent is none."""
        if result.outcome == AttemptOutcome.NOT_SENT:
            return
        le = LE[bisect_left(BOUNDS, result.seconds)]
        kind = Kind(result.claimed.channel_id, str(result.outcome), str(result.verdict.state), le)
        self._put({kind: Count(1, result.seconds)})

    def taken(self) -> Counts:
        """The counts so far; they begin again at nothing."""
        with self._lock:
            counts, self._counts = self._counts, {}
        return counts

    def give_back(self, counts: Counts) -> None:
        """Puts counts back that could not be stored."""
        self._put(counts)

    def _put(self, counts: Counts) -> None:
        with self._lock:
            for kind, count in counts.items():
                known = self._counts.setdefault(kind, Count())
                known.number += count.number
                known.seconds += count.seconds


def store(session: Session, counts: Counts) -> None:
    """Adds counts to those in the database; in one order, or two dispatchers could wait for each other."""
    if not counts:
        return
    given = [{**kind._asdict(), "number": count.number, "seconds": count.seconds} for kind, count in counts.items()]
    insert = inserting(session, tallies)
    added = {name: tallies.c[name] + insert.excluded[name] for name in ("number", "seconds")}
    session.execute(
        insert.on_conflict_do_update(index_elements=list(tallies.primary_key), set_=added),
        sorted(given, key=lambda row: [str(row[name]) for name in Kind._fields]),
    )


def read(session: Session) -> dict[Kind, Count]:
    """All counts, of all dispatchers there ever were."""
    found = session.execute(sa.select(tallies))
    return {Kind(row.channel_id, row.outcome, row.state, row.le): Count(row.number, row.seconds) for row in found}
