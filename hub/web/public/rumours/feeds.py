"""The register for feed readers: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1 with the filters of the list, and changes.

An entry of Atom and JSON Feed is a rumour, whose ``updated`` moves. RSS knows no update: there each version is an item.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Response, g, request
from flask_babel import gettext
from lxml import etree
from markupsafe import Markup, escape

from hub.kernel.db import reading
from hub.rumours.models import RumourVersion
from hub.rumours.register.reading import changes, page
from hub.rumours.verdicts import LABELS, Verdict
from hub.web.language import say
from hub.web.parts import parts
from hub.web.public.answers import PAGE_CACHE, answer
from hub.web.public.blueprint import blueprint
from hub.web.public.rumours.filters import asked
from hub.web.public.rumours.shown import Shown, shown
from hub.web.security import access

ATOM_TYPE = "application/atom+xml; charset=utf-8"
RSS_TYPE = "application/rss+xml; charset=utf-8"
JSON_TYPE = "application/feed+json; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
JSON_FEED = "https://jsonfeed.org/version/1.1"
ENTRIES = 50
# A feed without entries needs a moment too, and it may not change from one request to the next.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed. ``key`` never changes; ``link`` is where it is read."""

    key: str
    link: str
    title: str
    html: str
    term: str
    updated: datetime
    published: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """What all three formats say."""

    title: str
    address: str
    home: str
    language: str
    author: str
    author_url: str
    items: tuple[Item, ...]

    @property
    def updated(self) -> datetime:
        """The moment of the newest entry."""
        return max((item.updated for item in self.items), default=NEVER)


@blueprint.get("/rumeurs/fil.atom")
@blueprint.get("/rumeurs/evenements/<event>/fil.atom")
@blueprint.get("/rumeurs/communes/<commune>/fil.atom")
@access("public")
def rumours_atom(event: str | None = None, commune: str | None = None) -> Response:
    """The register as Atom."""
    return _answered(_entries(event, commune), as_atom, ATOM_TYPE)


@blueprint.get("/rumeurs/fil.rss")
@blueprint.get("/rumeurs/evenements/<event>/fil.rss")
@blueprint.get("/rumeurs/communes/<commune>/fil.rss")
@access("public")
def rumours_rss(event: str | None = None, commune: str | None = None) -> Response:
    """The register as RSS."""
    return _answered(_entries(event, commune), as_rss, RSS_TYPE)


@blueprint.get("/rumeurs/fil.json")
@blueprint.get("/rumeurs/evenements/<event>/fil.json")
@blueprint.get("/rumeurs/communes/<commune>/fil.json")
@access("public")
def rumours_json(event: str | None = None, commune: str | None = None) -> Response:
    """The register as JSON Feed."""
    return _answered(_entries(event, commune), as_json, JSON_TYPE)


@blueprint.get("/rumeurs/changements.atom")
@blueprint.get("/rumeurs/evenements/<event>/changements.atom")
@blueprint.get("/rumeurs/communes/<commune>/changements.atom")
@access("public")
def rumours_changes(event: str | None = None, commune: str | None = None) -> Response:
    """Only what changed a verdict, or took one back: what a journalist must not miss."""
    session = reading()
    wanted = asked(session, event, commune).sound()
    found = changes(session, wanted, ENTRIES)
    items = tuple(_change(new, old) for new, old in found)
    return _answered(
        _feed(gettext("Changes of verdict: %(authority)s", authority=_authority()), items), as_atom, ATOM_TYPE
    )


