"""What load balancers and monitoring ask: does the process answer, and can the hub do its work?"""

from __future__ import annotations

import json

from flask import Blueprint, Flask, Response

from hub.dispatch.health import ALIVE, last_sign
from hub.kernel.db import reading
from hub.kernel.errors import Fault, Unavailable
from hub.kernel.migrations import are_current
from hub.kernel.phrase import Phrase
from hub.web.parts import parts
from hub.web.security import access

blueprint = Blueprint("probes", __name__)


def init_app(app: Flask) -> None:
    """Registers ``/healthz`` and ``/readyz``."""
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
@access("public")
def healthz() -> Response:
    """The process answers. Asks nothing else: restarting it would mend no database."""
    return _well("alive")


@blueprint.get("/readyz")
@access("public")
def readyz() -> Response:
    """The hub can do its work: its database answers and is up to date, and a dispatcher sends, here or elsewhere.

    Raises:
        Unavailable: one of these is not so; ``errors`` says which.
    """
    fault = _fault()
    if fault:
        raise Unavailable(Phrase("The hub cannot do its work."), [fault])
    if parts().doorbell_answers() is False:
        # Still ready: everything is sent, found by polling.
        return _well("ready", degraded=["redis"])
    return _well("ready")


def _fault() -> Fault | None:
    # A database that does not answer at all is told by `hub.web.problems`.
    if not are_current(reading()):
        return Fault("migrations", Phrase("the database is not up to date: run flask db upgrade"))
    seen = last_sign(reading())
    if seen is None or seen <= parts().clock.now() - ALIVE:
        seconds = int(ALIVE.total_seconds())
        return Fault("dispatcher", Phrase("no dispatcher gave a sign of life for %(seconds)s seconds", seconds=seconds))
    return None


def _well(status: str, **more: list[str]) -> Response:
    response = Response(json.dumps({"status": status, **more}), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
