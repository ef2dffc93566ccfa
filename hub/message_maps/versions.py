"""Published versions of the maps: written once, numbered per situation, the newest one in force.

A version that an alert names can always be read again, whatever has become of the file since.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from threading import Lock

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


def publish(
    session: Session, situations: Iterable[Situation], *, now: datetime, actor_name: str
) -> list[SituationVersion]:
    """Stores what is new, inside the caller's transaction.

    A situation whose content is that of its newest version gives nothing new. Two processes may publish at once: the
    second one finds the first one's version.

    Returns:
        The new versions.
    """
    newest = {row.situation_id: row for row in session.execute(_newest())}
    fresh = []
    for situation in situations:
        content = json.dumps(to_json(situation), ensure_ascii=False, sort_keys=False, separators=(",", ":"))
        digest = hashlib.sha256(content.encode()).hexdigest()
        last = newest.get(situation.id)
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
        )
        try:
            with session.begin_nested():
                session.add(version)
        except IntegrityError:
            continue
        fresh.append(version)
    return fresh


def current(session: Session) -> list[tuple[str, Situation]]:
    """The versions in force with their ids, by family and title. Retired situations are left out."""
    rows = session.execute(_newest()).all()
    found = _read(session, [row.id for row in rows])
    return sorted(
        ((version_id, situation) for version_id, situation in found.items() if situation.status is not State.RETIRED),
        key=lambda pair: (pair[1].family, next(iter(pair[1].title.values())).casefold(), pair[1].id),
    )


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
    """The version in force of one situation, with its id.

    Raises:
        NotFound: no such situation.
    """
    newest = sa.select(SituationVersion.id).where(SituationVersion.situation_id == situation_id)
    version_id = session.scalar(newest.order_by(SituationVersion.number.desc()).limit(1))
    if version_id is None:
        raise NotFound(Phrase("There is no situation %(id)s on the map.", id=situation_id))
    return version_id, get(session, version_id)


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
