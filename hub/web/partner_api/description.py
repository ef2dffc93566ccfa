"""The OpenAPI document, made by flask-smorest from the views and schemas, with our problem documents in it."""

from __future__ import annotations

from functools import cache

from flask import Flask, Response, json
from flask_smorest import Api  # type: ignore[import-untyped]  # it ships no types

from hub.web.partner_api import schemas
from hub.web.partner_api.blueprint import PROBLEM_JSON, blueprint
from hub.web.security import access

ADDRESS = "/api/openapi.json"
OPENAPI = "3.1.0"


class ProblemApi(Api):  # type: ignore[misc]  # its base has no types
    """flask-smorest without its error handler: it would answer JSON on every page of the hub."""

    ERROR_SCHEMA = schemas.Problem
    # Every problem is listed at each operation; a catch-all would hide one that is not.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Nothing: `hub.web.problems` is the one translator."""

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_JSON
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE  # back to that of the class


def register(app: Flask) -> None:
    """Serves the description of the API."""

    @app.get(ADDRESS, endpoint="openapi")
    @access("public")
    def openapi() -> Response:
        return Response(_document(), content_type="application/json")


@cache
def _document() -> str:
    """The description as JSON text. Made when it is first asked for: it takes as long as the rest of the start."""
    # An application of its own: the description depends on no setting, and the hub's routes are not its business.
    api = ProblemApi(
        Flask("description", static_folder=None),
        spec_kwargs={
            "title": "Tocsin partner API",
            "version": "v1",
            "openapi_version": OPENAPI,
            "info": {"description": "Alerts by partners' programs. See docs/partner_api.md."},
            "security": [{"key": []}],
        },
    )
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    api.register_blueprint(blueprint)
    return json.dumps(api.spec.to_dict(), indent=1, sort_keys=False)
