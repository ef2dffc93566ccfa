"""The list of the register: of each entry what a list shows, read by one statement and nothing more.

A page of the list is asked for far more often than an entry, and half a town may search at once. So no whole version is
read for it, which has its sources and all its texts with it: the database cuts the fact and the name of the event out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.rumours.models import RumourVersion
from hub.rumours.register import words
from hub.rumours.register.models import RegisterEntry
from hub.rumours.register.reading import Filter, newest

# No place in the list: more versions than this would not fit into a row's number.
_BEYOND = 2**31 - 1
_VERSION = RumourVersion.__table__
_FACT = ("answer", "fact")
_EVENT_TITLE = ("event", "title")


class Line(NamedTuple):
    """One entry as a list shows it, by its latest version. The texts are by language, ``None`` where there are none."""

    place: int
    rumour_id: str
    kind: str
    verdict: str
    published_at: datetime
    fact: Mapping[str, str] | None
    event_title: Mapping[str, str] | None


class Lines(NamedTuple):
    """Some entries, newest change first. ``earlier`` is where the next page starts, ``None`` at the end."""

    lines: tuple[Line, ...]
    earlier: int | None


def lines(session: Session, wanted: Filter, count: int, before: int | None = None) -> Lines:
    """One page of the list: the entries of `hub.rumours.register.reading.page`, with what a list shows of them.

    Args:
        session: for reading.
        wanted: the filters.
        count: at most so many.
        before: read on from here: `Lines.earlier` of the page before. New entries change nothing behind it.
    """
    found = _found(session, wanted, count + 1, before)
    return Lines(found[:count], found[count - 1].place if len(found) > count else None)


def answered(session: Session) -> int:
    """How many rumours were ever answered, those that were merged since among them."""
    return session.scalar(sa.select(sa.func.count()).where(RumourVersion.number == 1)) or 0


def began(session: Session, start: int, count: int) -> tuple[Line, ...]:
    """Some entries by their first answer, newest first, each with the moment of it as ``published_at``.

    Args:
        session: for reading.
        start: counted from the oldest, merged rumours among them: no entry ever gets another number.
        count: at most so many; those that were merged are left out.
    """
    first = sa.select(RumourVersion.rumour_id).where(RumourVersion.number == 1).order_by(RumourVersion.id)
    some = first.offset(start).limit(count).subquery()
    standing = (
        sa.select(RegisterEntry.version_id, RegisterEntry.first_published)
        .join(some, some.c.rumour_id == RegisterEntry.rumour_id)
        .subquery()
    )
    told = _told(standing).add_columns(standing.c.first_published)
    found = [Line._make(row[:-1])._replace(published_at=row[-1]) for row in session.execute(told)]
    return tuple(sorted(found, key=lambda line: line.published_at, reverse=True))


def _found(session: Session, wanted: Filter, count: int, before: int | None) -> tuple[Line, ...]:
    if wanted.words and wanted == Filter(words=wanted.words):
        return _by_words(session, wanted.words, count, _BEYOND if before is None else before)
    found = newest(session, wanted, count, before).subquery("found")
    return tuple(map(Line._make, session.execute(_told(found))))


def _by_words(session: Session, typed: str, count: int, before: int) -> tuple[Line, ...]:
    engine = words.engine_of(session)
    asked = words.question(typed, engine)
    if not asked:
        return ()
    found = session.execute(_BY_WORDS[engine], {"question": asked, "before": before, "count": count})
    return tuple(map(Line._make, found))


def _told(found: sa.Subquery) -> sa.Select[Any]:
    """The lines of some places. They are chosen first, so that only those of the page are looked up."""
    version = _VERSION.c
    return (
        sa.select(
            version.id,
            version.rumour_id,
            version.kind,
            version.verdict,
            version.published_at,
            version.content[_FACT],
            version.content[_EVENT_TITLE],
        )
        .join_from(found, _VERSION, version.id == next(iter(found.c)))
        .order_by(version.id.desc())
    )


# What people ask most often stands ready: to build it anew takes longer than to answer it.
_BY_WORDS = {
    engine: _told(statement.columns(sa.column("rowid", sa.BigInteger())).subquery("found"))
    for engine, statement in words.NEWEST.items()
}
