"""The editor's first page: drafts under way, maps that must be read again, and what can be begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault
from hub.message_maps.drafts import queries, workflow
from hub.message_maps.drafts.queries import Due
from hub.message_maps.drafts.states import STATES
from hub.web.console.blueprint import blueprint
from hub.web.console.map_editor import ground
from hub.web.parts import parts
from hub.web.security import access, current_officer


@blueprint.get("/editor")
@access("map.read")
def map_desk() -> ResponseReturnValue:
    """Every open draft, every map with its review date, what was taken off the map."""
    return page()


def page(faults: Sequence[Fault] = (), typed: Mapping[str, str] | None = None) -> str:
    """The page, with what is wrong with a new situation and what was typed for it."""
    session = reading()
    reviews = queries.reviews(session, ground.today())
    return render_template(
        "console/editor/desk.html",
        drafts=queries.open_drafts(session),
        states=STATES,
        urgent=[review for review in reviews if review.due is not Due.LATER],
        reviews=reviews,
        retired=queries.retired(session),
        faults=faults,
        typed=typed or {},
    )


@blueprint.post("/editor/<situation_id>/reviewed")
@access("map.approve")
def map_reviewed(situation_id: str) -> ResponseReturnValue:
    """Someone has read a map through and found nothing to change."""
    with transaction() as session:
        workflow.review_again(
            session,
            situation_id,
            actor=current_officer().actor,
            now=parts().clock.now(),
            terms=ground.terms(session),
        )
    flash(gettext("Noted: read again today, nothing to change."))
    return redirect(url_for("console.map_desk"), 303)


@blueprint.post("/editor/<situation_id>/retire")
@access("map.approve")
def map_retire(situation_id: str) -> ResponseReturnValue:
    """Takes a situation off the map."""
    with transaction() as session:
        workflow.retire(
            session,
            situation_id,
            actor=current_officer().actor,
            now=parts().clock.now(),
            reason=request.form.get("reason", ""),
            terms=ground.terms(session),
        )
    flash(gettext("The situation is off the map. Its versions are kept; it can be brought back."))
    return redirect(url_for("console.map_desk"), 303)
