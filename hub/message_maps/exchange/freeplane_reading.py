"""Reads a Freeplane or FreeMind file (.mm). What means nothing to the hub is put aside, to be written out again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.kernel.tables import Unreadable
from hub.message_maps.exchange.files import Candidate, Context, Kept, Reading, candidate
from hub.message_maps.exchange.freeplane_writing import ICONS
from hub.message_maps.exchange.rich_text import plain
from hub.message_maps.exchange.topics import CATALOGUE, FAMILY, MESSAGE, ROLE, SITUATION, Topic, walk
from hub.message_maps.exchange.topics_reading import TopicReader
from hub.message_maps.exchange.xml_reading import line_of, parse_xml, refuse_dangers
from hub.message_maps.loader_messages import ROLES

_OWN = frozenset({"TEXT", "ID"})
_LINK = frozenset({"DESTINATION", "MIDDLE_LABEL"})
_CITED = "Source "


def read_freeplane(raw: bytes, context: Context) -> Reading:
    """Every situation of a file: a topic whose attribute ``tocsin`` is ``situation``, wherever it hangs.

    Raises:
        Unreadable: not well-formed, no mind-map, dangerous, or without a situation.
    """
    top = parse_xml(raw)
    roots = [each for each in top if each.tag == "node"]
    if top.tag != "map" or len(roots) != 1:
        raise Unreadable(Phrase("this is no mind-map: expected `<map>` with one topic in it"), line_of(top))
    refuse_dangers(top)
    tree = _Tree(roots[0])
    situations = [topic for topic in tree.topics() if topic.role == SITUATION]
    if not situations:
        raise Unreadable(
            Phrase("no topic has the attribute `tocsin` = `situation`; export a map first to see how it is built")
        )
    candidates = tuple(_situation(tree, topic, context) for topic in situations)
    return Reading(candidates, kept=_above(tree))


class _Tree:
    """The topics of a file with their elements."""

    def __init__(self, root: etree._Element) -> None:
        self.root = Topic("", "")
        self._elements: dict[int, etree._Element] = {}
        self.by_id: dict[str, Topic] = {}
        waiting = [(root, self.root)]
        while waiting:
            element, topic = waiting.pop()
            self._read(element, topic)
            for child in element:
                if child.tag == "node":
                    topic.children.append(Topic("", ""))
                    waiting.append((child, topic.children[-1]))

    def topics(self) -> Iterator[Topic]:
        return (topic for _, topic in walk(self.root))

    def element(self, topic: Topic) -> etree._Element:
        return self._elements[id(topic)]

    def _read(self, element: etree._Element, topic: Topic) -> None:
        topic.text = _title(element)
        topic.line = line_of(element)
        topic.values = {each.get("NAME", ""): each.get("VALUE", "") for each in element.iterchildren("attribute")}
        topic.role = topic.values.pop(ROLE, "")
        self._elements[id(topic)] = element
        if name := element.get("ID"):
            self.by_id.setdefault(name, topic)


def _title(element: etree._Element) -> str:
    text = element.get("TEXT")
    if text is None:
        rich = [each for each in element.iterchildren("richcontent") if each.get("TYPE") == "NODE"]
        text = plain(rich[0]) if rich else ""
    unquoted = text.lstrip("'")
    return text[1:] if unquoted != text and unquoted.lstrip().startswith("=") else text


def _situation(tree: _Tree, topic: Topic, context: Context) -> Candidate:
    faults: list[Fault] = []
    for _, each in walk(topic):
        if each.role == MESSAGE:
            faults += _follow(tree, each)
    reader = TopicReader(topic, context.rules.languages[0])
    kept = {each.place: aside for each in _understood(topic) if (aside := _aside(tree, each))}
    found = candidate(reader.document, context, reader.lines, kept)
    if faults:
        return Candidate(found.situation_id, found.document, (*faults, *found.faults))
    return found


def _follow(tree: _Tree, topic: Topic) -> Iterator[Fault]:
    """Makes follow-ups of the arrows whose label is a role."""
    for arrow in tree.element(topic).iterchildren("arrowlink"):
        role = arrow.get("MIDDLE_LABEL", "")
        if role not in ROLES:
            continue
        target = tree.by_id.get(arrow.get("DESTINATION", ""))
        if target is None or target.role != MESSAGE:
            fault = Phrase("line %(line)s: the arrow `%(role)s` leads to no message", line=topic.line, role=role)
            yield Fault(f"messages.{topic.values.get('id', '')}.followups.{role}", fault)
        else:
            topic.links[role] = target.values.get("id", "")


def _understood(topic: Topic) -> Iterator[Topic]:
    waiting = [topic]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += [child for child in here.children if child.place]


def _aside(tree: _Tree, topic: Topic) -> dict[str, Any]:
    """What a topic's element has besides what the hub reads, to be written out again as it was."""
    element = tree.element(topic)
    strange = {id(tree.element(child)) for child in topic.children if not child.place}
    beside, below, links = [], [], {}
    for child in element.iterchildren(etree.Element):
        if child.tag == "node":
            below += [_verbatim(child)] if id(child) in strange else []
        elif child.tag == "arrowlink" and child.get("MIDDLE_LABEL", "") in topic.links:
            if drawn := {str(key): str(value) for key, value in child.attrib.items() if key not in _LINK}:
                links[child.get("MIDDLE_LABEL", "")] = drawn
        elif not _is_read(child, topic):
            beside.append(_verbatim(child))
    found = {
        "id": element.get("ID"),
        "attributes": {str(name): str(value) for name, value in element.attrib.items() if name not in _OWN},
        "links": links,
        "beside": beside,
        "below": below,
    }
    return {key: value for key, value in found.items() if value}


def _is_read(child: etree._Element, topic: Topic) -> bool:
    if child.tag == "attribute" or (topic.role == MESSAGE and child.tag == "icon" and child.get("BUILTIN") in ICONS):
        return True
    if child.tag != "richcontent":
        return False
    kind = child.get("TYPE")
    return kind == "NODE" or (kind == "NOTE" and topic.role == "fact" and plain(child).startswith(_CITED))


def _above(tree: _Tree) -> Kept:
    """What hangs on the catalogue and its families, above the situations."""
    kept: Kept = {}
    for topic in tree.topics():
        if topic.role in {CATALOGUE, FAMILY}:
            topic.place = CATALOGUE if topic.role == CATALOGUE else f"{FAMILY}.{topic.text}"
            known = {FAMILY, SITUATION}
            for child in topic.children:
                child.place = child.place or (child.role if child.role in known else "")
            kept[topic.place] = _aside(tree, topic)
    return {place: aside for place, aside in kept.items() if aside}


def _verbatim(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)
