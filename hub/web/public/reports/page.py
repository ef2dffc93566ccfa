"""A public page with a form: kept by no cache, told to no other site, with a style of its own beside the common one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Response, g, render_template
from markupsafe import Markup

from hub.web.public.answers import HTML, STYLE, answer

WHOLE_STYLE = STYLE + Path(__file__).with_name("form.css").read_text(encoding="utf-8")
DIGEST = base64.b64encode(hashlib.sha256(WHOLE_STYLE.encode()).digest()).decode()
CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{DIGEST}'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


def form_page(template: str, *, status: int = 200, headers: Mapping[str, str] = NO_HEADERS, **values: Any) -> Response:
    """A page of this package, in the reader's language.

    Its address may hold a tracking code, and its content may be what somebody typed: no cache keeps it, no search
    engine lists it, and links that lead away do not tell it.
    """
    html = render_template(template, style=Markup(WHOLE_STYLE), **values)  # noqa: S704 - our own file, read at start
    response = answer(html.encode(), HTML, "no-store")
    response.status_code = status
    response.headers.remove("ETag")
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.headers["Content-Language"] = g.language
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers.update(headers)
    return response
