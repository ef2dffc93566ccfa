"""The pages: what is in force now, one page an alert, the archive."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for

from hub.alerts import queries
from hub.alerts.views import AlertView
from hub.kernel.db import reading
from hub.web.parts import parts
from hub.web.public.answers import page
from hub.web.public.blueprint import blueprint
from hub.web.public.feeds import cap_feed, cap_file
from hub.web.public.notices import Notice, notice
from hub.web.security import access

PER_PAGE = 20


@blueprint.context_processor
def _feed() -> dict[str, Any]:
    return {"has_feed": cap_feed() is not None}


@blueprint.get("/")
@access("public")
def home() -> Response:
    """The last word of every incident that still counts: real alerts, then exercises, then what has just ended."""
    alerts = queries.public_alerts(reading(), parts().clock.now())
    return page("public/home.html", notices=_notices(alerts))


@blueprint.get("/alertes/<identifier>")
@access("public")
def alert(identifier: str) -> Response:
    """One message, for ever at this address, with everything that came before and after it."""
    found = queries.get(reading(), identifier)
    history = _notices(queries.incident(reading(), found.incident))
    shown = next(each for each in history if each.identifier == found.identifier)
    address = url_for("public.cap_document", identifier=identifier) if cap_file(identifier) else None
    return page("public/alert.html", notice=shown, history=history, head=history[-1], cap_address=address)


@blueprint.get("/archives")
@access("public")
def archive() -> Response:
    """All incidents by their last message, newest first.

    ``?before=`` names the last alert of the page before, so that a new alert moves nothing to another page.
    """
    before = request.args.get("before")
    found = queries.earlier(reading(), before, PER_PAGE + 1)
    shown = found[:PER_PAGE]
    more = len(found) > PER_PAGE
    return page(
        "public/archive.html",
        notices=_notices(shown),
        newest=before is not None,
        earlier=shown[-1].identifier if more else None,
    )


def _notices(alerts: list[AlertView]) -> list[Notice]:
    now = parts().clock.now()
    return [notice(each, g.language, now) for each in alerts]
