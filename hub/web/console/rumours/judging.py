"""How grave a rumour is, and what is done about it."""

from __future__ import annotations

from dataclasses import asdict, replace

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.rumours import work
from hub.rumours.speed import measured
from hub.rumours.states import RESPONSE_LABELS, Response
from hub.rumours.triage import GRAVE, STILL_SMALL, Band, Weights, score, suggested
from hub.web.console.blueprint import blueprint
from hub.web.console.rumours import typed, words
from hub.web.console.rumours.sheet import ADDRESS, here, sheet_of
from hub.web.console.rumours.typed import Shown
from hub.web.parts import parts
from hub.web.security import access, current_officer


@blueprint.get(ADDRESS + "/weigh")
@access("rumour.work")
def weigh(rumour_id: str) -> ResponseReturnValue:
    """The form with the meaning of each number."""
    return _weigh_page(rumour_id, None)


@blueprint.post(ADDRESS + "/weigh")
@access("rumour.work")
def save_weights(rumour_id: str) -> ResponseReturnValue:
    """Weighs it."""
    return typed.attempt(
        lambda shown: _weigh_page(rumour_id, shown),
        lambda: work.triage(
            parts().rumours,
            typed.ref(rumour_id),
            _weights(),
            actor=current_officer().actor,
            override=_override(),
        ),
        here(rumour_id),
        Phrase("Weighed."),
    )


@blueprint.post(ADDRESS + "/weigh/score")
@access("rumour.work")
def live_score(rumour_id: str) -> ResponseReturnValue:
    """The score with its parts while the form is being filled in, for htmx; stores nothing."""
    weights = replace(_weights(), velocity=measured(reading(), rumour_id, parts().clock.now()))
    return _score(weights)


@blueprint.get(ADDRESS + "/decide")
@access("rumour.work")
def decide(rumour_id: str) -> ResponseReturnValue:
    """What is done about it, with a suggestion and its reason."""
    return _decide_page(rumour_id, None)


@blueprint.post(ADDRESS + "/decide")
@access("rumour.work")
def save_decision(rumour_id: str) -> ResponseReturnValue:
    """Records the decision; a decision to leave it alone may end the work as well."""
    actor = current_officer().actor

    def deed() -> None:
        ref = typed.ref(rumour_id)
        work.decide(parts().rumours, ref, _decision(), actor=actor)
        if request.form.get("close"):
            work.close(parts().rumours, replace(ref, revision=ref.revision + 1), actor=actor)

    return typed.attempt(
        lambda shown: _decide_page(rumour_id, shown), deed, here(rumour_id), Phrase("The decision is recorded.")
    )


def _weights() -> Weights:
    form = request.form
    return Weights(
        harm=typed.number(form.get("harm", "")),
        believability=typed.number(form.get("believability", "")),
        spread=typed.number(form.get("spread", "")),
        velocity=0,
        actor=typed.number(form.get("actor", "")),
        local=bool(form.get("local")),
    )


def _override() -> work.Override | None:
    band = request.form.get("override", "")
    if not band:
        return None
    if band not in set(Band):
        raise InvalidInput([Fault("override", Phrase("Choose one of the list."))])
    return work.Override(Band(band), request.form.get("override_reason", ""))


def _decision() -> work.Decision:
    wanted = request.form.get("response", "")
    if wanted not in set(Response) - {Response.UNDECIDED}:
        raise InvalidInput([Fault("response", Phrase("Choose one of the list."))])
    return work.Decision(
        Response(wanted),
        reason=request.form.get("reason", ""),
        review_at=typed.moment("review_at"),
        reopen_at_spread=typed.number_or_none(request.form.get("reopen_at_spread", "")),
    )


def _weigh_page(rumour_id: str, shown: Shown | None) -> str:
    sheet = sheet_of(rumour_id)
    found = sheet.rumour
    weights = Weights(**found.weights)
    present = typed.stored(
        {
            **{name: value for name, value in asdict(weights).items() if name != "local"},
            "local": "yes" if weights.local else "",
            "override": found.override_band,
            "override_reason": found.override_reason,
        }
    )
    measured_now = measured(reading(), rumour_id, parts().clock.now())
    seen = replace(_weights() if shown else weights, velocity=measured_now)
    return render_template(
        "console/rumours/weigh.html",
        sheet=sheet,
        rumour=found,
        shown=shown or Shown(present),
        present=present,
        scales=words.SCALES,
        weight_names=words.WEIGHTS,
        velocity=words.VELOCITIES[measured_now],
        bands=words.BANDS,
        states=words.WORKFLOWS,
        live=_score(seen),
        live_to=url_for("console.live_score", rumour_id=rumour_id),
    )


def _score(weights: Weights) -> str:
    return render_template(
        "console/rumours/score.html",
        score=None if weights.faults() else score(weights),
        names=words.WEIGHTS,
        bands=words.BANDS,
        suggestion=None if weights.faults() else RESPONSE_LABELS[suggested(weights)],
    )


def _decide_page(rumour_id: str, shown: Shown | None) -> str:
    sheet = sheet_of(rumour_id)
    found = sheet.rumour
    present = typed.stored(
        {
            "response": found.response,
            "reason": found.response_reason,
            "review_at": typed.as_typed(found.review_at),
            "reopen_at_spread": found.reopen_at_spread,
        }
    )
    weights = Weights(**found.weights)
    return render_template(
        "console/rumours/decide.html",
        sheet=sheet,
        rumour=found,
        shown=shown or Shown(present),
        present=present,
        responses={each: label for each, label in RESPONSE_LABELS.items() if each is not Response.UNDECIDED},
        suggestion=suggested(weights),
        why=_why(weights),
        spreads=words.SCALES["spread"],
        states=words.WORKFLOWS,
    )


def _why(weights: Weights) -> Phrase:
    """The reason of `hub.rumours.triage.suggested`, for whoever decides."""
    if weights.harm >= GRAVE:
        return Phrase("Lives depend on it: answer everybody at once, with a holding statement if nothing is known yet.")
    if weights.spread > STILL_SMALL:
        return Phrase("It has left the circle where it began: silence would leave the field to it.")
    if suggested(weights) is Response.PRIVATE:
        return Phrase("It could do harm but few have heard it: a public answer would carry it further.")
    return Phrase("It does little harm and few have heard it: a public answer would carry it further.")
