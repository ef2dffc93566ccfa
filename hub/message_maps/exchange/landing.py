"""Import: what a file would change in the present maps, and its confirmation, which lands as drafts or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.identity.actor import Actor
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.document import read_document, to_document
from hub.message_maps.drafts import service as drafts
from hub.message_maps.drafts.models import MapDraft
from hub.message_maps.exchange.files import Context, Document, Kept, Reading
from hub.message_maps.exchange.formats import read
from hub.message_maps.exchange.models import MapKept
from hub.message_maps.exchange.plan import Fate, Step, plan
from hub.message_maps.model import Source
from hub.message_maps.rules import Rules

# Some hundred kilobytes a situation when Freeplane has saved it; beyond this the pictures of a map are not kept.
MOST_KEPT = 4_000_000
_LANDS = frozenset({Fate.ADDED, Fate.CHANGED})


@dataclass(frozen=True, slots=True)
class Terms:
    """What an import must know: the rules, the sources of facts, and the messages of open alerts by situation."""

    rules: Rules
    sources: Mapping[str, Source]
    in_use: Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Base:
    """What there is of a situation now: its open working copy, else the version in force.

    ``expected`` is the revision that a new working copy must follow, ``None`` when none is open. ``mark`` changes
    whenever anything of it changes.
    """

    document: Document | None
    expected: int | None
    mark: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. ``stamp`` stands for the file and everything that it was compared with.

    ``file`` is the name of the file, ``digest`` its SHA-256 in hexadecimal digits.
    """

    file: str
    digest: str
    steps: tuple[Step, ...]
    notes: tuple[Phrase, ...]
    kept: Kept
    bases: Mapping[str, Base]
    stamp: str

    @property
    def lands(self) -> tuple[Step, ...]:
        """The steps that would write something."""
        return tuple(step for step in self.steps if step.fate in _LANDS)


def base_of(session: Session, situation_id: str) -> Base:
    """The present state of a situation; nothing of it when it is unknown."""
    draft = _draft(session, situation_id)
    try:
        version_id, situation = versions.find(session, situation_id)
        published = to_document(situation)
    except NotFound:
        version_id, published = "", None
    mark = f"{version_id}/{draft.revision if draft else ''}/{draft.state if draft else ''}"
    if draft is not None and draft.is_open:
        return Base(draft.document, draft.revision, mark)
    return Base(published, None, mark)


def preview(session: Session, raw: bytes, filename: str, terms: Terms) -> Preview:
    """Reads a file and compares it with what there is. Nothing is written.

    Raises:
        InvalidInput: nothing can be made of the file.
    """
    bases: dict[str, Base] = {}

    def base(situation_id: str) -> Document | None:
        if situation_id not in bases:
            bases[situation_id] = base_of(session, situation_id)
        return bases[situation_id].document

    reading = read(raw, filename, Context(terms.rules, terms.sources, base))
    names = [each.situation_id for each in reading.candidates]
    present = {name: document for name in names if (document := base(name)) is not None}
    steps = plan(reading, present, terms.in_use)
    notes = (*reading.notes, *_too_much_beside(reading))
    digest = hashlib.sha256(raw).hexdigest()
    return Preview(filename, digest, steps, notes, reading.kept, bases, _stamp(raw, bases))


