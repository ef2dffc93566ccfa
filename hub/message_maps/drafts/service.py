"""What is done to working copies. Every function works inside the caller's transaction and writes the audit log."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.identity.actor import Actor
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.drafts.merge import Clash, Document, UnitPath, merge, touched_units
from hub.message_maps.drafts.models import MapDraft, MapDraftRevision
from hub.message_maps.drafts.states import OPEN, STATES, Deed, DraftState, Origin, after
from hub.message_maps.yaml_tree import MAX_BYTES

# An hour and more of two people who type without a pause; each takes some 8 kB.
REVISIONS_KEPT = 500
MOST_NOTED = 40
# The audit log names a situation and its version in 120 characters.
LONGEST_ID = 100
_ID = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A working copy as it is now. ``document`` is a fresh copy that the reader may change.

    ``authors`` changed it since it was begun; ``submitted`` handed it in for review. ``merged``: what came from
    someone else while this one was writing.
    """

    situation_id: str
    base_version: str
    document: dict[str, Any]
    revision: int
    state: DraftState
    origin: Origin
    authors: tuple[Actor, ...]
    submitted: Actor | None
    notes: tuple[Mapping[str, Any], ...]
    updated_by: str
    updated_at: datetime
    merged: tuple[UnitPath, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is being edited or reviewed."""
        return self.state in OPEN


class DraftConflict(Conflict):
    """Someone else wrote on the same thing, or closed the draft. Nothing is stored and no text is lost.

    ``current`` is the working copy as it stands, ``mine`` the document that was refused, with the other person's
    changes elsewhere already in it; ``clashes`` are the units to settle, each with both texts.
    """

    def __init__(self, detail: Phrase, current: Draft, mine: Document, clashes: tuple[Clash, ...] = ()) -> None:
        super().__init__(detail, [Fault(clash.place, Phrase("changed by both")) for clash in clashes])
        self.current = current
        self.mine = mine
        self.clashes = clashes


def put(
    session: Session,
    situation_id: str,
    document: Document,
    *,
    actor: Actor,
    now: datetime,
    expected: int | None,
    origin: str,
) -> Draft:
    """Stores a document as the working copy of a situation, which becomes a draft again whatever it was.

    The document may be unsound: it is checked when it is handed in. One that changes nothing is not stored again.

    Args:
        session: the session of the open write transaction.
        situation_id: what the copy is known by. A rename changes the id inside the document only.
        document: plain JSON values in the shape of the map file.
        actor: who wrote it.
        now: when.
        expected: the revision that the writer started from; ``None`` when the writer begins a new working copy.
        origin: ``editor``, ``import`` or ``file``.

    Returns:
        The copy as stored. It also holds what others changed elsewhere since ``expected`` (see its ``merged``).

    Raises:
        DraftConflict: others changed the same units, or a copy is open already and ``expected`` is ``None``, or the
            copy was closed in between.
        InvalidInput: no document, too large, or an id that cannot be one.
    """
    content = _checked(situation_id, document)
    row = locked(session, situation_id)
    if row is None:
        return _first(session, situation_id, content, actor=actor, now=now, origin=Origin(origin))
    held = view(row)
    if not held.is_open:
        if expected is not None and expected != row.revision:
            detail = Phrase("The draft was closed while you were writing: it is %(state)s.", state=STATES[held.state])
            raise DraftConflict(detail, held, document)
        row.origin, row.authors, row.notes, row.base_version = origin, [], [], versions.newest_id(session, situation_id)
        return store(session, row, content, actor=actor, now=now)
    if expected == row.revision:
        return store(session, row, content, actor=actor, now=now)
    return _merged(session, row, held, document, actor=actor, now=now, expected=expected)


def locked(session: Session, situation_id: str) -> MapDraft | None:
    """The row of a working copy, held until the transaction ends, so that two writers queue up."""
    return session.get(MapDraft, situation_id, with_for_update=True, populate_existing=True)


def open_row(session: Session, situation_id: str, expected: int) -> MapDraft:
    """The row of an open working copy at the revision that the person has seen.

    Raises:
        NotFound: there is no working copy.
        Conflict: it is closed, or someone changed it since.
    """
    row = locked(session, situation_id)
    if row is None:
        raise NotFound(Phrase("There is no draft of %(id)s.", id=situation_id))
    if row.revision != expected:
        raise DraftConflict(
            Phrase("%(name)s has changed the draft since you opened it: read it again.", name=row.updated_by),
            view(row),
            json.loads(row.document),
        )
    return row


def at_revision(session: Session, situation_id: str, revision: int) -> dict[str, Any] | None:
    """What a working copy said at a revision; ``None`` when that is too long ago."""
    row = session.get(MapDraftRevision, (situation_id, revision))
    if row is None:
        return None
    document: dict[str, Any] = json.loads(zlib.decompress(row.packed))
    return document


def note(row: MapDraft, actor: Actor, now: datetime, text: str, places: Iterable[str] = ()) -> None:
    """Keeps a remark with a working copy.

    ``text`` is a person's words; ``places`` are units that two sides have changed, where the draft keeps its own text.
    """
    entry = {"by": actor.name, "at": now.isoformat(), "text": text, "places": list(places)}
    row.notes = [*row.notes, entry][-MOST_NOTED:]


def view(row: MapDraft, merged: tuple[UnitPath, ...] = ()) -> Draft:
    """A row as everyone else sees it."""
    return Draft(
        situation_id=row.situation_id,
        base_version=row.base_version,
        document=json.loads(row.document),
        revision=row.revision,
        state=DraftState(row.state),
        origin=Origin(row.origin),
        authors=tuple(Actor(**author) for author in row.authors),
        submitted=Actor(**row.submitted) if row.submitted else None,
        notes=tuple(row.notes),
        updated_by=row.updated_by,
        updated_at=row.updated_at,
        merged=merged,
    )


def as_json(actor: Actor) -> dict[str, str]:
    """An actor as it is kept beside a draft."""
    return {"kind": actor.kind, "id": actor.id, "name": actor.name}


def _checked(situation_id: str, document: Document) -> str:
    if not _ID.fullmatch(situation_id) or len(situation_id) > LONGEST_ID:
        wanted = Phrase("an id is made of lower-case letters, digits and points, such as nat.flood.river")
        raise InvalidInput([Fault("situation.id", wanted)])
    # ASCII only: PostgreSQL takes no NUL in a text, and a lone surrogate has no UTF-8.
    content = json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    if len(content) > MAX_BYTES:
        large = Phrase("the map is larger than %(limit)s bytes: split it, one situation each", limit=MAX_BYTES)
        raise InvalidInput([Fault("document", large)])
    return content


def _first(session: Session, situation_id: str, content: str, *, actor: Actor, now: datetime, origin: Origin) -> Draft:
    row = MapDraft(
        situation_id=situation_id,
        base_version=versions.newest_id(session, situation_id),
        document="{}",
        revision=0,
        state=DraftState.DRAFT.value,
        origin=origin.value,
        authors=[],
        submitted=None,
        notes=[],
        updated_by=actor.name,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        detail = Phrase("Someone else has just begun a draft of this map.")
        other = locked(session, situation_id)
        if other is None:
            raise
        raise DraftConflict(detail, view(other), json.loads(content)) from None
    return store(session, row, content, actor=actor, now=now)


def _merged(
    session: Session,
    row: MapDraft,
    held: Draft,
    document: Document,
    *,
    actor: Actor,
    now: datetime,
    expected: int | None,
) -> Draft:
    """Stores what can be brought together with what others wrote since ``expected``."""
    base = at_revision(session, row.situation_id, expected) if expected is not None else None
    base = base or {}
    merged, clashes = merge(base, document, held.document)
    if clashes:
        detail = Phrase(
            "%(name)s has changed the same text at the same time. Both are kept below: choose.", name=held.updated_by
        )
        raise DraftConflict(detail, held, merged, clashes)
    content = _checked(row.situation_id, merged)
    brought = tuple(touched_units(base, held.document))
    return store(session, row, content, actor=actor, now=now, merged=brought)


def store(
    session: Session,
    row: MapDraft,
    content: str,
    *,
    actor: Actor,
    now: datetime,
    merged: tuple[UnitPath, ...] = (),
) -> Draft:
    """Keeps a new text of a working copy, which is a draft again, with its revision, its author and the audit entry."""
    state = after(DraftState(row.state), Deed.EDIT)
    if content == row.document and DraftState(row.state) in OPEN:
        return view(row, merged)
    changed = touched_units(json.loads(row.document), json.loads(content))
    row.document, row.revision, row.state, row.submitted = content, row.revision + 1, state.value, None
    row.updated_by, row.updated_at = actor.name, now
    if as_json(actor) not in row.authors:
        row.authors = [*row.authors, as_json(actor)]
    session.add(
        MapDraftRevision(
            situation_id=row.situation_id,
            revision=row.revision,
            packed=zlib.compress(content.encode()),
            by=actor.name,
            at=now,
        )
    )
    session.execute(
        sa.delete(MapDraftRevision).where(
            MapDraftRevision.situation_id == row.situation_id,
            MapDraftRevision.revision <= row.revision - REVISIONS_KEPT,
        )
    )
    places = [".".join(path) for path in changed]
    detail = {"revision": row.revision, "origin": row.origin, "changed": places[:MOST_NOTED], "count": len(places)}
    audit.record(session, actor=actor, action="map.draft_changed", subject=row.situation_id, detail=detail, now=now)
    return view(row, merged)
