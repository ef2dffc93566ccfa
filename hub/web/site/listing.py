"""All public pages of the hub, surface by surface, and the map of the site that names them (sitemaps.org 0.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from flask import Response
from lxml import etree
from sqlalchemy.orm import Session

from hub.kernel.db import reading
from hub.web.pages import Page, Surface
from hub.web.parts import parts
from hub.web.public import listing as alerts
from hub.web.public.answers import PAGE_CACHE, answer
from hub.web.public.blueprint import blueprint, prefixed
from hub.web.security import access
from hub.web.site import register

SURFACES: tuple[Surface, ...] = (alerts, register)

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "application/xml; charset=utf-8"
# The protocol's own limit for one file; the newest are named.
MOST = 50_000


def pages(session: Session, now: datetime) -> list[Page]:
    """Every page of this moment."""
    found = _shown(session, now)
    named = sha256(" ".join(f"{page.address} {page.changed}" for page in _named(found)).encode()).hexdigest()
    return [*found, Page("/sitemap.xml", named, spoken=False, lists=True)]


def pulse(session: Session, now: datetime) -> str:
    """Changes whenever one of the pages may have changed."""
    return "|".join(surface.pulse(session, now) for surface in SURFACES)


@blueprint.get("/sitemap.xml")
@access("public")
def sitemap() -> Response:
    """Every page for people, with its languages."""
    hub = parts()
    base, languages = hub.settings.site.base_url.rstrip("/"), hub.settings.site.languages
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "x": XHTML})  # type: ignore[dict-item]
    for page in _named(_shown(reading(), hub.clock.now())):
        entry = etree.SubElement(root, f"{{{SITEMAP}}}url")
        etree.SubElement(entry, f"{{{SITEMAP}}}loc").text = base + page.address
        if page.changed:
            etree.SubElement(entry, f"{{{SITEMAP}}}lastmod").text = page.changed.isoformat(timespec="seconds")
        for language in languages:
            address = base + prefixed(page.address, language)
            etree.SubElement(entry, f"{{{XHTML}}}link", rel="alternate", hreflang=language, href=address)
    return answer(etree.tostring(root, encoding="UTF-8", xml_declaration=True), XML, PAGE_CACHE)


def _shown(session: Session, now: datetime) -> list[Page]:
    return [page for surface in SURFACES for page in surface.pages(session, now)]


def _named(found: list[Page]) -> Iterator[Page]:
    """Pages for people; home, whose time changes each minute, without it."""
    spoken = sorted(
        (page for page in found if page.spoken and _for_people(page.address)),
        key=lambda page: (-_age(page), page.address),
    )
    for page in spoken[:MOST]:
        yield Page("/") if page.address == "/" else page


def _for_people(address: str) -> bool:
    last = address.rpartition("/")[2]
    return "." not in last and last != "integrer"


def _age(page: Page) -> float:
    return page.changed.timestamp() if page.changed else 0.0
