"""Published versions of the maps: written once, numbered per situation, the newest one in force.

A version that an alert names can always be read again, whatever has become of the file since.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps.model import Situation, State
from hub.message_maps.model_json import from_json, to_json
from hub.message_maps.models import SituationVersion

# A whole catalogue (84 situations) and its predecessors.
_KEPT_IN_MEMORY = 256

# Where a version comes from: a map file by itself, or a decision of the town's officers.
FILE, EDITOR = "file", "editor"


@dataclass(frozen=True, slots=True)
class Published:
    """One version as a history lists it. ``record`` is as in `SituationVersion`, ``None`` for what a file brought."""

    id: str
    number: int
    at: datetime
    by: str
    origin: str
    record: Mapping[str, Any] | None


def publish(
    session: Session,
    situations: Iterable[Situation],
    *,
    now: datetime,
    actor_name: str,
    origin: str = FILE,
    record: Mapping[str, Any] | None = None,
) -> list[SituationVersion]:
    """Stores what is new, inside the caller's transaction.

    A situation whose content is that of its newest version gives nothing new. Two processes may publish at once: the
    second one finds the first one's version. Map files go through `hub.message_maps.drafts.shipped`, which keeps them
    from overwriting what a town has decided.

    Returns:
        The new versions.
    """
    before = {row.situation_id: row for row in session.execute(_newest())}
    fresh = []
    for situation in situations:
        content = canonical(situation)
        digest = digest_of(content)
        last = before.get(situation.id)
        if last is not None and last.digest == digest:
            continue
        number = last.number + 1 if last is not None else 1
        version = SituationVersion(
            id=f"{situation.id}@{number}",
            situation_id=situation.id,
            number=number,
            digest=digest,
            content=content,
            published_at=now,
            published_by=actor_name,
            origin=origin,
            record=dict(record) if record else None,
        )
        try:
            with session.begin_nested():
                session.add(version)
        except IntegrityError:
            continue
        fresh.append(version)
    return fresh


def canonical(situation: Situation) -> str:
    """A situation as the text that is stored and hashed."""
    return json.dumps(to_json(situation), ensure_ascii=False, sort_keys=False, separators=(",", ":"))


def digest_of(content: str) -> str:
    """The SHA-256 of a canonical text, in hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()


def current(session: Session) -> list[tuple[str, Situation]]:
    """The versions in force with their ids, by family and title. Retired situations are left out."""
    return sorted(
        (pair for pair in newest(session) if pair[1].status is not State.RETIRED),
        key=lambda pair: (pair[1].family, next(iter(pair[1].title.values())).casefold(), pair[1].id),
    )


def newest(session: Session) -> list[tuple[str, Situation]]:
    """The newest version of every situation with its id, retired ones too, in no order."""
    rows = session.execute(_newest()).all()
    return list(_read(session, [row.id for row in rows]).items())


def get(session: Session, version_id: str) -> Situation:
    """One version, in force or not.

    Raises:
        NotFound: no such version.
    """
    found = _read(session, [version_id])
    if version_id not in found:
        raise NotFound(Phrase("There is no map version %(id)s.", id=version_id))
    return found[version_id]


def find(session: Session, situation_id: str) -> tuple[str, Situation]:
    """The version in force of one situation, with its id. A former id leads to the situation's present one.

    Raises:
        NotFound: no such situation.
    """
    version_id = newest_id(session, situation_id)
    situation = get(session, version_id) if version_id else None
    if situation is None or situation.status is State.RETIRED:
        renamed = next((pair for pair in current(session) if situation_id in pair[1].aliases), None)
        if renamed is not None:
            return renamed
    if situation is None:
        raise NotFound(Phrase("There is no situation %(id)s on the map.", id=situation_id))
    return version_id, situation


def newest_id(session: Session, situation_id: str) -> str:
    """The id of the newest version under a situation's id, empty when there is none."""
    known = sa.select(SituationVersion.id).where(SituationVersion.situation_id == situation_id)
    return session.scalar(known.order_by(SituationVersion.number.desc()).limit(1)) or ""


def history(session: Session, situation_id: str) -> list[Published]:
    """Every version of a situation, newest first, without its content."""
    table = SituationVersion
    columns = (table.id, table.number, table.published_at, table.published_by, table.origin, table.record)
    rows = session.execute(sa.select(*columns).where(table.situation_id == situation_id).order_by(table.number.desc()))
    return [Published(*row) for row in rows]


def message_ids(session: Session, situation_id: str) -> set[str]:
    """The ids of all messages that a situation has had in any version."""
    table = SituationVersion
    ids = session.scalars(sa.select(table.id).where(table.situation_id == situation_id)).all()
    return {message.id for situation in _read(session, list(ids)).values() for message in situation.messages}


def _newest() -> sa.Select[str, str, int, str]:
    other = sa.orm.aliased(SituationVersion)
    latest = (
        sa.select(sa.func.max(other.number))
        .where(other.situation_id == SituationVersion.situation_id)
        .scalar_subquery()
    )
    return sa.select(
        SituationVersion.id, SituationVersion.situation_id, SituationVersion.number, SituationVersion.digest
    ).where(SituationVersion.number == latest)


class _Memory:
    """Parsed versions by content digest. Content never changes under a digest, so nothing can go stale."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._found: OrderedDict[str, Situation] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: str) -> Situation | None:
        with self._lock:
            situation = self._found.get(digest)
            if situation is not None:
                self._found.move_to_end(digest)
            return situation

    def put(self, digest: str, situation: Situation) -> None:
        with self._lock:
            self._found[digest] = situation
            if len(self._found) > self._limit:
                self._found.popitem(last=False)


_memory = _Memory(_KEPT_IN_MEMORY)


def _read(session: Session, version_ids: list[str]) -> dict[str, Situation]:
    table = SituationVersion
    digests = session.execute(sa.select(table.id, table.digest).where(table.id.in_(version_ids))).all()
    found = {row.id: _memory.get(row.digest) for row in digests}
    missing = [version_id for version_id, situation in found.items() if situation is None]
    if missing:
        for row in session.execute(sa.select(table.id, table.digest, table.content).where(table.id.in_(missing))):
            situation = from_json(json.loads(row.content))
            _memory.put(row.digest, situation)
            found[row.id] = situation
    return {version_id: situation for version_id, situation in found.items() if situation is not None}
