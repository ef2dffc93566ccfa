"""Titles and texts as an OPML outline, and back. It is lossy: only what stands here is in it.

OPML has no place for named values, follow-ups or notes. An attribute of our own carries the place of each text, so that
an outline whose words were changed elsewhere can be put into the present map; nothing can be added or removed by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from hub.kernel.phrase import Phrase
from hub.kernel.tables import Unreadable
from hub.message_maps.exchange.files import Context, Reading
from hub.message_maps.exchange.patches import Patch, apply
from hub.message_maps.exchange.topics import FORM, SITUATION, Topic, walk
from hub.message_maps.exchange.xml_reading import line_of, parse_xml, refuse_dangers

NAMESPACE = "https://tocsin.example/ns/opml/1"
_SITUATION, _PLACE = f"{{{NAMESPACE}}}situation", f"{{{NAMESPACE}}}place"
_WARNING = (
    "This outline is lossy: it holds titles, texts and facts, not levels, blanks, follow-ups or sources. "
    "The complete formats are YAML, JSON and Freeplane."
)
# Their text is a word of the hub's, not of the map's.
_NOT_TEXTS = frozenset({"facts", "actions", "blanks", "levels", "accepted", "language"})


def write_opml(topics: Iterable[Topic], title: str) -> bytes:
    """The outline of some situations. It has no date, so that two exports of one map are the same."""
    root = etree.Element("opml", version="2.0", nsmap={"tocsin": NAMESPACE})
    root.append(etree.Comment(f" {_WARNING} "))
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for topic in topics:
        situation = topic.values["id"]
        parents = [body]
        for depth, each in walk(topic):
            del parents[depth + 1 :]
            outline = etree.SubElement(parents[depth], "outline", text=each.text)
            parents.append(outline)
            if each.role == SITUATION:
                outline.set(_SITUATION, situation)
            if _is_text(each):
                outline.set(_PLACE, each.place)
    text: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return text.replace(b"&#10;", b"&#xa;")


def read_opml(raw: bytes, context: Context) -> Reading:
    """Puts the texts of an outline into the present maps.

    Raises:
        Unreadable: not well-formed, no outline, dangerous, or without any place that an export of ours has given.
    """
    root = parse_xml(raw)
    body = root.find("body")
    if root.tag != "opml" or body is None:
        raise Unreadable(Phrase("this is no OPML outline: expected `<opml>` with a `<body>`"), line_of(root))
    refuse_dangers(root)
    patches = list(_patches(body, context))
    if not patches:
        raise Unreadable(Phrase("no outline tells where its text belongs: only outlines exported here can be imported"))
    note = Phrase("OPML is lossy: only titles and texts are compared; nothing can be added or removed by it.")
    return Reading(apply(patches, context), (note,))


def _patches(body: etree._Element, context: Context) -> Iterator[Patch]:
    situation = ""
    for outline in body.iter("outline"):
        situation = outline.get(_SITUATION, situation)
        place = outline.get(_PLACE)
        if place and situation:
            yield Patch(situation, _steps(place, context.base(situation)), outline.get("text", ""), line_of(outline))


def _steps(place: str, base: object) -> tuple[str, ...]:
    """The steps of a place whose ids hold points: the longest id of the map that fits."""
    ids = {each["id"] for each in base["messages"]} if isinstance(base, dict) else set()
    ids |= set(base["levels"]) if isinstance(base, dict) else set()
    fitting = [name for name in ids if f".{name}." in place]
    if not fitting or not place.startswith(("messages.", "levels.")):
        return tuple(place.split("."))
    name = max(fitting, key=len)
    before, _, after = place.partition(f".{name}.")
    return (before, name, *after.split("."))


def _is_text(topic: Topic) -> bool:
    if topic.role in _NOT_TEXTS or "same_as" in topic.values:
        return False
    return not (topic.role == FORM and topic.children)
