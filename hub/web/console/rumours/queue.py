"""What is said in the town and has to be looked at, the gravest first."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.rumours import events, queries
from hub.rumours.queries import Filters
from hub.rumours.states import RESPONSE_LABELS, UNDER_WAY
from hub.rumours.triage import Weights, score
from hub.rumours.verdicts import LABELS
from hub.web.console.blueprint import blueprint
from hub.web.console.rumours import words
from hub.web.parts import parts
from hub.web.security import access, current_officer

MOST_FINISHED = 50


@blueprint.get("/rumours")
@access("rumour.read")
def rumours() -> ResponseReturnValue:
    """The queue, as far as the filters let it through."""
    session, now = reading(), parts().clock.now()
    filters = _filters()
    whole = queries.queue(session, now)
    return render_template(
        "console/rumours/queue.html",
        queue=queries.chosen(whole, filters),
        whole=len(whole),
        filters=filters,
        mine=bool(filters.mine),
        summary=queries.summary(session, now),
        review=queries.to_review(session, now),
        scores={each.rumour.id: score(Weights(**each.rumour.weights)) for each in whole},
        events=events.all_events(session),
        communes=parts().settings.territory.communes,
        bands=words.BANDS,
        states=words.WORKFLOWS,
        open_states=[state for state in words.WORKFLOWS if state in UNDER_WAY],
        weight_names=words.WEIGHTS,
        now=now,
    )


@blueprint.get("/rumours/finished")
@access("rumour.read")
def finished_rumours() -> ResponseReturnValue:
    """Rumours that were answered or closed."""
    return render_template(
        "console/rumours/finished.html",
        rumours=queries.finished(reading(), MOST_FINISHED),
        states=words.WORKFLOWS,
        verdicts=LABELS,
        responses=RESPONSE_LABELS,
    )


def _filters() -> Filters:
    asked = request.args
    return Filters(
        workflow=asked.get("state", ""),
        event=asked.get("event", ""),
        commune=asked.get("commune", ""),
        mine=current_officer().officer_id if asked.get("mine") else "",
        watched=bool(asked.get("watched")),
    )