def confirm(session: Session, found: Preview, *, stamp: str, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Stores what a preview has shown, as drafts. All of it or, when anything has changed since, nothing.

    A file takes seconds to read, during which nobody else could write: its preview is made before the transaction.

    Args:
        session: the session of the open write transaction.
        found: the preview of that very file, made anew.
        stamp: that of the preview which the person has seen.
        actor: who confirms.
        now: when.

    Returns:
        The ids of the situations whose working copy holds the import now.

    Raises:
        InvalidInput: the file changes nothing.
        Conflict: a map was changed after the preview, or is being changed at this moment.
    """
    if found.stamp != stamp or not _still(session, found):
        raise Conflict(
            Phrase("The maps have changed since the preview. Nothing was imported: look at the new preview first.")
        )
    if not found.lands:
        raise InvalidInput([Fault("file", Phrase("this file changes nothing"))], Phrase("Nothing was imported."))
    for step in found.lands:
        name = step.candidate.situation_id
        base = found.bases[name]
        drafts.put(
            session, name, step.candidate.document, actor=actor, now=now, expected=base.expected, origin="import"
        )
        _keep(session, name, step.candidate.kept, now)
    _keep(session, "", found.kept, now)
    names = tuple(step.candidate.situation_id for step in found.lands)
    detail = {"file": found.file, "situations": list(names)}
    audit.record(session, actor=actor, action="map.imported", subject=found.digest, detail=detail, now=now)
    return names


def kept(session: Session, situation_ids: Collection[str]) -> dict[str, Kept]:
    """What imports have put aside for some situations and for the catalogue."""
    wanted = sa.select(MapKept).where(MapKept.situation_id.in_(["", *situation_ids]))
    return {row.situation_id: json.loads(row.content) for row in session.scalars(wanted)}


def exportable(session: Session, situation_id: str, terms: Terms, *, draft: bool) -> Document:
    """The document of a situation to be written into a file: the version in force, or its open working copy.

    Raises:
        NotFound: there is no such situation, or no open working copy.
        InvalidInput: the working copy has faults; a file of it could not be read back.
    """
    if not draft:
        return to_document(versions.find(session, situation_id)[1])
    copy = _draft(session, situation_id)
    if copy is None or not copy.is_open:
        raise NotFound(Phrase("There is no open draft of %(id)s.", id=situation_id))
    situation, faults = read_document(copy.document, terms.rules, terms.sources)
    if situation is None:
        raise InvalidInput(faults, Phrase("The draft has faults: mend them, then it can be exported."))
    return to_document(situation)


def _draft(session: Session, situation_id: str) -> drafts.Draft | None:
    row = session.get(MapDraft, situation_id)
    return drafts.view(row) if row is not None else None


def _still(session: Session, found: Preview) -> bool:
    """Holds the working copies until the transaction ends, and looks whether they are still those of the preview."""
    names = sorted(step.candidate.situation_id for step in found.lands)
    for name in names:
        drafts.locked(session, name)
    return all(base_of(session, name).mark == found.bases[name].mark for name in names)


def _keep(session: Session, situation_id: str, content: Kept, now: datetime) -> None:
    text = _as_kept(content)
    if not content or len(text) > MOST_KEPT:
        return
    row = session.get(MapKept, situation_id, with_for_update=True)
    if row is not None:
        row.content, row.imported_at = text, now
        return
    try:
        with session.begin_nested():
            session.add(MapKept(situation_id=situation_id, content=text, imported_at=now))
    except IntegrityError:
        raise Conflict(Phrase("Somebody else has imported at the same moment. Nothing was imported.")) from None


def _as_kept(content: Kept) -> str:
    return json.dumps(content, separators=(",", ":"))


def _too_much_beside(reading: Reading) -> Iterator[Phrase]:
    """Names the situations whose notes and pictures of other programs are too large to be put aside."""
    beside = [(each.situation_id, each.kept) for each in reading.candidates]
    for name, content in [*beside, ("", reading.kept)]:
        if len(_as_kept(content)) > MOST_KEPT:
            yield Phrase(
                "%(name)s: the notes, pictures and styles of other programs take more than %(limit)s MB and are not "
                "kept. The map itself is imported whole.",
                name=name or Phrase("The whole file"),
                limit=MOST_KEPT // 1_000_000,
            )


def _stamp(raw: bytes, bases: Mapping[str, Base]) -> str:
    marks = {name: base.mark for name, base in sorted(bases.items())}
    return hashlib.sha256(raw + json.dumps(marks).encode()).hexdigest()
