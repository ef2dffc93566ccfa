"""From draft to review to a published version, and what else officers decide about a map.

A version is published by someone who has not written it and has not handed it in: four eyes. Source: rule MAP-05.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.identity.actor import Actor
from hub.kernel.errors import Conflict, Fault, Forbidden, InvalidInput
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.document import to_document
from hub.message_maps.drafts import shipped
from hub.message_maps.drafts.checkup import Checkup, Terms, check_document, check_ids
from hub.message_maps.drafts.merge import Clash, Document, merge
from hub.message_maps.drafts.models import MapDraft
from hub.message_maps.drafts.service import Draft, as_json, locked, note, open_row, store, view
from hub.message_maps.drafts.states import Deed, DraftState, after
from hub.message_maps.judged import keep
from hub.message_maps.model import Situation, State


def submit(session: Session, situation_id: str, *, actor: Actor, now: datetime, expected: int, terms: Terms) -> Draft:
    """Hands a working copy in for review.

    Raises:
        InvalidInput: it has a fault, an error of the linter, or a warning that nobody gave a reason for; all of them.
        Conflict: it changes nothing, it is in review already, it has changed since the person looked, or a newer
            version was published since it was begun.
    """
    row = open_row(session, situation_id, expected)
    state = after(DraftState(row.state), Deed.SUBMIT)
    _ready(session, row, terms)
    row.state, row.submitted = state.value, as_json(actor)
    detail = {"revision": row.revision, "authors": row.authors}
    audit.record(session, actor=actor, action="map.submitted", subject=situation_id, detail=detail, now=now)
    return view(row)


def approve(session: Session, situation_id: str, *, actor: Actor, now: datetime, expected: int, terms: Terms) -> str:
    """Publishes a working copy as a version in force.

    Everything is checked again: rules, other maps and alerts may have changed since it was handed in. A new id keeps
    the former one as an alias, under which nothing else is ever published.

    Returns:
        The id of the version.

    Raises:
        Forbidden: this officer wrote it or handed it in.
        InvalidInput: see `submit`.
        Conflict: see `submit`; or it is not in review.
    """
    row = open_row(session, situation_id, expected)
    state = after(DraftState(row.state), Deed.APPROVE)
    _another_officer(row, actor)
    situation = _ready(session, row, terms)
    record = {
        "deed": "approved",
        "authors": row.authors,
        "submitted": row.submitted,
        "approved": as_json(actor),
        "at": now.isoformat(),
        "origin": row.origin,
    }
    former = situation_id if situation.id != situation_id else ""
    if former and former not in situation.aliases:
        situation = replace(situation, aliases=(*situation.aliases, former))
    version_id = _publish(session, situation, terms, actor=actor, now=now, record=record)
    if former and row.base_version:
        gone = replace(versions.get(session, row.base_version), status=State.RETIRED)
        _publish(session, gone, terms, actor=actor, now=now, record={**record, "deed": "renamed"})
    row.state, row.document = state.value, json.dumps(to_document(versions.get(session, version_id)))
    row.base_version = version_id
    shipped.land_waiting(session, situation_id, actor=actor, now=now)
    audit.record(session, actor=actor, action="map.approved", subject=version_id, detail=record, now=now)
    return version_id


def send_back(session: Session, situation_id: str, *, actor: Actor, now: datetime, expected: int, reason: str) -> Draft:
    """Returns a copy to its authors with what must change.

    Raises:
        InvalidInput: no reason is given.
        Conflict: it is not in review, or has changed since.
    """
    row = open_row(session, situation_id, expected)
    state = after(DraftState(row.state), Deed.SEND_BACK)
    row.state, row.submitted = state.value, None
    note(row, actor, now, _given(reason, Phrase("say what must change, so that the authors can do it")))
    detail = {"revision": row.revision, "reason": reason.strip()}
    audit.record(session, actor=actor, action="map.sent_back", subject=situation_id, detail=detail, now=now)
    return view(row)


def discard(session: Session, situation_id: str, *, actor: Actor, now: datetime, expected: int) -> Draft:
    """Gives a working copy up. Its last text stays readable until the next one is begun.

    Raises:
        Conflict: it is not open, or has changed since.
    """
    row = open_row(session, situation_id, expected)
    row.state = after(DraftState(row.state), Deed.DISCARD).value
    given_up = view(row)
    shipped.land_waiting(session, situation_id, actor=actor, now=now)
    detail = {"revision": given_up.revision}
    audit.record(session, actor=actor, action="map.draft_discarded", subject=situation_id, detail=detail, now=now)
    return given_up


def rebase(
    session: Session, situation_id: str, *, actor: Actor, now: datetime, expected: int
) -> tuple[Draft, tuple[Clash, ...]]:
    """Takes over into a working copy what was published since it was begun.

    The draft's own text stays where both changed the same; those places are noted and returned.

    Raises:
        Conflict: the copy is closed, or has changed since the person looked.
    """
    row = open_row(session, situation_id, expected)
    after(DraftState(row.state), Deed.SUBMIT if row.state == DraftState.DRAFT else Deed.SEND_BACK)
    newest = versions.newest_id(session, situation_id)
    if newest == row.base_version:
        return view(row), ()
    base = to_document(versions.get(session, row.base_version)) if row.base_version else {}
    merged, clashes = merge(base, json.loads(row.document), to_document(versions.get(session, newest)))
    row.base_version = newest
    if clashes:
        note(row, actor, now, "", [clash.place for clash in clashes])
    return store(session, row, json.dumps(merged, separators=(",", ":")), actor=actor, now=now), clashes


def retire(session: Session, situation_id: str, *, actor: Actor, now: datetime, reason: str, terms: Terms) -> str:
    """Takes a situation off the map. Its versions stay; a new working copy can bring it back.

    Raises:
        InvalidInput: no reason is given.
        Conflict: a working copy is open, or an open alert uses the situation.
        NotFound: no such situation.
    """
    why = _given(reason, Phrase("say why the situation is taken off the map"))
    _, situation = versions.find(session, situation_id)  # a former id leads to the present one
    row = locked(session, situation.id)
    if row is not None:
        row.state = after(DraftState(row.state), Deed.RETIRE).value
    if terms.in_use.get(situation.id):
        raise Conflict(Phrase("An open alert uses this situation: end the alert first."))
    record = {"deed": "retired", "approved": as_json(actor), "at": now.isoformat(), "reason": why}
    gone = replace(situation, status=State.RETIRED)
    version_id = _publish(session, gone, terms, actor=actor, now=now, record=record)
    audit.record(session, actor=actor, action="map.retired", subject=version_id, detail=record, now=now)
    return version_id


def review_again(session: Session, situation_id: str, *, actor: Actor, now: datetime, terms: Terms) -> str:
    """Writes down that someone read a situation through and found nothing to change: a version with a new review date.

    Raises:
        Conflict: a working copy is open (approving it is a review too), or it was reviewed today already.
        NotFound: no such situation.
    """
    _, situation = versions.find(session, situation_id)
    row = locked(session, situation.id)
    if row is not None and view(row).is_open:
        raise Conflict(Phrase("A draft of this map is open: finish it, that is a review too."))
    record = {"deed": "reviewed", "approved": as_json(actor), "at": now.isoformat()}
    version_id = _publish(session, situation, terms, actor=actor, now=now, record=record)
    audit.record(session, actor=actor, action="map.reviewed", subject=version_id, detail=record, now=now)
    return version_id


def findings(session: Session, draft: Draft, terms: Terms) -> tuple[Checkup, list[Fault]]:
    """What is to be said about a working copy as it stands, and everything that keeps it from being handed in."""
    checkup = check_document(draft.document, terms)
    return checkup, checkup.obstacles + check_ids(session, draft.situation_id, draft.document, terms)


def same_words(one: Document, other: Document) -> bool:
    """Whether two documents say the same, whatever their version, state and review date."""
    return _words(one) == _words(other)


def _words(document: Document) -> dict[str, Any]:
    situation = document.get("situation")
    head = dict(situation) if isinstance(situation, dict) else {}
    owner = head.get("owner")
    head["owner"] = {**owner, "reviewed_on": ""} if isinstance(owner, dict) else owner
    return {**document, "situation": {**head, "version": "", "status": ""}}


def _ready(session: Session, row: MapDraft, terms: Terms) -> Situation:
    newest = versions.newest_id(session, row.situation_id)
    if newest != row.base_version:
        raise Conflict(Phrase("A newer version was published since this draft was begun: take it over first."))
    draft = view(row)
    if newest:
        published = versions.get(session, newest)
        if published.status is not State.RETIRED and same_words(draft.document, to_document(published)):
            raise Conflict(Phrase("The draft says the same as the version in force."))
    checkup, obstacles = findings(session, draft, terms)
    if obstacles or checkup.situation is None:
        raise InvalidInput(obstacles, Phrase("This draft cannot be published yet: mend what is named below."))
    return checkup.situation


def _another_officer(row: MapDraft, actor: Actor) -> None:
    mine = as_json(actor)
    concerned = [*row.authors, row.submitted]
    if any(each and (each["kind"], each["id"]) == (mine["kind"], mine["id"]) for each in concerned):
        raise Forbidden(Phrase("You wrote this draft or handed it in: another officer must approve it."))


def _publish(
    session: Session, situation: Situation, terms: Terms, *, actor: Actor, now: datetime, record: Mapping[str, Any]
) -> str:
    newest = versions.newest_id(session, situation.id)
    number = int(newest.rpartition("@")[2]) + 1 if newest else 1
    owner = situation.owner
    if situation.status is not State.RETIRED:
        owner = replace(owner, reviewed_on=terms.today)
        situation = replace(situation, status=State.APPROVED)
    published = replace(situation, version=number, owner=owner)
    fresh = versions.publish(
        session,
        [published],
        now=now,
        actor_name=actor.name,
        origin=versions.EDITOR,
        record=record,
    )
    if not fresh:
        raise Conflict(Phrase("Someone else has just published this map: read it again."))
    keep(session, published, terms.rules)
    return fresh[0].id


def _given(reason: str, wanted: Phrase) -> str:
    if not reason.strip():
        raise InvalidInput([Fault("reason", wanted)], wanted)
    return reason.strip()
