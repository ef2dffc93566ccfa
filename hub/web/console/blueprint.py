"""The console's blueprint: its addresses all start with ``/console``, and none of its answers is kept by a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, has_request_context, request

from hub.kernel.phrase import Phrase
from hub.web.parts import parts

MENU = (
    ("console.home", Phrase("Home")),
    ("console.situations", Phrase("Messages")),
    ("console.archive", Phrase("Alerts sent")),
    ("console.rumours", Phrase("Rumours")),
    ("console.channels", Phrase("Channels")),
    ("console.health_page", Phrase("Health")),
)

blueprint = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")


@blueprint.app_context_processor
def _page() -> dict[str, Any]:
    # Also asked for error pages: nothing here may touch the database, which may be what has failed.
    return {
        "authority": parts().settings.authority.name,
        "officer": g.get("person"),
        "menu": MENU,
        "here": request.full_path.rstrip("?") if has_request_context() and request.method == "GET" else "",
    }


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    return response
