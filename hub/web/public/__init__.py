"""Everyone's surface: pages that any cache may keep, feeds, and nothing that needs a session or a script."""

from __future__ import annotations

from flask import Flask

from hub.web.public import feeds, legal, pages, reports, rumours, subscriptions
from hub.web.public.blueprint import blueprint

__all__ = ["blueprint", "feeds", "init_app", "legal", "pages", "reports", "rumours", "subscriptions"]


def init_app(app: Flask) -> None:
    """Registers the public pages and feeds."""
    app.register_blueprint(blueprint)
    # No session, so no form that somebody could forge in a reader's name; a pasted text is compared and forgotten.
    for view in (*reports.TAKES_FORMS, *subscriptions.TAKES_FORMS, rumours.verify.check):
        app.extensions["csrf"].exempt(view)
