"""Sending what was confirmed, and the ways back when it cannot be sent."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.alerts import queries, service
from hub.alerts.drafts import Draft
from hub.alerts.errors import AlreadyFollowed, StalePreview
from hub.alerts.planned import service as planned
from hub.kernel.db import reading
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.web.console import tokens
from hub.web.console.alerts import alert_page, overtaken
from hub.web.console.blueprint import blueprint
from hub.web.console.compose import compose_page
from hub.web.console.confirmation import confirm_page, word
from hub.web.parts import parts
from hub.web.security import access, current_officer


@blueprint.get("/confirm")
@access("alert.send")
def no_confirmation() -> ResponseReturnValue:
    """A confirmation is made from a form; an address that was kept or reloaded leads home."""
    return redirect(url_for("console.home"), 303)


@blueprint.post("/confirm")
@access("alert.send")
def confirm() -> ResponseReturnValue:
    """Sends exactly what was shown; twice the same is one alert."""
    draft, digest = tokens.read(request.form.get("token", ""))
    expected = word(draft)
    # A page that was left open after sending asks for no word: it would have to say that nothing has been sent.
    if expected and request.form.get("word", "").strip().upper() != expected and not _sent(draft):
        fault = Fault("word", Phrase("Type the word %(word)s to send. Nothing has been sent yet.", word=expected))
        return _again(draft, [fault])
    try:
        result = planned.trigger(parts().desk, draft, digest, current_officer().actor)
    except StalePreview as error:
        return _again(unsettled(draft), [], error)
    except AlreadyFollowed:
        return overtaken(unsettled(draft))
    except Conflict as error:
        if not draft.plan:
            raise
        # The planned send whose place it takes has ended: what was typed stands by itself now.
        return _again(replace(unsettled(draft), plan=""), [], error)
    except InvalidInput as error:
        return form_page(draft, error.faults), error.status
    return redirect(url_for("console.alert", identifier=result.identifier), 303)


@blueprint.post("/confirm/change")
@access("alert.send")
def change() -> ResponseReturnValue:
    """Back to the form with everything that was typed."""
    draft, _ = tokens.read(request.form.get("token", ""))
    if _sent(draft):  # a page left open after sending: the form would look as if nothing had left
        return redirect(url_for("console.alert", identifier=draft.identifier), 303)
    return form_page(unsettled(draft), ())


def _sent(draft: Draft) -> bool:
    try:
        queries.get(reading(), draft.identifier)
    except NotFound:
        return False
    return True


def _again(draft: Draft, faults: list[Fault], stale: Conflict | None = None) -> ResponseReturnValue:
    """The confirmation once more; made anew when it had become stale, so that nothing typed is lost."""
    try:
        preview = service.preview(parts().desk, draft)
    except StalePreview as error:
        return _again(unsettled(draft), [], error)
    except AlreadyFollowed:
        return overtaken(unsettled(draft))
    except InvalidInput as error:
        return form_page(draft, error.faults), error.status
    status = stale.status if stale else InvalidInput.status
    return confirm_page(preview, faults, stale.detail if stale else None), status


def unsettled(draft: Draft) -> Draft:
    """The draft without what a preview has fixed: it can be looked at anew."""
    return replace(draft, identifier="", sent=None, version_id="")


def form_page(draft: Draft, faults: tuple[Fault, ...]) -> str:
    """The form that the draft came from, with everything typed."""
    draft = unsettled(draft)
    return alert_page(draft.follows, draft, faults) if draft.follows else compose_page(draft, faults)
