"""The Atom index of a directory of CAP documents: a pure function of what lies there.

Source: RFC 4287 (Atom); the links to CAP documents as WMO and Google Public Alerts read them. Written with lxml:
feedgen 1.0.0 drops ``rel`` and ``type`` of an entry's links, and a reader could not tell CAP from page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from hub.cap.reading import Summary, Words
from hub.cap.vocabulary import MsgType, Status

INDEX_NAME = "index.atom"
ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
# An index without entries needs an `updated` too, and it may not change from one moment to the next.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
SCHEME = "urn:oasis:names:tc:emergency:cap:1.2"

EXERCISE = {"fr": "EXERCICE", "en": "EXERCISE"}
CANCELLED = {"fr": "ANNULÉ", "en": "CANCELLED"}


@dataclass(frozen=True, slots=True)
class FeedIdentity:
    """What the feed says about itself. ``address`` is the directory's own, with a slash at its end."""

    title: str
    author: str
    address: str
    home: str
    languages: tuple[str, ...]


def order(summary: Summary) -> tuple[datetime, int, str]:
    """Sorts by time of sending; of two in one second, the one that follows more messages is the later one."""
    return summary.sent, summary.references, summary.identifier


def atom_index(identity: FeedIdentity, summaries: list[Summary]) -> bytes:
    """The Atom document, newest entry first. The same messages give the same bytes."""
    newest_first = sorted(summaries, key=order, reverse=True)
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # the stubs forget None
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", identity.languages[0])
    _add(feed, "id", identity.address + INDEX_NAME)
    _add(feed, "title", identity.title)
    _add(feed, "updated", _moment(newest_first[0].sent if newest_first else NEVER))
    _add(_add(feed, "author"), "name", identity.author)
    _add(feed, "generator", "Tocsin")
    _add(feed, "link", rel="self", type="application/atom+xml", href=identity.address + INDEX_NAME)
    _add(feed, "link", rel="alternate", type="text/html", href=identity.home)
    for summary in newest_first:
        _fill(_add(feed, "entry"), summary, identity)
    return etree.tostring(feed, encoding="UTF-8", xml_declaration=True)


def title_of(summary: Summary, language: str) -> str:
    """The headline, with the mark of an exercise or of a cancellation in front: a reader may show nothing else."""
    words = next((each for each in summary.words if each.language.startswith(language)), None)
    words = words or next(iter(summary.words), None)
    headline = (words and (words.headline or words.event)) or f"{summary.msg_type} {summary.identifier}"
    return "".join(f"[{mark}] " for mark in _marks(summary, headline, language)) + headline


def _marks(summary: Summary, headline: str, language: str) -> Iterator[str]:
    exercise = EXERCISE.get(language, EXERCISE["en"])
    if summary.status == Status.EXERCISE:
        # The maps' own texts carry the mark already; but nothing may stand before it (docs/cap.md).
        if summary.msg_type == MsgType.CANCEL or not headline.startswith(exercise):
            yield exercise
    elif summary.status != Status.ACTUAL:
        yield summary.status.upper()
    if summary.msg_type == MsgType.CANCEL:
        yield CANCELLED.get(language, CANCELLED["en"])


def _fill(entry: etree._Element, summary: Summary, identity: FeedIdentity) -> None:
    address = f"{identity.address}{summary.identifier}.xml"
    _add(entry, "id", address)
    _add(entry, "title", title_of(summary, identity.languages[0]))
    _add(entry, "published", _moment(summary.sent))
    _add(entry, "updated", _moment(summary.sent))
    _add(_add(entry, "author"), "name", _first(summary, "sender_name") or identity.author)
    _add(entry, "link", rel="alternate", type=CAP_TYPE, href=address)
    if page := _first(summary, "web"):
        _add(entry, "link", rel="alternate", type="text/html", href=page)
    for kind, term in (("status", summary.status), ("msgType", summary.msg_type)):
        _add(entry, "category", term=term, scheme=f"{SCHEME}:{kind}")
    texts = [text_of(summary, words) for words in summary.words]
    if texts:
        _add(entry, "content", "\n\n\n".join(texts), type="text")


def text_of(summary: Summary, words: Words) -> str:
    """All that one language says, a blank line between two parts."""
    return "\n\n".join(filter(None, (title_of(summary, words.language[:2]), words.description, words.instruction)))


def _first(summary: Summary, name: str) -> str:
    return next((found for words in summary.words if (found := getattr(words, name))), "")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        element.text = text
    return element
