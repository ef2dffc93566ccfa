"""What programs read: the CAP files, their Atom index, and the two files that every site should have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Response, abort, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.channels.adapters.cap_feed import FILE_STEM, CapFeed
from hub.web.parts import parts
from hub.web.public.answers import FOR_EVER, PAGE_CACHE, answer
from hub.web.public.blueprint import blueprint
from hub.web.security import access

ATOM = "application/atom+xml; charset=utf-8"
CAP = "application/cap+xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

# RFC 9116, 2.5.5: the date should be less than a year ahead. Counted from the first of the month, so that the file is
# the same for a month and caches can keep it.
CONTACT_LASTS = timedelta(days=180)
A_DAY = "public, max-age=86400"


def cap_feed() -> CapFeed | None:
    """The channel whose files are served here: the first CAP feed of the settings, if there is one."""
    return next((each.adapter for each in parts().channels.values() if isinstance(each.adapter, CapFeed)), None)


def cap_file(identifier: str) -> Path | None:
    """The CAP file of an alert, if it was published."""
    feed = cap_feed()
    if feed is None or not FILE_STEM.fullmatch(identifier):
        return None
    path = feed.directory / f"{identifier}.xml"
    return path if path.is_file() else None


@blueprint.get("/cap/index.atom")
@access("public")
def cap_index() -> Response:
    """The Atom index of the CAP files."""
    feed = cap_feed()
    if feed is None:
        abort(404)
    return answer(feed.read_index(), ATOM, PAGE_CACHE)


@blueprint.get("/feed.atom")
@access("public")
def feed_atom() -> AnyResponse:
    """The address where people look for a feed."""
    return redirect(url_for("public.cap_index"), 301)


@blueprint.get("/cap/<identifier>.xml")
@access("public")
def cap_document(identifier: str) -> Response:
    """One CAP document, byte for byte as it was published."""
    path = cap_file(identifier)
    if path is None:
        abort(404)
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return answer(path.read_bytes(), CAP, FOR_EVER, changed)


@blueprint.get("/robots.txt")
@access("public")
def robots() -> Response:
    """Everything public may be found; the console is nobody's business."""
    site = parts().settings.site.base_url.rstrip("/")
    return answer(f"User-agent: *\nDisallow: /console/\n\nSitemap: {site}/sitemap.xml\n".encode(), TEXT, A_DAY)


@blueprint.get("/.well-known/security.txt")
@access("public")
def security_txt() -> Response:
    """Whom to tell about a weakness (RFC 9116)."""
    settings = parts().settings
    month = parts().clock.now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {settings.authority.url}",
        f"Expires: {(month + CONTACT_LASTS).isoformat()}",
        f"Preferred-Languages: {', '.join(settings.site.languages)}",
        f"Canonical: {settings.site.base_url.rstrip('/')}/.well-known/security.txt",
    )
    return answer("".join(f"{line}\n" for line in lines).encode(), TEXT, A_DAY)
