"""The pages: what is in force now, one page an alert, the archive."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, url_for

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
    """The newest incidents by their last message: the last block, and the one before where that is not full."""
    total = queries.incidents(reading())
    first = newest_block(total)
    shown = queries.began(reading(), (first - 1) * PER_PAGE, 2 * PER_PAGE)
    return page("public/archive.html", notices=_notices(shown), newest=True, earlier=first - 1)


@blueprint.get("/archives/<int:number>")
@access("public")
def archive_page(number: int) -> Response:
    """One block of incidents. They are counted from the oldest one, so a new one moves nothing to another page."""
    if not 1 <= number < newest_block(queries.incidents(reading())):
        abort(404)
    shown = queries.began(reading(), (number - 1) * PER_PAGE, PER_PAGE)
    return page("public/archive.html", notices=_notices(shown), newest=False, earlier=number - 1)


def newest_block(incidents: int) -> int:
    """The number of the oldest block on the first page of the archive."""
    return max(1, incidents // PER_PAGE)


def _notices(alerts: list[AlertView]) -> list[Notice]:
    now = parts().clock.now()
    return [notice(each, g.language, now) for each in alerts]
