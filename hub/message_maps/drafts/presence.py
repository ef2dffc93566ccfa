"""Who else is at the same message: told, so that two people talk instead of writing over each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.identity.actor import Actor
from hub.message_maps.drafts.models import MapPresence

# A page that is open says so every 20 seconds; a person without scripts is seen at each page and each check.
LASTING = timedelta(minutes=5)
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Present:
    """Someone else at a message; ``edited_at`` is when they last changed it, ``None`` when they only look."""

    name: str
    seen_at: datetime
    edited_at: datetime | None


def note_presence(
    session: Session, situation_id: str, message_id: str, *, actor: Actor, now: datetime, edited: bool
) -> None:
    """Remembers that someone has a message open, inside the caller's transaction. Old entries are forgotten."""
    session.execute(sa.delete(MapPresence).where(MapPresence.seen_at < now - FORGOTTEN))
    row = session.get(MapPresence, (situation_id, message_id, actor.id), populate_existing=True)
    if row is None:
        row = MapPresence(situation_id=situation_id, message_id=message_id, officer_id=actor.id, name=actor.name)
        row.edited_at = None
    row.name, row.seen_at = actor.name, now
    if edited:
        row.edited_at = now
    session.merge(row)


def others(session: Session, situation_id: str, message_id: str, *, actor: Actor, now: datetime) -> list[Present]:
    """Who else had the message open in the last minutes, the last seen first."""
    rows = session.scalars(
        sa.select(MapPresence)
        .where(
            MapPresence.situation_id == situation_id,
            MapPresence.message_id == message_id,
            MapPresence.officer_id != actor.id,
            MapPresence.seen_at > now - LASTING,
        )
        .order_by(MapPresence.seen_at.desc(), MapPresence.name)
    )
    return [Present(row.name, row.seen_at, row.edited_at) for row in rows]
