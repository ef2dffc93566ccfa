"""The page of one draft: its parts, what is said of it, and its way to a version in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, InvalidInput
from hub.message_maps.drafts import shipped, workflow
from hub.message_maps.drafts.diff import compare
from hub.message_maps.drafts.states import STATES
from hub.web.console.blueprint import blueprint
from hub.web.console.map_editor import ground, working
from hub.web.console.map_editor.sections import HEAD, HEAD_MEMBER, SECTIONS, Document, place
from hub.web.console.maps.words import GRADES
from hub.web.console.texts import FORMS
from hub.web.parts import parts
from hub.web.security import access, current_officer

Done = TypeVar("Done")


@blueprint.get("/editor/<situation_id>")
@access("map.edit")
def map_draft(situation_id: str) -> ResponseReturnValue:
    """Everything about one draft; without one, the version in force, ready to be changed."""
    return page(situation_id)


@blueprint.post("/editor/<situation_id>/submit")
@access("map.edit")
def map_submit(situation_id: str) -> ResponseReturnValue:
    """Hands the draft in."""
    try:
        perform(workflow.submit, situation_id, judged=True)
    except InvalidInput as error:
        return page(situation_id, error.faults), error.status
    flash(gettext("The draft is handed in. Another officer must approve it."))
    return redirect(url_for("console.map_review", situation_id=situation_id), 303)


@blueprint.post("/editor/<situation_id>/discard")
@access("map.edit")
def map_discard(situation_id: str) -> ResponseReturnValue:
    """Gives the draft up."""
    perform(workflow.discard, situation_id)
    flash(gettext("The draft is given up; nothing of it is in force."))
    return redirect(url_for("console.map_desk"), 303)


@blueprint.post("/editor/<situation_id>/take-over")
@access("map.edit")
def map_rebase(situation_id: str) -> ResponseReturnValue:
    """Takes what was published since into the draft."""
    _draft, clashes = perform(workflow.rebase, situation_id)
    if clashes:
        flash(gettext("Taken over. Where both had changed the same, the draft keeps its own text: see the notes."))
    else:
        flash(gettext("Taken over: the draft now holds both."))
    return redirect(url_for("console.map_draft", situation_id=situation_id), 303)


def perform(deed: Callable[..., Done], situation_id: str, *, judged: bool = False, **more: str) -> Done:
    """A deed of the workflow by this officer, on the revision that the page showed, in one transaction.

    Args:
        deed: a command of `hub.message_maps.drafts.workflow`.
        situation_id: whose draft.
        judged: the deed needs to know what drafts are checked against.
        more: what the deed takes besides.
    """
    with transaction() as session:
        ground_rules = {"terms": ground.terms(session)} if judged else {}
        actor, now = current_officer().actor, parts().clock.now()
        return deed(session, situation_id, actor=actor, now=now, expected=revision(), **ground_rules, **more)


def revision() -> int:
    """The revision that the page showed; 0, which no draft has, when the form does not say."""
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= working.LONGEST_NUMBER else 0


def page(situation_id: str, faults: Sequence[Fault] = (), typed: Mapping[str, str] | None = None) -> str:
    """The page of a draft, with what was just refused and what was typed there."""
    session = reading()
    here = working.find(session, situation_id)
    checkup, obstacles = (
        workflow.findings(session, here.draft, ground.terms(session)) if here.draft is not None else (None, [])
    )
    return render_template(
        "console/editor/draft.html",
        work=here,
        title=working.as_dict(working.as_dict(here.document.get(HEAD)).get("title")),
        members={section: _members(here.document, section) for section in SECTIONS if section != HEAD},
        sections=SECTIONS,
        head=(HEAD, HEAD_MEMBER),
        here_languages=parts().settings.site.languages,
        accepted=[each for each in here.document.get("accepted") or () if isinstance(each, dict)],
        changed={".".join(change.unit) for change in compare(here.published, here.document)},
        states=STATES,
        checkup=checkup,
        obstacles=obstacles,
        faults=faults,
        typed=typed or {},
        grades=GRADES,
        form_names=FORMS,
        outdated=_outdated(here),
        waits=shipped.waits(session, situation_id),
    )


def _members(document: Document, section: str) -> list[tuple[str, dict[str, str]]]:
    """The members of a section: id and what they say of themselves, as far as it can be read."""
    members = place(document, section)
    pairs = (
        members.items()
        if isinstance(members, dict)
        else [(str(each.get("id", "")), each) for each in members or () if isinstance(each, dict)]
    )
    found = []
    for name, each in pairs:
        said = working.as_dict(each)
        words = next((working.as_dict(said[key]) for key in ("title", "label", "text") if key in said), {})
        found.append((name, {language: str(text) for language, text in words.items() if text}))
    return found


def _outdated(here: working.Working) -> bool:
    return here.draft is not None and here.draft.base_version != here.newest
