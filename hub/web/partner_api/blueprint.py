"""The API's blueprint, and the one way in which its views declare who may call them and how they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

import marshmallow as ma
from flask import Response, request
from flask_smorest import Blueprint  # type: ignore[import-untyped]  # it ships no types

from hub.web.bearer import PARTNER
from hub.web.partner_api.bodies import parser
from hub.web.partner_api.schemas import Problem
from hub.web.security import access

View = TypeVar("View", bound=Callable[..., Any])

PROBLEM_JSON = "application/problem+json"

# Far above the largest request that makes sense: a drawing of 64,000 characters and every blank.
BODY_BYTES = 256 * 1024

# What can go wrong, in the words of the document. Every operation can answer the first group.
ALWAYS: Mapping[int, str] = {
    401: "No key, or one that is not good.",
    403: "The partner or the kind of key does not allow this.",
    429: "The key asks too often; wait for Retry-After seconds.",
    500: "A fault of ours. The answer says nothing but the id of the request.",
    503: "The database is away; wait for Retry-After seconds.",
}
BODY: Mapping[int, str] = {
    400: "The body is not one JSON object that means one thing.",
    404: "There is no such situation, message, alert or report.",
    409: "The state has changed, or the key was used for another request.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Fields are missing or wrong; every one of them is listed.",
}

HEADERS: Mapping[int, Mapping[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}},
    429: {"Retry-After": {"schema": {"type": "string"}, "required": True, "description": "Seconds."}},
    503: {"Retry-After": {"schema": {"type": "string"}, "required": True, "description": "Seconds."}},
}


class StrictBlueprint(Blueprint):  # type: ignore[misc]  # its base has no types
    """A blueprint whose bodies are read by our parser."""

    ARGUMENTS_PARSER = parser


blueprint = StrictBlueprint(
    "partner_api", __name__, url_prefix="/api/v1", description="Alerts and reports by partners' programs."
)


@dataclass(frozen=True, slots=True)
class Takes:
    """What an operation takes beside its address: a body, and parameters that are documented only."""

    body: type[ma.Schema]
    parameters: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Gives:
    """What an operation answers when all is well."""

    schema: type[ma.Schema]
    status: int = 200
    headers: Mapping[str, Any] | None = None


def operation(
    address: str,
    scope: str,
    gives: Gives,
    takes: Takes | None = None,
    problems: Mapping[int, str] = MappingProxyType({}),
) -> Callable[[View], View]:
    """Hangs a view on the API: a POST when it takes a body, else a GET.

    Args:
        address: below ``/api/v1``.
        scope: what the partner must have been given.
        gives: the answer.
        takes: the body; the view gets it, checked, as its first argument.
        problems: what else can go wrong, by status; those of every operation and of every body are added.
    """

    def declare(view: View) -> View:
        possible = {**ALWAYS, **(BODY if takes else {}), **problems}
        method, parameters = ("POST", takes.parameters) if takes else ("GET", ())
        shown: Any = blueprint.response(gives.status, gives.schema, headers=gives.headers)(view)
        if takes:
            shown = blueprint.arguments(takes.body)(shown)
        for status, description in sorted(possible.items()):
            shown = blueprint.alt_response(
                status,
                schema=Problem,
                content_type=PROBLEM_JSON,
                description=description,
                headers=HEADERS.get(status),
            )(shown)
        shown = blueprint.doc(operationId=view.__name__, parameters=list(parameters))(shown)
        blueprint.add_url_rule(address, view.__name__, access(PARTNER + scope)(shown), methods=[method])
        return view

    return declare


@blueprint.before_request  # type: ignore[untyped-decorator]  # flask-smorest ships no types
def limit_body() -> None:
    """Nothing larger is read into memory."""
    request.max_content_length = BODY_BYTES


@blueprint.after_request  # type: ignore[untyped-decorator]  # the same
def keep_nowhere(response: Response) -> Response:
    """An answer to a key is for its holder alone (OWASP ASVS 5.0, 14.3.2)."""
    response.headers["Cache-Control"] = "no-store"
    return response
