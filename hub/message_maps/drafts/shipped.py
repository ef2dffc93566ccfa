"""Map files as they arrive with a release: published where the town has decided nothing, drafts where it has.

Files never overwrite what a town's officers have approved or are writing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.identity.actor import Actor
from hub.message_maps import versions
from hub.message_maps.document import to_document
from hub.message_maps.drafts.merge import Document, merge
from hub.message_maps.drafts.models import MapShipped
from hub.message_maps.drafts.service import locked, note, put, view
from hub.message_maps.drafts.states import Origin
from hub.message_maps.model import Situation
from hub.message_maps.models import SituationVersion


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of the files: versions that are in force now, drafts that wait for the town, and drafts to come.

    ``waiting``: situations whose file waits until the town's own draft is closed.
    """

    published: tuple[SituationVersion, ...]
    drafted: tuple[str, ...]
    waiting: tuple[str, ...]


def take_in(session: Session, situations: Iterable[Situation], *, actor: Actor, now: datetime) -> Arrived:
    """Publishes what is new in map files, inside the caller's transaction.

    A situation whose newest version is the town's own is not touched: its file becomes a draft, once for each content
    of the file.
    """
    published, drafted, waiting = [], [], []
    for situation in situations:
        content = versions.canonical(situation)
        digest = versions.digest_of(content)
        known = session.get(MapShipped, situation.id)
        if _origin(session, situation.id) != versions.EDITOR:
            published += versions.publish(session, [situation], now=now, actor_name=actor.name)
            _remember(session, situation, digest, now)
        elif known is None or known.digest != digest:
            row = locked(session, situation.id)
            if row is not None and view(row).is_open:
                waiting.append(situation.id)
            elif _land(session, situation.id, to_document(situation), actor=actor, now=now):
                drafted.append(situation.id)
            _remember(session, situation, digest, now, waiting=situation.id in waiting)
    for version in published:
        detail = {"digest": version.digest}
        audit.record(session, actor=actor, action="map.published", subject=version.id, detail=detail, now=now)
    return Arrived(tuple(published), tuple(drafted), tuple(waiting))


def land_waiting(session: Session, situation_id: str, *, actor: Actor, now: datetime) -> bool:
    """Lays a file's content down as a draft that had to wait for the town's own; whether there was one."""
    known = session.get(MapShipped, situation_id)
    if known is None or known.waiting is None:
        return False
    document = json.loads(known.waiting)
    landed = _land(session, situation_id, document, actor=actor, now=now)
    known.landed, known.waiting = known.waiting, None
    return landed


def waits(session: Session, situation_id: str) -> bool:
    """Whether a newer file waits until the open draft of a situation is closed."""
    column = sa.select(MapShipped.waiting).where(MapShipped.situation_id == situation_id)
    return session.scalar(column) is not None


def _land(session: Session, situation_id: str, theirs: Document, *, actor: Actor, now: datetime) -> bool:
    """Lays a file down as a draft: the town's version with what the file changed; whether there is anything in it.

    Where both have changed the same, the draft proposes the file's words and notes the place. The town's stay in force
    until two officers decide.
    """
    newest = versions.newest_id(session, situation_id)
    mine = to_document(versions.get(session, newest))
    head = {**theirs["situation"], **{name: mine["situation"][name] for name in _OURS}}
    merged, clashes = merge(_common_ground(session, situation_id), {**theirs, "situation": head}, mine)
    if merged == mine:
        return False
    put(session, situation_id, merged, actor=actor, now=now, expected=None, origin=Origin.FILE)
    row = locked(session, situation_id)
    places = [clash.place for clash in clashes if clash.path[-1] not in _OURS]
    if row is not None and places:
        note(row, actor, now, "", places)
    return True


# A version has its own: they differ from the file's without anybody having changed a word.
_OURS = ("version", "status", "owner")


def _common_ground(session: Session, situation_id: str) -> Document:
    """What the file said when the town last had it."""
    known = session.get(MapShipped, situation_id)
    if known is not None:
        found: Document = json.loads(known.landed)
        return found
    table = SituationVersion
    last = (
        sa.select(table.id)
        .where(table.situation_id == situation_id, table.origin == versions.FILE)
        .order_by(table.number.desc())
        .limit(1)
    )
    version_id = session.scalar(last)
    return to_document(versions.get(session, version_id)) if version_id else {}


def _origin(session: Session, situation_id: str) -> str | None:
    newest = versions.newest_id(session, situation_id)
    return session.scalar(sa.select(SituationVersion.origin).where(SituationVersion.id == newest))


def _remember(session: Session, situation: Situation, digest: str, now: datetime, *, waiting: bool = False) -> None:
    content = json.dumps(to_document(situation), separators=(",", ":"))
    known = session.get(MapShipped, situation.id)
    if known is None:
        known = MapShipped(situation_id=situation.id, digest=digest, landed=content, waiting=None, seen_at=now)
        session.add(known)
    if known.digest != digest or known.waiting is not None:
        known.digest, known.seen_at = digest, now
    if waiting:
        known.waiting = content
    else:
        known.landed, known.waiting = content, None
