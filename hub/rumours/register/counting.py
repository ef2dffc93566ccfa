"""How many entries of the register there are of each value: the numbers beside the list.

To count 100,000 entries takes a tenth of a second, and the register changes a few times an hour. So the counts are kept
in the process until it changes.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.rumours.register.models import RegisterCommune, RegisterEntry
from hub.rumours.register.reading import Filter, places
from hub.rumours.states import VersionKind

# Filters whose counts are kept, the last used. What people type has no end.
MOST_KEPT = 256

# A place is never used twice and what stands at it never changes: the same number of places with the same sum, and no
# later change, are the same entries. A merger adds no place, so the latest one alone would not tell.
_STAMP = sa.select(
    sa.func.count(),
    sa.func.sum(RegisterEntry.version_id),
    sa.select(sa.func.max(RegisterEntry.changed_at)).scalar_subquery(),
).select_from(RegisterEntry)


@dataclass(frozen=True, slots=True)
class Facets:
    """How many entries there are of each value, each with the other filters in force; ``total`` with all of them."""

    total: int
    verdicts: dict[str, int]
    events: dict[str, int]
    communes: dict[str, int]
    months: dict[str, int]


class _Kept:
    """The counts of one state of one database's register, by filter."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp: tuple[Any, ...] = ()
        self._found: OrderedDict[Filter, Facets] = OrderedDict()

    def get(self, stamp: tuple[Any, ...], wanted: Filter) -> Facets | None:
        with self._lock:
            if self._stamp != stamp or wanted not in self._found:
                return None
            self._found.move_to_end(wanted)
            return self._found[wanted]

    def put(self, stamp: tuple[Any, ...], wanted: Filter, counted: Facets) -> None:
        with self._lock:
            if self._stamp != stamp:
                self._stamp = stamp
                self._found.clear()
            self._found[wanted] = counted
            while len(self._found) > MOST_KEPT:
                self._found.popitem(last=False)


_kept: WeakKeyDictionary[object, _Kept] = WeakKeyDictionary()


def facets(session: Session, wanted: Filter) -> Facets:
    """The counts beside the list, as the register stands. Whoever gets them leaves them as they are.

    Args:
        session: for reading. Inside a write transaction nothing is kept: it may still be undone.
        wanted: the filters.
    """
    if session.info.get("writing"):
        return _all_counted(session, wanted)
    kept = _kept.setdefault(session.get_bind(), _Kept())
    # Read before the counts: a change in between makes them newer than their stamp, never older.
    stamp = tuple(session.execute(_STAMP).one())
    found = kept.get(stamp, wanted)
    if found is None:
        found = _all_counted(session, wanted)
        kept.put(stamp, wanted, found)
    return found


def _all_counted(session: Session, wanted: Filter) -> Facets:
    return Facets(
        total=session.scalar(sa.select(sa.func.count()).select_from(places(session, wanted).subquery())) or 0,
        verdicts=_counted(session, replace(wanted, verdict=""), RegisterEntry.verdict),
        events=_counted(session, replace(wanted, event=""), RegisterEntry.event_id),
        communes=_communes(session, replace(wanted, commune="")),
        months=_counted(session, replace(wanted, month=""), RegisterEntry.month),
    )


def _counted(session: Session, wanted: Filter, column: InstrumentedAttribute[Any]) -> dict[str, int]:
    rows = sa.select(column, sa.func.count()).where(column.is_not(None)).group_by(column)
    if column is RegisterEntry.verdict:
        rows = rows.where(RegisterEntry.kind != VersionKind.WITHDRAWAL.value)
    if not wanted.empty:
        rows = rows.where(RegisterEntry.version_id.in_(places(session, wanted)))
    return {row[0]: row[1] for row in session.execute(rows.order_by(column))}


def _communes(session: Session, wanted: Filter) -> dict[str, int]:
    """Entries that name no commune count for each: they stand under `EVERYWHERE`."""
    rows = sa.select(RegisterCommune.insee, sa.func.count()).group_by(RegisterCommune.insee)
    if not wanted.empty:
        rows = rows.where(RegisterCommune.version_id.in_(places(session, wanted)))
    return {row[0]: row[1] for row in session.execute(rows)}
