"""How the site's pages are asked of the application: through WSGI, as a browser does, without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from werkzeug.http import parse_date
from werkzeug.test import EnvironBuilder, run_wsgi_app

from hub.web.pages import LANGUAGE, MADE_AT, PIECE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OK = 200
# What belongs to one answer or to one connection, not to the page.
PASSING = frozenset({"content-length", "x-request-id", "etag", "last-modified", "date", "vary", "connection"})


class NotBuiltError(Exception):
    """The application did not answer with a page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as the application gave it. ``changed`` is its own Last-Modified, if it had one."""

    body: bytes
    headers: Mapping[str, str]
    changed: datetime | None


def ask(
    application: WSGIApplication, base_url: str, address: str, language: str, made_at: datetime | None, piece: str = ""
) -> Answer:
    """Asks for one page, or for a piece of it.

    Args:
        application: the hub, without the middleware that serves built files.
        base_url: the site's address.
        address: the page, without language.
        language: the one to read it in, or nothing.
        made_at: the time that the page names as its own; without one it names none.
        piece: the name of one, for a long page.

    Raises:
        NotBuiltError: the answer was no page.
    """
    overrides = {MADE_AT: made_at, **({LANGUAGE: language} if language else {}), **({PIECE: piece} if piece else {})}
    builder = EnvironBuilder(path=address, base_url=f"{base_url.rstrip('/')}/", environ_overrides=overrides)
    try:
        body, status, headers = run_wsgi_app(application, builder.get_environ(), buffered=True)
    finally:
        builder.close()
    whole = b"".join(body)
    code = int(status.split()[0])
    if code != OK:
        msg = f"{address} ({language}): {code}"
        raise NotBuiltError(msg)
    changed = headers.get("Last-Modified", type=_moment)
    return Answer(whole, {key: value for key, value in headers if key.lower() not in PASSING}, changed)


def _moment(text: str) -> datetime:
    moment = parse_date(text)
    if moment is None:
        raise ValueError
    return moment
