"""The officers' surface: pages rendered by the server, made livelier by htmx, whole without any script."""

from __future__ import annotations

from flask import Flask

from hub.web.console import (
    accounts,
    alerts,
    channels,
    compose,
    confirm,
    destinations,
    entrance,
    forms,
    health,
    home,
    login,
    map_editor,
    map_exchange,
    maps,
    numbers,
    planned,
    progress,
    rumours,
    second_factor,
    sending,
)
from hub.web.console.blueprint import blueprint
from hub.web.console.maps import cupboard

# Importing a module of views hangs its pages on the blueprint.
VIEWS = (
    accounts,
    alerts,
    channels,
    compose,
    confirm,
    cupboard,
    destinations,
    entrance,
    health,
    home,
    login,
    map_editor,
    map_exchange,
    maps,
    numbers,
    planned,
    progress,
    rumours,
    second_factor,
    sending,
)

__all__ = ["VIEWS", "blueprint", "init_app"]


def init_app(app: Flask) -> None:
    """Registers the console's pages and what their templates use."""
    forms.init_app(app)
    cupboard.init_app(app)
    app.register_blueprint(blueprint)