def as_atom(feed: Feed) -> bytes:
    """The feed as Atom. The same entries give the same bytes."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # the stubs forget None
    root.set(XML_LANGUAGE, feed.language)
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated.isoformat())
    author = _add(root, "author")
    _add(author, "name", feed.author)
    _add(author, "uri", feed.author_url)
    _add(root, "generator", "Tocsin")
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    for item in feed.items:
        entry = _add(root, "entry")
        _add(entry, "id", item.key)
        _add(entry, "title", item.title)
        _add(entry, "updated", item.updated.isoformat())
        _add(entry, "published", item.published.isoformat())
        _add(entry, "link", rel="alternate", type="text/html", href=item.link)
        _add(entry, "category", term=item.term)
        _add(entry, "content", item.html, type="html")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def as_rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0: every version is an item of its own, so that readers show a correction as new."""
    root = etree.Element("rss", nsmap={"atom": ATOM}, version="2.0")
    channel = etree.SubElement(root, "channel")
    for name, text in (("title", feed.title), ("link", feed.home), ("description", feed.title)):
        etree.SubElement(channel, name).text = text
    etree.SubElement(channel, "language").text = feed.language
    etree.SubElement(channel, "lastBuildDate").text = format_datetime(feed.updated)
    _add(channel, "link", rel="self", type="application/rss+xml", href=feed.address)
    for item in feed.items:
        entry = etree.SubElement(channel, "item")
        etree.SubElement(entry, "title").text = item.title
        etree.SubElement(entry, "link").text = item.link
        guid = f"{item.key}#{int(item.updated.timestamp())}"
        etree.SubElement(entry, "guid", isPermaLink="false").text = guid
        etree.SubElement(entry, "pubDate").text = format_datetime(item.updated)
        etree.SubElement(entry, "category").text = item.term
        etree.SubElement(entry, "description").text = item.html
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def as_json(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1 (jsonfeed.org)."""
    document = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "language": feed.language,
        "authors": [{"name": feed.author, "url": feed.author_url}],
        "items": [
            {
                "id": item.key,
                "url": item.link,
                "title": item.title,
                "content_html": item.html,
                "date_published": item.published.isoformat(),
                "date_modified": item.updated.isoformat(),
                "tags": [item.term],
            }
            for item in feed.items
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _entries(event: str | None, commune: str | None) -> Feed:
    session = reading()
    wanted = asked(session, event, commune).sound()
    now, base = parts().clock.now(), _base()
    items = []
    for entry in page(session, wanted, ENTRIES).entries:
        version = shown(entry.version, g.language, now)
        item = Item(
            key=base + version.path,
            link=base + version.path,
            title=titled(version),
            html=told(version),
            term=version.kind.value if version.withdrawn else version.verdict.value,
            updated=version.published_at,
            published=entry.first_published,
        )
        items.append(item)
    return _feed(gettext("Rumours answered: %(authority)s", authority=_authority()), tuple(items))


def titled(version: Shown) -> str:
    """The fact, and what became of the rumour: the verdict alone in front of the fact would be taken for its own."""
    if version.withdrawn:
        return f"{say(version.title)} ({version.rumour_id})"
    verdict = gettext("Rumour: %(verdict)s", verdict=say(version.label))
    return f"{version.texts['fact']} ({verdict})"


def told(version: Shown) -> str:
    """An entry's content: the correction first, then the fact, what to do and why. What circulates is not repeated."""
    done = Markup()
    if version.withdrawn:
        lines = [version.texts["why"]]
    else:
        lines = [version.texts["fact"], version.texts["guidance"], version.texts["why"]]
    if version.wrong:
        done += Markup("<p><strong>{}</strong> {}</p>").format(say(version.kind_label), version.wrong)
    for line in lines:
        if line:
            done += Markup("<p>{}</p>").format(line)
    return str(done)


def _change(new: RumourVersion, old: RumourVersion) -> Item:
    base, version = _base(), shown(new, g.language, parts().clock.now())
    link = f"{base}{version.path}/versions/{new.number}"
    moved = gettext(
        "Before: %(old)s. Now: %(new)s.",
        old=say(LABELS[Verdict(old.verdict)]),
        new=say(version.kind_label if version.withdrawn else version.label),
    )
    return Item(
        key=link,
        link=link,
        title=titled(version),
        html=str(escape(moved)) + told(version),
        term=version.kind.value if version.withdrawn else version.verdict.value,
        updated=new.published_at,
        published=new.published_at,
    )


def _feed(title: str, items: tuple[Item, ...]) -> Feed:
    base, authority = _base(), parts().settings.authority
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    return Feed(
        title=title,
        address=f"{base}{request.path}{query}",
        home=f"{base}/rumeurs",
        language=g.language,
        author=authority.name,
        author_url=authority.url,
        items=items,
    )


def _answered(feed: Feed, written: Callable[[Feed], bytes], content_type: str) -> Response:
    response = answer(written(feed), content_type, PAGE_CACHE, feed.updated)
    if not g.language_asked:
        response.vary.add("Accept-Language")
    return response


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text or None
    return child


def _base() -> str:
    return parts().settings.site.base_url.rstrip("/")


def _authority() -> str:
    return parts().settings.authority.name
