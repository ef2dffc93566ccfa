"""One unit of a working copy: found, changed, stored, brought together with what others wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.identity.actor import Actor
from hub.kernel.errors import Conflict, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.document import to_document
from hub.message_maps.drafts import queries, service
from hub.message_maps.drafts.merge import merge
from hub.message_maps.drafts.service import Draft, DraftConflict
from hub.message_maps.drafts.states import Origin
from hub.web.console.map_editor.fields import Unit
from hub.web.console.map_editor.sections import HEAD, Document, place

_ID = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
Change = Callable[[Document], Document]
# What a database can count to; a larger number is no revision.
LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Working:
    """A situation as it is being edited: the open draft, or else the version in force.

    ``revision`` is empty as long as no draft is open; ``published`` is the version in force, empty for a new situation,
    ``newest`` its id.
    """

    situation_id: str
    document: Document
    revision: str
    draft: Draft | None
    published: Document
    newest: str


def find(session: Session, situation_id: str) -> Working:
    """What there is to edit under an id.

    Raises:
        NotFound: neither a draft nor a version.
    """
    draft = queries.find(session, situation_id)
    published, newest = dict(queries.published(session, situation_id)), versions.newest_id(session, situation_id)
    if draft is not None and draft.is_open:
        return Working(situation_id, draft.document, str(draft.revision), draft, published, newest)
    if not published:
        raise NotFound(Phrase("There is no situation %(id)s on the map.", id=situation_id))
    return Working(situation_id, published, "", None, published, newest)


def save(session: Session, situation_id: str, revision: str, change: Change, *, actor: Actor, now: datetime) -> Draft:
    """Stores a change that someone made on the revision that their page showed, empty for the version in force.

    Raises:
        DraftConflict: someone else changed the same.
        Conflict: the page is so old that what it showed is no longer kept.
    """
    draft = queries.find(session, situation_id)
    is_open = draft is not None and draft.is_open
    if revision:
        known = revision.isascii() and revision.isdecimal() and len(revision) <= LONGEST_NUMBER
        base = service.at_revision(session, situation_id, int(revision)) if known else None
        if base is None:
            raise Conflict(Phrase("This page is too old: open it again in another window and copy your text."))
        return _put(session, situation_id, change(base), int(revision), actor, now)
    shown = dict(queries.published(session, situation_id))
    if draft is not None and is_open:
        begun = to_document(versions.get(session, draft.base_version)) if draft.base_version else {}
        merged, clashes = merge(begun, change(shown), draft.document)
        if clashes:
            detail = Phrase(
                "%(name)s has changed the same text at the same time. Both are kept below: choose.",
                name=draft.updated_by,
            )
            raise DraftConflict(detail, draft, merged, clashes)
        return _put(session, situation_id, merged, draft.revision, actor, now)
    return _put(session, situation_id, change(shown), None, actor, now)


def _put(
    session: Session, situation_id: str, document: Document, expected: int | None, actor: Actor, now: datetime
) -> Draft:
    return service.put(session, situation_id, document, actor=actor, now=now, expected=expected, origin=Origin.EDITOR)


def unit(document: Document, section: str, member: str) -> Unit:
    """One member of a section.

    Raises:
        NotFound: the document has no such member.
    """
    if section == HEAD:
        situation = document.get(HEAD)
        return situation if isinstance(situation, dict) else {}
    members = place(document, section)
    found = (
        members.get(member)
        if isinstance(members, dict)
        else next((each for each in members or () if isinstance(each, dict) and each.get("id") == member), None)
    )
    if not isinstance(found, dict):
        raise NotFound(Phrase("The draft has no %(name)s.", name=f"{section} {member}"))
    return found


def with_unit(document: Document, section: str, member: str, value: Unit) -> Document:
    """A document with one member replaced, or added at the end when someone has removed it meanwhile."""
    document = copied(document)
    if section == HEAD:
        document[HEAD] = value
        return document
    members = place(document, section)
    if isinstance(members, dict):
        members[member] = value
        return document
    names = [each.get("id") for each in members or ()]
    if member in names:
        members[names.index(member)] = value
    else:
        where = document[HEAD] if section == "facts" else document
        where[section] = [*(members or ()), value]
    return document


def begun(section: str, member: str) -> Unit:
    """An empty member.

    Raises:
        NotFound: no member can have such an id.
    """
    if not _ID.fullmatch(member):
        raise NotFound(Phrase("The draft has no %(name)s.", name=f"{section} {member}"))
    return {} if section in {"levels", "placeholders"} else {"id": member}


def unit_or_none(document: Document, section: str, member: str) -> Unit:
    """One member of a section; an empty one when the document has none."""
    try:
        return unit(document, section, member)
    except NotFound:
        return {}


def copied(document: Document) -> Document:
    """A document of its own, so that what is read stays as it was read."""
    copy: Document = json.loads(json.dumps(document))
    return copy


def path_of(section: str, member: str) -> str:
    """The path of a unit in faults, with its point at the end."""
    if section == HEAD:
        return f"{HEAD}."
    return f"{HEAD}.facts.{member}." if section == "facts" else f"{section}.{member}."


def as_dict(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}
