"""The surface for partners' programs: JSON under ``/api/v1``, keys, problem documents, an OpenAPI document."""

from __future__ import annotations

from flask import Flask

from hub.web.partner_api import alerts, description, follow_ups, reports, situations
from hub.web.partner_api.blueprint import blueprint

# Importing a module of views hangs its addresses on the blueprint.
VIEWS = (alerts, follow_ups, reports, situations)

__all__ = ["VIEWS", "blueprint", "init_app"]


def init_app(app: Flask) -> None:
    """Registers the API. No forgery check: a browser sends no key by itself, and no cookie is read here."""
    app.register_blueprint(blueprint)
    description.register(app)
    app.extensions["csrf"].exempt(blueprint)
