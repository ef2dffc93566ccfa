"""All public pages of the hub, surface by surface, and the map of the site that names them (sitemaps.org 0.9).

The map is an index and its chapters: one file may name 50,000 addresses at most, and a change touches one chapter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask import Response, abort
from lxml import etree
from sqlalchemy.orm import Session

from hub.kernel.db import reading
from hub.web.pages import Group, Page, Surface
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
HOME = "/"


@dataclass(frozen=True, slots=True)
class Listed:
    """A group, and its pages if they were asked for."""

    name: str
    stamp: str
    pages: tuple[Page, ...] | None


def listed(session: Session, now: datetime, wanted: Callable[[str, str], bool]) -> list[Listed]:
    """All groups of this moment.

    Args:
        session: for reading.
        now: the moment.
        wanted: of which groups the pages are wanted, by name and stamp.
    """
    found = list(_groups(session, now))
    found.append(_index(found))
    return [
        Listed(group.name, group.stamp, tuple(_with_chapter(group)) if wanted(group.name, group.stamp) else None)
        for group in found
    ]


def pulse(session: Session, now: datetime) -> str:
    """Changes whenever one of the pages may have changed."""
    return "|".join(surface.pulse(session, now) for surface in SURFACES)


@blueprint.get("/sitemap.xml")
@access("public")
def sitemap() -> Response:
    """The chapters of the map. It does not say when each changed, so that it changes with their names only."""
    root = etree.Element(f"{{{SITEMAP}}}sitemapindex", nsmap={None: SITEMAP})  # type: ignore[dict-item]
    for group in _groups(reading(), parts().clock.now()):
        if group.mapped:
            _add(root, "sitemap", f"{_base()}/sitemap/{group.name}.xml", None)
    return answer(etree.tostring(root, encoding="UTF-8", xml_declaration=True), XML, PAGE_CACHE)


@blueprint.get("/sitemap/<chapter>.xml")
@access("public")
def sitemap_chapter(chapter: str) -> Response:
    """Pages for people, with their languages."""
    hub = parts()
    group = next((each for each in _groups(reading(), hub.clock.now()) if each.name == chapter and each.mapped), None)
    if group is None:
        abort(404)
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "x": XHTML})  # type: ignore[dict-item]
    for page in group.pages():
        if not page.mapped:
            continue
        entry = _add(root, "url", _base() + page.address, _time(page))
        for language in hub.settings.site.languages:
            address = _base() + prefixed(page.address, language)
            etree.SubElement(entry, f"{{{XHTML}}}link", rel="alternate", hreflang=language, href=address)
    return answer(etree.tostring(root, encoding="UTF-8", xml_declaration=True), XML, PAGE_CACHE)


def _groups(session: Session, now: datetime) -> Iterator[Group]:
    for surface in SURFACES:
        yield from surface.groups(session, now)


def _with_chapter(group: Group) -> Iterator[Page]:
    named = []
    for page in group.pages():
        yield page
        if page.mapped:
            named.append((page.address, _time(page)))
    if group.mapped:
        stamp = sha256(repr(named).encode()).hexdigest()
        yield Page(f"/sitemap/{group.name}.xml", stamp, spoken=False, lists=True)


def _index(groups: Iterable[Group]) -> Group:
    named = " ".join(group.name for group in groups if group.mapped)
    return Group("map", named, lambda: [Page("/sitemap.xml", named, spoken=False, lists=True)], mapped=False)


def _time(page: Page) -> datetime | None:
    """Home names each minute that it was built in; that is no change of what it says."""
    return None if page.address == HOME else page.changed


def _add(root: etree._Element, name: str, address: str, changed: datetime | None) -> etree._Element:
    entry = etree.SubElement(root, f"{{{SITEMAP}}}{name}")
    etree.SubElement(entry, f"{{{SITEMAP}}}loc").text = address
    if changed:
        etree.SubElement(entry, f"{{{SITEMAP}}}lastmod").text = changed.isoformat(timespec="seconds")
    return entry


def _base() -> str:
    return parts().settings.site.base_url.rstrip("/")
