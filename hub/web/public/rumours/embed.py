"""A rumour inside other people's pages: oEmbed 1.0, and the small page that it puts there.

The small page is the only one of the site that may be shown in a frame. It is read anew each time, so that a correction
is seen wherever the answer was embedded.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus

from flask import Response, abort, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.rumours.states import VersionKind
from hub.web.language import say
from hub.web.parts import parts
from hub.web.public.answers import EMBED_POLICY, PAGE_CACHE, answer, page
from hub.web.public.blueprint import blueprint
from hub.web.public.rumours.entry import moved, versions_of
from hub.web.security import access

OEMBED_TYPE = "application/json; charset=utf-8"
WIDTH, HEIGHT = 560, 380
NARROWEST, LOWEST = 240, 200
# As a reader copies it: with the language in front, or without.
_PATH = re.compile(r"(?:/[a-z]{2})?/rumeurs/([a-zA-Z0-9]{1,12})(?:\?.*)?", re.ASCII)


@blueprint.get("/rumeurs/<rumour_id>/integrer")
@access("public")
def rumour_embed(rumour_id: str) -> AnyResponse:
    """The small page: verdict, fact, what to do, and whether we were wrong before."""
    if away := moved(rumour_id, "rumour_embed", EMBED_POLICY):
        return away
    versions = versions_of(rumour_id)
    corrected = next((each for each in reversed(versions) if each.kind is VersionKind.CORRECTION), None)
    return page(
        "public/rumours/embed.html",
        policy=EMBED_POLICY,
        version=versions[-1],
        corrected=None if versions[-1].withdrawn else corrected,
    )


@blueprint.get("/oembed")
@access("public")
def oembed() -> Response:
    """How a page of the register is embedded (oembed.com).

    Raises:
        InvalidInput: the address is none of the register's.
        NotFound: the register has no such rumour.
    """
    if request.args.get("format", "json") != "json":
        abort(HTTPStatus.NOT_IMPLEMENTED)
    settings = parts().settings
    base, address = settings.site.base_url.rstrip("/"), request.args.get("url", "")
    found = _PATH.fullmatch(address.removeprefix(base)) if address.startswith(f"{base}/") else None
    if found is None:
        phrase = Phrase(
            "Give the address of a page of the register, such as %(example)s.", example=f"{base}/rumeurs/..."
        )
        raise InvalidInput([Fault("url", phrase)], phrase)
    latest = versions_of(found[1])[-1]
    width = _limited("maxwidth", WIDTH, NARROWEST)
    height = _limited("maxheight", HEIGHT, LOWEST)
    frame = Markup('<iframe src="{}" width="{}" height="{}" title="{}" sandbox="allow-popups"></iframe>').format(
        base + url_for("public.rumour_embed", rumour_id=found[1]), width, height, say(latest.title)
    )
    document = {
        "version": "1.0",
        "type": "rich",
        "title": say(latest.title),
        "provider_name": settings.authority.name,
        "provider_url": f"{base}/rumeurs",
        "cache_age": 60,
        "width": width,
        "height": height,
        "html": str(frame),
    }
    return answer(json.dumps(document, ensure_ascii=False).encode(), OEMBED_TYPE, PAGE_CACHE, latest.published_at)


def _limited(name: str, usual: int, least: int) -> int:
    most = request.args.get(name, "")
    return max(least, min(usual, int(most))) if re.fullmatch(r"[0-9]{1,5}", most, re.ASCII) else usual
