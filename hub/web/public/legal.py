"""What the law has every public site say: who publishes it, who hosts it, and how far everybody can use it.

Sources: loi 2004-575 (LCEN), article 1-1 (publisher, director of publication, host); loi 2005-102, article 47, and
décret 2019-768 (accessibility statement, its state, the ways to complain). Nothing is invented: what the settings leave
empty is said to be missing.
"""

from __future__ import annotations

from flask import Response

from hub.web.parts import parts
from hub.web.public.answers import page
from hub.web.public.blueprint import blueprint
from hub.web.security import access


@blueprint.get("/mentions-legales")
@access("public")
def legal_notice() -> Response:
    """Publisher, director of publication, host, personal data."""
    legal = parts().settings.legal
    return page(
        "public/legal_notice.html",
        publisher_address=legal.publisher_address,
        director=legal.director,
        host=legal.host,
    )


@blueprint.get("/accessibilite")
@access("public")
def accessibility() -> Response:
    """The accessibility statement."""
    settings = parts().settings
    return page(
        "public/accessibility.html",
        state=settings.legal.accessibility,
        contact=settings.legal.accessibility_contact or settings.authority.phone,
    )


@blueprint.get("/hors-service")
@access("public")
def away() -> Response:
    """What a file server shows in place of a search or a form while the hub does not answer."""
    return page("public/away.html")
