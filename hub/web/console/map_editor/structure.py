"""Adding, copying, removing and moving parts of a map; beginning a new one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import transaction
from hub.kernel.errors import Conflict, Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.drafts import queries, service
from hub.message_maps.drafts.states import Origin
from hub.web.console.blueprint import blueprint
from hub.web.console.map_editor import desk, draft, ground, skeletons, working
from hub.web.console.map_editor.sections import HEAD, HEAD_MEMBER, MESSAGES, SECTIONS, Document, ids, place
from hub.web.parts import parts
from hub.web.security import access, current_officer

_ID = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FACT = re.compile(r"[A-Za-z0-9]+")
_PATTERNS = {"placeholders": _NAME, "facts": _FACT}
LONGEST_ID = 100
Members = list[tuple[str, Any]]


@blueprint.post("/editor/<situation_id>/structure")
@access("map.edit")
def map_structure(situation_id: str) -> ResponseReturnValue:
    """One change: ``deed`` is add, copy, remove, up or down; ``step`` is a deed and a member in one."""
    section, member, deed = (request.form.get(name, "") for name in ("section", "member", "deed"))
    if "step" in request.form:
        deed, _, member = request.form["step"].partition(" ")
    new = request.form.get("new", "").strip()
    if section not in SECTIONS or section == HEAD or deed not in _DEEDS:
        raise InvalidInput([Fault("deed", Phrase("say what is to be done: add, copy, remove, up or down"))])

    def change(document: Document) -> Document:
        if deed in {"add", "copy"}:
            _check_new(document, section, new)
        return _with_members(document, section, _DEEDS[deed](document, section, member, new))

    try:
        with transaction() as session:
            if deed == "remove" and section == MESSAGES:
                _not_in_use(ground.terms(session).in_use.get(situation_id, frozenset()), member)
            working.save(
                session,
                situation_id,
                request.form.get("revision", ""),
                change,
                actor=current_officer().actor,
                now=parts().clock.now(),
            )
    except InvalidInput as error:
        return draft.page(situation_id, error.faults, request.form), error.status
    if deed in {"add", "copy"}:
        return redirect(url_for("console.map_member", situation_id=situation_id, section=section, member=new), 303)
    return redirect(url_for("console.map_draft", situation_id=situation_id, _anchor=section), 303)


@blueprint.post("/editor/new")
@access("map.edit")
def map_new() -> ResponseReturnValue:
    """Begins a situation that the map does not have yet."""
    name, title = (request.form.get(field, "").strip() for field in ("id", "title"))
    try:
        _begin(name, title)
    except InvalidInput as error:
        return desk.page(error.faults, request.form), error.status
    except Conflict as error:
        return desk.page([Fault("id", error.detail)], request.form), error.status
    return redirect(url_for("console.map_member", situation_id=name, section=HEAD, member=HEAD_MEMBER), 303)


def _begin(name: str, title: str) -> None:
    if not _ID.fullmatch(name) or len(name) > LONGEST_ID:
        phrase = Phrase("an id is made of lower-case letters, digits and points, such as nat.flood.river")
        raise InvalidInput([Fault("id", phrase)])
    with transaction() as session:
        known = {alias for _, each in versions.newest(session) for alias in (each.id, *each.aliases)}
        if name in known or queries.find(session, name) is not None:
            raise Conflict(Phrase("The id %(id)s is or was used: choose another one.", id=name))
        service.put(
            session,
            name,
            skeletons.situation(name, title, ground.today()),
            actor=current_officer().actor,
            now=parts().clock.now(),
            expected=None,
            origin=Origin.EDITOR,
        )


def _check_new(document: Document, section: str, new: str) -> None:
    if not _PATTERNS.get(section, _ID).fullmatch(new) or len(new) > LONGEST_ID:
        raise InvalidInput([Fault("new", Phrase("give it an id of lower-case letters, digits and points"))])
    if new in ids(document, section):
        raise InvalidInput([Fault("new", Phrase("the id %(id)s is taken: choose another one", id=new))])


def _not_in_use(used: frozenset[str], member: str) -> None:
    if member in used:
        detail = Phrase("An open alert uses the message %(id)s: remove it when the alert has ended.", id=member)
        raise Conflict(detail)


def _members(document: Document, section: str) -> Members:
    members = place(document, section)
    if isinstance(members, dict):
        return list(members.items())
    return [(str(each.get("id", "")), each) for each in members or () if isinstance(each, dict)]


def _with_members(document: Document, section: str, members: Members) -> Document:
    copy = working.copied(document)
    where = copy.setdefault(HEAD, {}) if section == "facts" else copy
    if section in {"levels", "placeholders"}:
        where[section] = dict(members)
    elif members or section in where:
        where[section] = [{"id": name, **{k: v for k, v in each.items() if k != "id"}} for name, each in members]
    return copy


def _add(document: Document, section: str, _member: str, new: str) -> Members:
    return [*_members(document, section), (new, skeletons.member(section, document))]


def _copy(document: Document, section: str, member: str, new: str) -> Members:
    working.unit(document, section, member)
    found: Members = []
    for name, each in _members(document, section):
        found.append((name, each))
        if name == member:
            found.append((new, each))
    return found


def _remove(document: Document, section: str, member: str, _new: str) -> Members:
    working.unit(document, section, member)
    return [(name, each) for name, each in _members(document, section) if name != member]


def _up(document: Document, section: str, member: str, _new: str) -> Members:
    working.unit(document, section, member)
    found = _members(document, section)
    index = [name for name, _ in found].index(member)
    if index:
        found[index - 1], found[index] = found[index], found[index - 1]
    return found


def _down(document: Document, section: str, member: str, _new: str) -> Members:
    working.unit(document, section, member)
    found = _members(document, section)
    index = [name for name, _ in found].index(member)
    if index + 1 < len(found):
        found[index + 1], found[index] = found[index], found[index + 1]
    return found


_DEEDS: dict[str, Callable[[Document, str, str, str], Members]] = {
    "add": _add,
    "copy": _copy,
    "remove": _remove,
    "up": _up,
    "down": _down,
}
