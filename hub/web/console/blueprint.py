"""The console's blueprint: its addresses all start with ``/console``, and none of its answers is kept by a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, has_request_context, request, url_for

from hub.identity.queries import Person
from hub.kernel.phrase import Phrase
from hub.web.parts import parts
from hub.web.security import policy_of

MENU = (
    ("console.home", Phrase("Home")),
    ("console.situations", Phrase("Messages")),
    ("console.archive", Phrase("Alerts")),
    ("console.rumours", Phrase("Rumours")),
    ("console.channels", Phrase("Channels")),
    ("console.health_page", Phrase("Health")),
    ("console.accounts", Phrase("Access")),
)

# Pages of a section of the menu that do not stand under its address.
BELOW = {
    "/console/compose": "console.situations",
    "/console/editor": "console.situations",
    "/console/files": "console.situations",
    "/console/numbers": "console.situations",
}

blueprint = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")


@blueprint.app_context_processor
def _page() -> dict[str, Any]:
    # Also asked for error pages: nothing here may touch the database, which may be what has failed.
    return {
        "authority": parts().settings.authority.name,
        "officer": g.get("person"),
        "menu": _menu(),
        "section": _section(),
        "start": start_of(g.get("person")),
        "here": request.full_path.rstrip("?") if has_request_context() and request.method == "GET" else "",
    }


def start_of(person: Person | None) -> str:
    """The endpoint of the page that somebody begins with: the first of the menu that is open to them."""
    return _menu(person)[0][0] if person and _menu(person) else MENU[0][0]


def _section() -> str:
    """The endpoint of the menu's entry that the present page belongs to; empty where it belongs to none."""
    if not has_request_context():
        return ""
    home, *others = MENU
    places = {url_for(endpoint): endpoint for endpoint, _ in others} | BELOW
    found = next((places[each] for each in places if f"{request.path}/".startswith(f"{each}/")), "")
    return found or (home[0] if request.endpoint == home[0] else "")


def _menu(person: Person | None = None) -> list[tuple[str, Phrase]]:
    """The entries that somebody may open: the page itself says who may."""
    person = person or g.get("person")
    if person is None:
        return list(MENU)
    return [(endpoint, label) for endpoint, label in MENU if person.may(str(policy_of(current_app, endpoint)))]


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    return response
