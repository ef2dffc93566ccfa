"""The review of a draft: everything that changes, what the linter says, how good the texts are, and the decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.kernel.db import reading
from hub.kernel.errors import Conflict, Fault, InvalidInput
from hub.message_maps import versions
from hub.message_maps.drafts import queries, workflow
from hub.message_maps.drafts.diff import Change, compare, grouped
from hub.message_maps.drafts.states import STATES
from hub.message_maps.layers import touched
from hub.message_maps.lint import score
from hub.message_maps.model import Situation
from hub.web.console.blueprint import blueprint
from hub.web.console.map_editor import ground, working
from hub.web.console.map_editor.draft import perform
from hub.web.console.map_editor.sections import HEAD, MESSAGES, SECTIONS
from hub.web.console.maps.words import GRADES
from hub.web.console.texts import FORMS
from hub.web.security import access, current_officer


@dataclass(frozen=True, slots=True)
class Scored:
    """One changed text with its score out of 100 in the draft, and in the version in force if it is there."""

    message: str
    form: str
    language: str
    now: int
    before: int | None


@blueprint.get("/editor/<situation_id>/review")
@access("map.read")
def map_review(situation_id: str) -> ResponseReturnValue:
    """The whole difference from the version in force, what is said of it, and the decision."""
    return _review_page(situation_id)


@blueprint.post("/editor/<situation_id>/approve")
@access("map.approve")
def map_approve(situation_id: str) -> ResponseReturnValue:
    """Puts the draft in force."""
    try:
        version_id = perform(workflow.approve, situation_id, judged=True)
    except InvalidInput as error:
        return _review_page(situation_id, error.faults), error.status
    flash(gettext("Approved: %(version)s is in force.", version=version_id))
    return redirect(url_for("console.situation", situation_id=version_id.partition("@")[0]), 303)


@blueprint.post("/editor/<situation_id>/return")
@access("map.approve")
def map_return(situation_id: str) -> ResponseReturnValue:
    """Gives the draft back to its authors."""
    reason = request.form.get("reason", "")
    try:
        perform(workflow.send_back, situation_id, reason=reason)
    except InvalidInput as error:
        return _review_page(situation_id, error.faults, reason), error.status
    except Conflict as error:
        return _review_page(situation_id, [Fault("revision", error.detail)], reason), error.status
    flash(gettext("The draft is back with its authors."))
    return redirect(url_for("console.map_draft", situation_id=situation_id), 303)


def _review_page(situation_id: str, faults: Sequence[Fault] = (), reason: str = "") -> str:
    session = reading()
    draft = queries.get_open(session, situation_id)
    terms = ground.terms(session)
    published = queries.published(session, situation_id)
    newest = versions.newest_id(session, situation_id)
    version = versions.get(session, newest) if newest else None
    changes = compare(published, draft.document)
    checkup, obstacles = workflow.findings(session, draft, terms)
    me = current_officer().actor
    return render_template(
        "console/editor/review.html",
        draft=draft,
        title=working.as_dict(working.as_dict(draft.document.get(HEAD)).get("title")),
        states=STATES,
        changes=grouped(changes),
        new=not published,
        checkup=checkup,
        obstacles=obstacles,
        faults=faults,
        reason=reason,
        concerned=(me in draft.authors or me == draft.submitted),
        scores=_scores(checkup.situation, version, changes),
        touched=touched(version, checkup.situation) if version and checkup.situation else (),
        grades=GRADES,
        form_names=FORMS,
        sections=SECTIONS,
    )


def _scores(draft: Situation | None, version: Situation | None, changes: Iterable[Change]) -> list[Scored]:
    """The scores of every text that the draft changes."""
    changed = {(each.unit[-1], *each.place.split(".")[1:3]) for each in changes if each.unit[0] == MESSAGES}
    rules = ground.terms(reading()).rules
    found: list[Scored] = []
    if draft is None:
        return found
    for message in draft.messages:
        for form, languages in message.variants.items():
            for language in languages:
                if (message.id, form, language) not in changed or form in message.same_as:
                    continue
                now = score(draft, message.id, form, language, rules).total
                found.append(
                    Scored(message.id, form, language, now, _score_before(version, message.id, form, language))
                )
    return found


def _score_before(version: Situation | None, message_id: str, form: str, language: str) -> int | None:
    if version is None or language not in getattr(version.by_id.get(message_id), "variants", {}).get(form, {}):
        return None
    return score(version, message_id, form, language, ground.terms(reading()).rules).total
