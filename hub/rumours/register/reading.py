"""Reading the register: which entries a filter means, entries with all their texts, changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from hub.rumours.models import Event, Rumour, RumourVersion
from hub.rumours.register import words
from hub.rumours.register.models import EVERYWHERE, RegisterCommune, RegisterEntry
from hub.rumours.states import VersionKind

# Merged into one that was merged itself, and so on: more than this is a mistake.
LONGEST_LINE = 10
# Entries that are read at once: they carry all their texts.
AT_ONCE = 500
# Every place that there may be.
ALL = range(2**31 - 1)

_ENTRIES = (
    sa.select(RumourVersion, RegisterEntry.first_published)
    .join(RegisterEntry, RegisterEntry.version_id == RumourVersion.id)
    .where(RumourVersion.id.in_(sa.bindparam("places", expanding=True)))
    .order_by(RumourVersion.id.desc())
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: words, event id, INSEE code, verdict, month of first publication (``2026-11``). Empty: all."""

    words: str = ""
    event: str = ""
    commune: str = ""
    verdict: str = ""
    month: str = ""

    @property
    def empty(self) -> bool:
        """Whether it lets everything through."""
        return self == Filter()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register: the latest version, and when the rumour was first answered."""

    version: RumourVersion
    first_published: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest change first. ``earlier`` is where the next page starts, ``None`` at the end."""

    entries: tuple[Entry, ...]
    earlier: int | None


def page(session: Session, wanted: Filter, count: int, before: int | None = None) -> Page:
    """One page of entries with all that was published of them: for feeds. `hub.rumours.register.lines` has the list.

    Args:
        session: for reading.
        wanted: the filters.
        count: at most so many.
        before: read on from here: `Page.earlier` of the page before. New entries change nothing behind it.
    """
    chosen = session.scalars(newest(session, wanted, count + 1, before)).all()
    entries = _entries(session, chosen[:count])
    return Page(entries, chosen[count - 1] if len(chosen) > count else None)


def every(session: Session, wanted: Filter, within: range = ALL) -> Iterator[Entry]:
    """The entries of a filter whose places lie within a range, newest change first: for open data.

    They are read some at a time: whoever keeps none of them has no more than these in memory.
    """
    if not within:
        return
    chosen = places(session, wanted)
    chosen = chosen.where(_key(chosen) >= within.start, _key(chosen) < within.stop)
    found = session.scalars(chosen.order_by(_key(chosen).desc())).all()
    for start in range(0, len(found), AT_ONCE):
        yield from _entries(session, found[start : start + AT_ONCE])


def events(session: Session) -> dict[str, dict[str, str]]:
    """The events that entries of the register belong to: id -> title by language, the latest first."""
    used = sa.select(RegisterEntry.event_id).where(RegisterEntry.event_id == Event.id).exists()
    rows = session.execute(sa.select(Event.id, Event.title).where(used).order_by(Event.began_at.desc(), Event.id))
    return {row.id: row.title for row in rows}


def standing(session: Session, rumour_id: str) -> str | None:
    """The id under which a rumour stands in the register: its own, or that of the one it was merged into, or none."""
    seen = rumour_id
    for _ in range(LONGEST_LINE):
        into = session.scalar(sa.select(Rumour.merged_into).where(Rumour.id == seen))
        if into is None:
            break
        seen = into
    for candidate in (seen, rumour_id):
        if session.scalar(sa.select(RumourVersion.id).where(RumourVersion.rumour_id == candidate).limit(1)):
            return candidate
    return None


def changes(session: Session, wanted: Filter, count: int) -> list[tuple[RumourVersion, RumourVersion]]:
    """The versions by which a verdict changed or was withdrawn, newest first, each with the version before it."""
    earlier = aliased(RumourVersion)
    rows = (
        sa.select(RumourVersion, earlier)
        .join(
            earlier,
            sa.and_(earlier.rumour_id == RumourVersion.rumour_id, earlier.number == RumourVersion.number - 1),
        )
        .where(
            sa.or_(
                RumourVersion.verdict != earlier.verdict,
                RumourVersion.kind == VersionKind.WITHDRAWAL.value,
                earlier.kind == VersionKind.WITHDRAWAL.value,
            )
        )
        .order_by(RumourVersion.id.desc())
        .limit(count)
    )
    if not wanted.empty:
        found = places(session, wanted).subquery()
        chosen = sa.select(RegisterEntry.rumour_id).where(RegisterEntry.version_id.in_(sa.select(found.c[0])))
        rows = rows.where(RumourVersion.rumour_id.in_(chosen))
    return [(new, old) for new, old in session.execute(rows)]


def last_change(session: Session, event: str = "") -> datetime | None:
    """When the register changed last, or what it says of one event."""
    latest = sa.select(sa.func.max(RegisterEntry.changed_at))
    return session.scalar(latest.where(RegisterEntry.event_id == event) if event else latest)


def newest(session: Session, wanted: Filter, count: int, before: int | None) -> sa.Select[Any]:
    """The newest version ids of a filter, from ``before`` on, at most ``count``."""
    chosen = places(session, wanted)
    if before is not None:
        chosen = chosen.where(_key(chosen) < before)
    return chosen.order_by(_key(chosen).desc()).limit(count)


def places(session: Session, wanted: Filter) -> sa.Select[Any]:
    """The version ids of a filter. The full-text table is read alone where nothing else is asked: it has its order."""
    found = words.matching(session, wanted.words) if wanted.words else None
    narrowed = wanted.event or wanted.commune or wanted.verdict or wanted.month
    if found is not None and not narrowed:
        return found
    places = sa.select(RegisterEntry.version_id)
    if wanted.words:
        # What holds no word finds nothing, rather than everything.
        places = places.where(RegisterEntry.version_id.in_(found) if found is not None else sa.false())
    if wanted.event:
        places = places.where(RegisterEntry.event_id == wanted.event)
    if wanted.verdict:
        places = places.where(RegisterEntry.verdict == wanted.verdict)
        # A withdrawn answer has no verdict any more.
        places = places.where(RegisterEntry.kind != VersionKind.WITHDRAWAL.value)
    if wanted.month:
        places = places.where(RegisterEntry.month == wanted.month)
    if wanted.commune:
        named = sa.select(RegisterCommune.version_id).where(RegisterCommune.insee.in_([wanted.commune, EVERYWHERE]))
        places = places.where(RegisterEntry.version_id.in_(named))
    return places


def _key(places: sa.Select[Any]) -> Any:
    return places.selected_columns[0]


def _entries(session: Session, places: Sequence[int]) -> tuple[Entry, ...]:
    return tuple(Entry(version, first) for version, first in session.execute(_ENTRIES, {"places": list(places)}))
