"""What must hold in the database and at the receiving end after whatever happened: nothing lost, nothing doubled.

The judge is the peer: it counts what it accepted. The database must say the same, or say that it does not know.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask

from hub.dispatch.models import attempts, deliveries
from hub.dispatch.states import OPEN, AttemptOutcome, DeliveryState
from hub.kernel.db import reading

# After these the far side may have acted, and the same key may be sent again.
MAY_HAVE_ARRIVED = frozenset({AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN, AttemptOutcome.TRANSIENT})
SENT_FOR_CERTAIN = frozenset({DeliveryState.ACCEPTED, DeliveryState.UNKNOWN})


@dataclass(frozen=True)
class Found:
    """A delivery with the outcomes of its attempts in their order; ``key`` is what its receiver saw."""

    key: str
    state: str
    resends: int
    outcomes: tuple[str, ...]
    row: Mapping[str, Any]


def found(app: Flask, channel_id: str) -> list[Found]:
    """All deliveries of a channel."""
    outcomes: defaultdict[int, list[str]] = defaultdict(list)
    with app.app_context():
        session = reading()
        for each in session.execute(sa.select(attempts).order_by(attempts.c.delivery_id, attempts.c.number)):
            outcomes[each.delivery_id].append(each.outcome)
        rows = session.execute(sa.select(deliveries).where(deliveries.c.channel_id == channel_id)).mappings().all()
    return [
        Found(
            f"{row['publication_id']}-{row['destination_id']}",
            row["state"],
            row["resends"],
            tuple(outcomes[row["id"]]),
            row,
        )
        for row in rows
    ]


def violations(
    rows: Sequence[Found], hits: Mapping[str, int], *, remembers: bool = True, all_accepted: bool = False
) -> list[str]:
    """Everything that is wrong, in words; empty when all is well. To be called when nothing is open any more.

    Args:
        rows: the deliveries of one channel.
        hits: how often the peer accepted each key.
        remembers: whether the receiver drops repeats by their key; if not, a second one is a double.
        all_accepted: whether the peer was well at the end, so that every delivery to one that remembers must arrive.
    """
    wrong = [f"{key}: the peer accepted what the hub knows nothing of" for key in set(hits) - {row.key for row in rows}]
    for row in rows:
        wrong += [f"{row.key}: {what} {row.state} {row.outcomes}" for what in _of(row, hits.get(row.key, 0), remembers)]
        if all_accepted and row.state != DeliveryState.ACCEPTED:
            wrong.append(f"{row.key}: lost: {row.state} {row.outcomes}")
    return wrong


def _of(row: Found, times: int, remembers: bool) -> list[str]:
    possible = sum(outcome in MAY_HAVE_ARRIVED for outcome in row.outcomes)
    closed = row.state not in OPEN
    rules = {
        "never decided": closed,
        "an attempt never ended": AttemptOutcome.STARTED not in row.outcomes,
        "attempts are not counted right": len(row.outcomes) == row.row["attempts"],
        "called accepted, and never arrived": row.state != DeliveryState.ACCEPTED or times > 0,
        "arrived, and is called otherwise": times == 0 or row.state in SENT_FOR_CERTAIN,
        "has no time of its end": not closed or row.row["finished_at"] is not None,
        "still holds a lease": not closed or row.row["lease_until"] is None,
        "nobody is told why": row.state in OPEN | {DeliveryState.ACCEPTED} or bool(row.row["error"]),
        "doubled": remembers or times <= 1 + row.resends,
        "repeated without need": times <= possible,
    }
    return [what for what, holds in rules.items() if not holds]


def tally(rows: Sequence[Found]) -> Counter[str]:
    """State -> how many."""
    return Counter(row.state for row in rows)
