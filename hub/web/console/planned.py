"""Sending at a later moment: look at it as it will be then, keep it, move it, change it, take it back, send it now."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.alerts import service
from hub.alerts.drafts import Draft
from hub.alerts.errors import AlreadyFollowed, StalePreview
from hub.alerts.planned import queries
from hub.alerts.planned import service as planned
from hub.kernel.db import reading
from hub.kernel.errors import Conflict, Fault, HubError, InvalidInput
from hub.kernel.phrase import Phrase
from hub.web.console import tokens
from hub.web.console.alerts import overtaken
from hub.web.console.blueprint import blueprint
from hub.web.console.confirm import form_page, unsettled
from hub.web.console.confirmation import confirm_page, word
from hub.web.language import say
from hub.web.parts import parts
from hub.web.security import access, current_officer

PLAN = "/planned/<identifier>"


@blueprint.post("/plan")
@access("alert.send")
def plan() -> ResponseReturnValue:
    """From the confirmation: the same at a later moment, shown as it will be then."""
    draft, _ = tokens.read(request.form.get("token", ""))
    return _look_ahead(draft, request.form.get("at", ""))


@blueprint.post("/plan/keep")
@access("alert.send")
def keep_plan() -> ResponseReturnValue:
    """Keeps exactly what was shown until its moment; twice the same is one plan."""
    draft, digest = tokens.read(request.form.get("token", ""), planned=True)
    expected = word(draft)
    wrong = bool(expected) and request.form.get("word", "").strip().upper() != expected
    # A page that was left open after planning asks for no word: it would have to say that nothing has been planned.
    if wrong and not queries.is_alive(reading(), draft.identifier):
        phrase = Phrase("Type the word %(word)s to plan it. Nothing has been planned yet.", word=expected)
        return _again(draft, [Fault("word", phrase)])
    try:
        planned.plan(parts().desk, draft, digest, current_officer().actor)
    except StalePreview as error:
        return _again(_anew(draft), [], error)
    except AlreadyFollowed:
        return overtaken(unsettled(draft))
    except Conflict as error:
        # The plan whose place it takes has ended: what was typed stands by itself now.
        return _again(replace(_anew(draft), plan=""), [], error) if draft.plan else _cannot(draft, error)
    except InvalidInput as error:
        return _ask_again(draft, error)
    flash(say(Phrase("It is planned, and leaves by itself at its moment.")))
    return _home()


@blueprint.post("/plan/change")
@access("alert.send")
def change_plan() -> ResponseReturnValue:
    """Back to the form with everything that was typed."""
    draft, _ = tokens.read(request.form.get("token", ""), planned=True)
    return form_page(unsettled(draft), ())


@blueprint.post(f"{PLAN}/move")
@access("alert.send")
def move_plan(identifier: str) -> ResponseReturnValue:
    """The same at another moment. The plan stays as it is until the new one is confirmed."""
    return _look_ahead(queries.draft_of(reading(), identifier), request.form.get("at", ""))


@blueprint.get(f"{PLAN}/edit")
@access("alert.send")
def edit_plan(identifier: str) -> ResponseReturnValue:
    """The form with what is planned. The plan stays as it is until another one is confirmed in its place."""
    return form_page(queries.draft_of(reading(), identifier), ())


@blueprint.post(f"{PLAN}/now")
@access("alert.send")
def send_plan_now(identifier: str) -> ResponseReturnValue:
    """The confirmation, made anew for this moment."""
    draft = queries.draft_of(reading(), identifier)
    try:
        return confirm_page(service.preview(parts().desk, draft))
    except HubError as error:
        return _cannot(draft, error)


@blueprint.post(f"{PLAN}/cancel")
@access("alert.send")
def cancel_plan(identifier: str) -> ResponseReturnValue:
    """Takes a plan back, or puts away one that was not sent."""
    try:
        planned.cancel(identifier, current_officer().actor)
    except Conflict as error:
        flash(say(error.detail))
    else:
        flash(say(Phrase("It is taken back: it will not be sent.")))
    return _home()


def _anew(draft: Draft) -> Draft:
    """The draft without what a preview has fixed, but for its moment."""
    return replace(draft, identifier="", version_id="")


def _again(draft: Draft, faults: list[Fault], stale: Conflict | None = None) -> ResponseReturnValue:
    """The confirmation of that moment once more; made anew when it had become stale, so that nothing typed is lost."""
    try:
        preview = service.preview(parts().desk, draft)
    except StalePreview as error:
        return _again(_anew(draft), faults, error)
    except AlreadyFollowed:
        return overtaken(unsettled(draft))
    except InvalidInput as error:
        return _ask_again(draft, error)
    status = stale.status if stale else InvalidInput.status
    return confirm_page(preview, faults, stale.detail if stale else None, planned=True), status


def _look_ahead(draft: Draft, at: str) -> ResponseReturnValue:
    try:
        return confirm_page(planned.preview(parts().desk, draft, at), planned=True)
    except AlreadyFollowed:
        return overtaken(unsettled(draft))
    except InvalidInput as error:
        return _ask_again(draft, error)


def _ask_again(draft: Draft, error: InvalidInput) -> ResponseReturnValue:
    """Where only the moment is wrong, the page that asked for it; else the form."""
    moments = [fault for fault in error.faults if fault.field == planned.FIELD]
    try:
        if moments:
            return confirm_page(service.preview(parts().desk, unsettled(draft)), moments), error.status
    except InvalidInput as other:
        return form_page(draft, other.faults), error.status
    return form_page(draft, error.faults), error.status


def _cannot(draft: Draft, error: HubError) -> ResponseReturnValue:
    if not isinstance(error, InvalidInput):
        flash(say(error.detail))
        return _home()
    return form_page(draft, error.faults), error.status


def _home() -> ResponseReturnValue:
    return redirect(url_for("console.home") + "#planned", 303)
