"""The page of one part of a map: a message with all its texts, a fact, an action, a level, a blank, the situation."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps.document import read_document
from hub.message_maps.drafts import presence
from hub.message_maps.drafts.diff import compare, grouped
from hub.message_maps.drafts.merge import UnitPath
from hub.message_maps.drafts.service import Draft, DraftConflict
from hub.message_maps.drafts.states import STATES
from hub.web.console.blueprint import blueprint
from hub.web.console.map_editor import fields, ground, variants, working
from hub.web.console.map_editor.fields import Form, Unit
from hub.web.console.map_editor.sections import HEAD, MESSAGES, SECTIONS, Document, ids, place, specs
from hub.web.console.map_editor.verdict import verdict
from hub.web.console.map_editor.working import Working
from hub.web.console.maps.words import GRADES
from hub.web.console.texts import FORMS
from hub.web.parts import parts
from hub.web.security import access, current_officer

ADDRESS = "/editor/<situation_id>/<section>/<member>"


@blueprint.get(ADDRESS)
@access("map.edit")
def map_member(situation_id: str, section: str, member: str) -> ResponseReturnValue:
    """The form of one part, as the draft has it, or else the version in force."""
    here = working.find(reading(), situation_id)
    unit = working.unit(here.document, _known(section), member)
    _present(situation_id, section, member, edited=False)
    return _page(here, section, member, unit)


@blueprint.post(ADDRESS)
@access("map.edit")
def map_member_save(situation_id: str, section: str, member: str) -> ResponseReturnValue:
    """Stores what was typed. Where someone else changed the same, both texts are shown and nothing is lost."""
    _known(section)
    try:
        _save(situation_id, section, member)
    except DraftConflict as conflict:
        here = working.find(reading(), situation_id)
        mine = working.unit(dict(conflict.mine), section, member)
        theirs = working.unit_or_none(here.document, section, member)
        return _page(here, section, member, mine, theirs=theirs, conflict=conflict.detail), conflict.status
    flash(gettext("The draft is saved."))
    return redirect(url_for("console.map_member", situation_id=situation_id, section=section, member=member), 303)


@blueprint.post(ADDRESS + "/check")
@access("map.edit")
def map_member_check(situation_id: str, section: str, member: str) -> ResponseReturnValue:
    """For htmx, after a pause in typing: stores the draft and answers with what is said of it."""
    _known(section)
    try:
        draft = _save(situation_id, section, member)
    except DraftConflict as conflict:
        others = _others(situation_id, section, member)
        return render_template("console/editor/said.html", conflict=conflict.detail, others=others, out_of_band=True)
    # An id that was changed here is known by its old name until the page is loaded again.
    said = _verdict(draft.document, member) if section == MESSAGES else None
    faults = [] if said else _faults(draft.document, section, member)
    return render_template(
        "console/editor/said.html",
        draft=draft,
        verdict=said,
        faults=faults,
        grades=GRADES,
        form_names=FORMS,
        others=_others(situation_id, section, member),
        now=parts().clock.now(),
        out_of_band=True,
    )


@blueprint.post(ADDRESS + "/presence")
@access("map.edit")
def map_member_presence(situation_id: str, section: str, member: str) -> ResponseReturnValue:
    """For htmx, now and then: says that this officer is still here, answers who else is."""
    _present(situation_id, _known(section), member, edited=False)
    return render_template("console/editor/others.html", others=_others(situation_id, section, member))


def _known(section: str) -> str:
    if section not in SECTIONS:
        raise NotFound(Phrase("A map has no part %(name)s.", name=section))
    return section


def _save(situation_id: str, section: str, member: str) -> Draft:
    now, actor = parts().clock.now(), current_officer().actor

    def change(document: Document) -> Document:
        return working.with_unit(document, section, member, _typed(document, section, member))

    with transaction() as session:
        draft = working.save(session, situation_id, request.form.get("revision", ""), change, actor=actor, now=now)
        presence.note_presence(session, situation_id, f"{section}.{member}", actor=actor, now=now, edited=True)
    return draft


def _typed(document: Document, section: str, member: str) -> Unit:
    languages = parts().settings.site.languages
    form: Form = request.form
    # A part that someone has removed meanwhile comes back with what was typed into it.
    before = working.unit_or_none(document, section, member) or working.begun(section, member)
    unit = fields.taken(specs(section, document), before, form, languages)
    return variants.taken(unit, form, languages) if section == MESSAGES else unit


def _present(situation_id: str, section: str, member: str, *, edited: bool) -> None:
    with transaction() as session:
        presence.note_presence(
            session,
            situation_id,
            f"{section}.{member}",
            actor=current_officer().actor,
            now=parts().clock.now(),
            edited=edited,
        )


def _others(situation_id: str, section: str, member: str) -> list[presence.Present]:
    return presence.others(
        reading(), situation_id, f"{section}.{member}", actor=current_officer().actor, now=parts().clock.now()
    )


def _verdict(document: Document, member: str) -> Any:
    return verdict(document, member, ground.terms(reading()), parts().settings.site.languages)


def _faults(document: Document, section: str, member: str) -> list[Fault]:
    """The faults of one unit, by their path inside it."""
    terms = ground.terms(reading())
    start = working.path_of(section, member)
    found = read_document(document, terms.rules, terms.sources)[1]
    return [Fault(each.field.removeprefix(start), each.phrase) for each in found if each.field.startswith(start)]


def _page(
    here: Working,
    section: str,
    member: str,
    unit: Unit,
    *,
    theirs: Unit | None = None,
    conflict: Phrase | None = None,
) -> str:
    languages = parts().settings.site.languages
    document = working.with_unit(here.document, section, member, unit)
    faults = _faults(document, section, member)
    is_message = section == MESSAGES
    names = ids(document, section)
    return render_template(
        "console/editor/message.html" if is_message else "console/editor/member.html",
        work=here,
        section=section,
        section_name=SECTIONS[section],
        member=member,
        unit=unit,
        states=STATES,
        fields=fields.shown(specs(section, document), unit, languages, faults, theirs),
        boxes=variants.boxes(unit, languages, theirs) if is_message else (),
        verdict=_verdict(document, member) if is_message else None,
        conflict=conflict,
        grades=GRADES,
        form_names=FORMS,
        others=_others(here.situation_id, section, member),
        changes=grouped(
            change for change in compare(here.published, here.document) if _is_of(change.unit, section, member)
        ),
        built=_built_on(document, section, member),
        neighbours=_neighbours(names, member),
        now=parts().clock.now(),
    )


def _is_of(unit: UnitPath, section: str, member: str) -> bool:
    if section == HEAD:
        return unit[0] == HEAD and "facts" not in unit
    return unit[-2:] == (section, member)


def _neighbours(names: list[str], member: str) -> tuple[str, str]:
    if member not in names:
        return "", ""
    index = names.index(member)
    return names[index - 1] if index else "", names[index + 1] if index + 1 < len(names) else ""


def _built_on(document: Document, section: str, member: str) -> list[str]:
    """The messages to read again when a fact or an action changes."""
    actions = {member}
    if section == "facts":
        actions = {
            str(each.get("id"))
            for each in place(document, "actions") or ()
            if isinstance(each, dict) and member in (each.get("facts") or ())
        }
    elif section != "actions":
        return []
    return [
        str(each.get("id"))
        for each in place(document, MESSAGES) or ()
        if isinstance(each, dict) and actions.intersection(each.get("actions") or ())
    ]
