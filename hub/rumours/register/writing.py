"""Keeping the register's read model: in the transaction that publishes, or all of it anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from hub.rumours.models import Rumour, RumourVersion
from hub.rumours.register import words
from hub.rumours.register.models import EVERYWHERE, RegisterCommune, RegisterEntry

BATCH = 1000


def publish(session: Session, version: RumourVersion, timezone: str) -> None:
    """Puts a version that is being published in the place of the one before.

    Args:
        session: the session of the open write transaction; the version has its id.
        version: the new version.
        timezone: the town's, for the month of first publication.
    """
    first = session.scalar(
        sa.select(sa.func.min(RumourVersion.published_at)).where(RumourVersion.rumour_id == version.rumour_id)
    )
    forget(session, version.rumour_id)
    for merged in session.scalars(sa.select(Rumour.id).where(Rumour.merged_into == version.rumour_id)):
        forget(session, merged)
    _insert(session, [(version, first or version.published_at)], timezone)


def merged(session: Session, rumour_id: str, into: str) -> None:
    """A rumour was merged: its address leads to the other one as soon as that one is published."""
    if session.scalar(sa.select(RegisterEntry.version_id).where(RegisterEntry.rumour_id == into)) is not None:
        forget(session, rumour_id)


def forget(session: Session, rumour_id: str) -> None:
    """Takes a rumour off the list. Its versions stay."""
    place = session.scalar(sa.select(RegisterEntry.version_id).where(RegisterEntry.rumour_id == rumour_id))
    if place is None:
        return
    words.take(session, place)
    session.execute(sa.delete(RegisterCommune).where(RegisterCommune.version_id == place))
    session.execute(sa.delete(RegisterEntry).where(RegisterEntry.version_id == place))


def reindex(session: Session, timezone: str) -> int:
    """Builds the whole read model anew from the published versions.

    Args:
        session: the session of the open write transaction.
        timezone: the town's.

    Returns:
        How many entries the register has.
    """
    words.empty(session)
    session.execute(sa.delete(RegisterCommune))
    session.execute(sa.delete(RegisterEntry))
    published = (
        sa.select(sa.func.max(RumourVersion.id).label("latest"), sa.func.min(RumourVersion.published_at).label("first"))
        .group_by(RumourVersion.rumour_id)
        .subquery()
    )
    target = aliased(Rumour)
    answered = sa.select(RumourVersion.id).where(RumourVersion.rumour_id == target.id).exists()
    moved = sa.select(target.id).where(target.id == Rumour.merged_into, answered).exists()
    rows = session.execute(
        sa.select(RumourVersion, published.c.first)
        .join(published, published.c.latest == RumourVersion.id)
        .join(Rumour, Rumour.id == RumourVersion.rumour_id)
        .where(~moved)
        .order_by(RumourVersion.id)
        .execution_options(yield_per=BATCH)
    )
    count = 0
    for batch in rows.partitions(BATCH):
        _insert(session, [(version, first) for version, first in batch], timezone)
        count += len(batch)
    return count


def _insert(session: Session, versions: Iterable[tuple[RumourVersion, datetime]], timezone: str) -> None:
    zone = ZoneInfo(timezone)
    entries, communes, texts = [], [], []
    for version, first in versions:
        entries.append(
            {
                "version_id": version.id,
                "rumour_id": version.rumour_id,
                "kind": version.kind,
                "verdict": version.verdict,
                "event_id": version.event_id,
                "month": first.astimezone(zone).strftime("%Y-%m"),
                "first_published": first,
                "changed_at": version.published_at,
            }
        )
        communes += [{"insee": insee, "version_id": version.id} for insee in version.communes or [EVERYWHERE]]
        # A withdrawn answer keeps its address, and must not be found by what it said.
        shown = [] if version.kind == "withdrawal" else words.texts_of(version.claim, version.content)
        texts.append({"rowid": version.id, "words": words.folded(shown)})
    session.execute(sa.insert(RegisterEntry), entries)
    session.execute(sa.insert(RegisterCommune), communes)
    words.put_all(session, texts)
