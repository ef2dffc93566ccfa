"""Files that wait between preview and confirmation: one an officer, bounded, gone after an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.kernel.errors import Conflict, NotFound
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase
from hub.message_maps.exchange.models import MapUpload
from hub.message_maps.models import NAME_LENGTH

WAITS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits."""

    token: str
    filename: str
    content: bytes


def stage(session: Session, officer_id: str, filename: str, content: bytes, now: datetime) -> str:
    """Keeps a file in place of the officer's earlier one; files that have waited too long go.

    Returns:
        The token by which its officer finds it again.

    Raises:
        Conflict: the officer sends another file at this very moment.
    """
    session.execute(
        sa.delete(MapUpload).where((MapUpload.uploaded_at <= now - WAITS) | (MapUpload.officer_id == officer_id))
    )
    token = new_id()
    waiting = MapUpload(
        officer_id=officer_id, token=token, filename=filename[-NAME_LENGTH:], content=content, uploaded_at=now
    )
    try:
        with session.begin_nested():
            session.add(waiting)
    except IntegrityError:
        raise Conflict(
            Phrase("You have just sent another file: look at its preview, or send this one again.")
        ) from None
    return token


def staged(session: Session, officer_id: str, token: str, now: datetime) -> Upload:
    """The officer's waiting file.

    Raises:
        NotFound: it is not theirs, was replaced by a later one, imported, given up or too old.
    """
    wanted = sa.select(MapUpload).where(MapUpload.token == token, MapUpload.officer_id == officer_id)
    row = session.scalar(wanted)
    if row is None or row.uploaded_at <= now - WAITS:
        raise NotFound(Phrase("This file is no longer here: it was imported, replaced, or an hour has passed."))
    return Upload(row.token, row.filename, row.content)


def drop(session: Session, officer_id: str) -> None:
    """Forgets the officer's waiting file."""
    session.execute(sa.delete(MapUpload).where(MapUpload.officer_id == officer_id))
