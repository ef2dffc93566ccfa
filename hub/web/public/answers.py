"""How a public answer leaves: compressed, with a strong ETag, cacheable for everyone, without a session or a script.

During an alert the same page is asked for by half a town within a minute. Shared caches may therefore keep it for ten
seconds, give out the old one while they fetch the new one, and keep giving it out for a day if the hub is down
(RFC 9111, RFC 5861). The page says itself at what time it was made.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Response, g, render_template, request
from markupsafe import Markup

from hub.web.security import FRAMEABLE

PAGE_CACHE = "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400"
# A CAP document never changes once it is there.
FOR_EVER = "public, max-age=31536000, immutable"
HTML = "text/html; charset=utf-8"
DIGEST_LENGTH = 32

OF_HEADERS = re.compile(r";\s*frame-ancestors [^;]*")

STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# The style is inside the page, so that the first packet shows it readable; the hash lets this one style in, no other.
# It stands in the page itself too, for file servers that know no headers of ours.
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_DIGEST}'; img-src 'self'; form-action 'none'; base-uri 'none'"
)
CONTENT_POLICY = f"{PAGE_POLICY}; frame-ancestors 'none'"


# The same for a page with a form of ours.
FORM_POLICY = CONTENT_POLICY.replace("form-action 'none'", "form-action 'self'")
# The same for a page that others may show inside theirs.
EMBED_POLICY = CONTENT_POLICY.replace("frame-ancestors 'none'", FRAMEABLE)


def within(policy: str) -> str:
    """The part of a policy that a page may carry itself: who may frame it works in a header only (CSP 3, 6.4.2)."""
    return OF_HEADERS.sub("", policy)


def page(
    template: str, *, policy: str = CONTENT_POLICY, status: int = HTTPStatus.OK, cache: str = PAGE_CACHE, **values: Any
) -> Response:
    """A public page in the reader's language, made from a template of this surface.

    Args:
        template: its name.
        policy: the Content-Security-Policy: whether it has a form, or may be shown in a frame.
        status: of an answer that is not kept, such as a refusal.
        cache: the value of Cache-Control.
        values: for the template.
    """
    html = render_template(template, style=Markup(STYLE), policy=within(policy), **values)  # noqa: S704 - read at start
    response = answer(html.encode(), HTML, cache)
    if status != HTTPStatus.OK:
        response.status_code = status
    response.headers["Content-Security-Policy"] = policy
    response.headers["Content-Language"] = g.language
    if not g.language_asked:
        response.vary.add("Accept-Language")
    return response


def answer(body: bytes, content_type: str, cache: str, changed: datetime | None = None) -> Response:
    """Any public answer: 304 when the reader has it already, compressed when the reader can read that.

    Args:
        body: the whole content, uncompressed.
        content_type: with its charset.
        cache: the value of Cache-Control.
        changed: when the content changed last, if that is known better than by its ETag.
    """
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(gzip.compress(body, mtime=0) if packed else body, content_type=content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = cache
    response.vary.add("Accept-Encoding")
    digest = hashlib.sha256(body).hexdigest()[:DIGEST_LENGTH]
    response.set_etag(f"{digest}-gzip" if packed else digest)
    response.last_modified = changed
    response.make_conditional(request)
    return response
