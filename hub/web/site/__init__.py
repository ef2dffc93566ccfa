"""The public site as files: built from the application's own answers, served by it or by any file server.

The builder asks the application for its pages through WSGI, as a browser would: there is one source of every page.
"""

from __future__ import annotations

from hub.web.site.wiring import init_app, site_of

__all__ = ["init_app", "site_of"]
