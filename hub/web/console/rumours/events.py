"""The events that rumours are about."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.rumours import events
from hub.web.console.blueprint import blueprint
from hub.web.console.rumours import typed
from hub.web.console.rumours.typed import Shown
from hub.web.parts import parts
from hub.web.security import access, current_officer


@blueprint.get("/rumours/events")
@access("rumour.read")
def rumour_events() -> ResponseReturnValue:
    """All of them, and the form for one more."""
    return _page(Shown(typed.stored({})))


@blueprint.post("/rumours/events")
@access("rumour.work")
def add_event() -> ResponseReturnValue:
    """One more."""
    return typed.attempt(
        _page,
        lambda: events.open_event(
            parts().rumours,
            request.form.get("id", ""),
            typed.texts("title"),
            typed.moment("began_at"),
            actor=current_officer().actor,
        ),
        url_for("console.rumour_events"),
        Phrase("The event is added."),
    )


@blueprint.post("/rumours/events/<event_id>/end")
@access("rumour.work")
def end_event(event_id: str) -> ResponseReturnValue:
    """It is over, or it goes on after all."""
    ended = request.form.get("ended") == "yes"
    return typed.attempt(
        _page,
        lambda: events.end_event(parts().rumours, event_id, ended=ended, actor=current_officer().actor),
        url_for("console.rumour_events"),
        Phrase("Stored."),
    )


def _page(shown: Shown) -> str:
    return render_template(
        "console/rumours/events.html",
        shown=shown,
        events=events.all_events(reading()),
        here_languages=parts().settings.site.languages,
    )
