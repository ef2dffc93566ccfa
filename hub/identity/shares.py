"""How often one line of the network did something, counted in the database for all processes and hosts together.

Of the line only an HMAC is kept, under a key of its own and with the window in it: it tells neither who it was, nor
whether the same line came in another hour, nor the moment. A row lives as long as its window, an hour at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.kernel.clock import Clock
from hub.kernel.db import Model, UtcDateTime, inserting, reading, transaction
from hub.kernel.sealing import derived_key, keyed_hash
from hub.kernel.settings import Settings

HASH_LENGTH = 64
# Windows begin on the hour. One that began with the first deed would keep the moment of that deed.
WINDOW = timedelta(hours=1)
SWEEP_EVERY = timedelta(minutes=10)
_PURPOSE = b"hub.identity.shares"
_EPOCH = datetime.fromtimestamp(0, UTC)


class TakenShare(Model):
    """How often one line did one thing in one window. ``key`` is an HMAC, ``until`` the end of the window."""

    __tablename__ = "taken_share"

    key: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), primary_key=True)
    taken: Mapped[int]
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


rows = cast("sa.Table", TakenShare.__table__)


@dataclass(frozen=True, slots=True)
class Share:
    """What one line may do: ``most`` times an hour. ``what`` names it; ``line`` is its address or its network."""

    what: str
    line: str
    most: int


def take(settings: Settings, share: Share, now: datetime) -> datetime | None:
    """Takes one of a share; rows of windows that are over vanish by the way.

    Returns:
        ``None``, or when the share is taken up: the moment at which there is a new one. Then nothing is written.
    """
    key, until = _key(settings, share, now)
    taken = reading().scalar(sa.select(TakenShare.taken).where(TakenShare.key == key))
    if taken is not None and taken >= share.most:
        return until
    with transaction() as session:
        session.execute(sa.delete(TakenShare).where(TakenShare.until <= now))
        return None if _taken(session, key, until, share.most) else until


def give_back(settings: Settings, share: Share, now: datetime) -> None:
    """Gives one back, because nothing came of it. ``now`` is the moment at which it was taken."""
    key, _ = _key(settings, share, now)
    with transaction() as session:
        row = sa.update(TakenShare).where(TakenShare.key == key, TakenShare.taken > 0)
        session.execute(row.values(taken=TakenShare.taken - 1))


def sweep(clock: Clock) -> None:
    """Erases what is over, also where nobody comes any more."""
    with transaction() as session:
        session.execute(sa.delete(TakenShare).where(TakenShare.until <= clock.now()))


def _key(settings: Settings, share: Share, now: datetime) -> tuple[str, datetime]:
    number = (now - _EPOCH) // WINDOW
    text = f"{share.what}\n{number}\n{share.line}"
    return keyed_hash(derived_key(settings, _PURPOSE), text), _EPOCH + (number + 1) * WINDOW


def _taken(session: Session, key: str, until: datetime, most: int) -> bool:
    """One statement, so that of many at once no more than ``most`` get one."""
    row = inserting(session, rows).values(key=key, taken=1, until=until)
    row = row.on_conflict_do_update(
        index_elements=[rows.c.key], set_={"taken": rows.c.taken + 1}, where=rows.c.taken < most
    )
    return session.scalar(row.returning(rows.c.taken)) is not None
