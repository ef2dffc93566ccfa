"""The one translator from refusals to HTTP: problem documents (RFC 9457) for programs, pages for people.

Which of the two is decided by the address alone: an unknown address belongs to no surface that could be asked.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from hub.identity.errors import KeyRefused
from hub.kernel.errors import Fault, Forbidden, HubError, NotFound, Unavailable
from hub.kernel.phrase import Phrase
from hub.web.errors import FormExpired
from hub.web.language import PROGRAMS, say
from hub.web.security import access

CONSOLE = "/console"

RETRY_SECONDS = "5"

# How SQLite and PostgreSQL say it.
DISK_FULL = ("disk is full", "No space left on device")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal, ready to be shown. ``slug`` is empty where HTTP's own status says everything."""

    status: int
    slug: str
    title: Phrase
    detail: Phrase
    faults: tuple[Fault, ...] = ()


INTERNAL = Problem(
    500, "internal", HubError.title, Phrase("The hub could not answer. Look whether what you did has happened.")
)
# What the router, the parser and the server refuse by themselves, in words for people.
PLAIN: Mapping[int, Problem] = {
    problem.status: problem
    for problem in (
        Problem(
            400,
            "bad-request",
            Phrase("Request not understood"),
            Phrase("Your browser sent something that the hub could not read."),
        ),
        Problem(403, "forbidden", Forbidden.title, Phrase("Nobody may do this.")),
        Problem(404, "not-found", NotFound.title, Phrase("There is nothing at this address.")),
        Problem(
            405,
            "method-not-allowed",
            Phrase("Not possible here"),
            Phrase("This address does not take this kind of request."),
        ),
        Problem(413, "too-large", Phrase("Too large"), Phrase("What you sent is larger than the hub accepts.")),
        Problem(
            429,
            "too-many-requests",
            Phrase("Please wait"),
            Phrase("Too many attempts. Wait a minute, then try again."),
        ),
        INTERNAL,
    )
}

blueprint = Blueprint("problems", __name__, url_prefix="/problems", template_folder="templates")


def init_app(app: Flask) -> None:
    """Registers the translator for the hub's own refusals and for those of the web framework."""
    app.register_error_handler(HubError, _refusal)
    app.register_error_handler(CSRFError, lambda _error: _refusal(FormExpired()))
    app.register_error_handler(HTTPException, _plain)
    for away in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(away, _database_away)
    app.register_blueprint(blueprint)


@blueprint.get("/<slug>")
@access("public")
def explain(slug: str) -> str:
    """What a problem type means; this is the address that problem documents carry as their ``type``."""
    known = {problem.slug: (problem.title, problem.status) for problem in PLAIN.values()}
    known |= {kind.slug: (kind.title, kind.status) for kind in kinds()}
    if slug not in known:
        abort(404)
    title, status = known[slug]
    return render_template("problem.html", slug=slug, title=title, status=status)


def kinds() -> list[type[HubError]]:
    """Every refusal that the hub can make, by slug."""
    found: list[type[HubError]] = [HubError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return sorted(found, key=lambda kind: kind.slug)


def problem_of(error: HubError) -> Problem:
    """A refusal of a feature as it is shown."""
    return Problem(error.status, error.slug, error.title, error.detail, error.faults)


def document(problem: Problem) -> dict[str, Any]:
    """The problem document: RFC 9457 members (``instance`` is the request's id) and one entry a wrong field."""
    body: dict[str, Any] = {
        "type": url_for("problems.explain", slug=problem.slug) if problem.slug else "about:blank",
        "title": say(problem.title),
        "status": problem.status,
        "detail": say(problem.detail),
        "instance": g.get("request_id", ""),
    }
    if problem.faults:
        body["errors"] = [{"field": fault.field, "detail": say(fault.phrase)} for fault in problem.faults]
    return body


def _refusal(error: HubError) -> ResponseReturnValue:
    response = _answer(problem_of(error))
    response.headers.update(getattr(error, "headers", {}))
    return response


def _database_away(error: DBAPIError | PoolTimeoutError) -> ResponseReturnValue:
    log.error("the database does not answer", exc_info=error)
    if any(words in str(error) for words in DISK_FULL):
        return _answer(problem_of(Unavailable(Phrase("The hub has no room left on its disk. Nothing was stored."))))
    # Whether something was stored is not known: the connection may have been lost after the commit.
    return _answer(
        problem_of(
            Unavailable(Phrase("The database does not answer. Please send the same again: it is done only once."))
        )
    )


def _plain(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:  # noqa: PLR2004 - the router's redirects pass through here
        return error
    response = _answer(
        PLAIN.get(status) or Problem(status, "", Phrase("The hub refused this request"), INTERNAL.detail)
    )
    for name, value in error.get_headers(request.environ):
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    if isinstance(error, RateLimitExceeded):
        response.headers.setdefault("Retry-After", str(error.limit.limit.get_expiry()))
    return response


def _answer(problem: Problem) -> Response:
    if _for_programs():
        text = json.dumps(document(problem), ensure_ascii=False)
        response = Response(text, problem.status, content_type="application/problem+json")
    else:
        inside = request.path.startswith(CONSOLE)
        page = render_template("error.html", problem=problem, inside=inside, request_id=g.get("request_id", ""))
        response = Response(page, problem.status)
    response.headers["Cache-Control"] = "no-store"
    if problem.slug == KeyRefused.slug:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.status == Unavailable.status:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _for_programs() -> bool:
    return request.path.startswith(PROGRAMS)
