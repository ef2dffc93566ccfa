"""Topics as a Freeplane file (.mm), which FreeMind reads too.

ASCII with numeric entities, line breaks in texts as ``&#xa;``: what real files do and every version reads. The version
stands as ``freeplane 1.7.0``: with FreeMind's own, Freeplane opens a warning that must be clicked away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from hub.message_maps.exchange.topics import CATALOGUE, FAMILY, MESSAGE, ROLE, SITUATION, Topic, walk
from hub.message_maps.exchange.xml_reading import parse_xml

VERSION = "freeplane 1.7.0"

# Place -> what an import put aside there (`hub.message_maps.exchange.freeplane_reading`).
Kept = Mapping[str, Any]

_NUMBERS = 2**31
_BRANCHES = frozenset({CATALOGUE, FAMILY, SITUATION})
# A level's rank as a sign that can be seen from afar; ranks above the last one keep its sign.
ICONS = ("info", "messagebox_warning", "stop-sign")


def write_situation(topic: Topic, kept: Kept) -> bytes:
    """One situation as the root of a map. ``kept`` is what an import of it has put aside."""
    return _Writer({topic.values["id"]: kept}).written(topic)


def write_catalogue(families: Mapping[str, Iterable[Topic]], kept: Mapping[str, Kept], title: str) -> bytes:
    """All situations below their families. ``kept`` is by situation; that of the whole is under an empty name."""
    root = Topic(CATALOGUE, title, CATALOGUE)
    for family, topics in families.items():
        root.children.append(Topic(FAMILY, family, f"{FAMILY}.{family}", children=list(topics)))
    return _Writer(kept).written(root)


def topic_id(situation_id: str, place: str) -> str:
    """The id of a topic in the file: the same for the same place, so that files of two exports can be compared."""
    digest = hashlib.sha256(f"{situation_id} {place}".encode()).digest()
    return f"ID_{int.from_bytes(digest[:8]) % _NUMBERS}"


class _Writer:
    """Writes one file. ``kept`` is by the id of the situation that a topic belongs to, empty above them."""

    def __init__(self, kept: Mapping[str, Kept]) -> None:
        self._kept = kept
        self._taken: set[str] = set()

    def written(self, root: Topic) -> bytes:
        top = etree.Element("map", version=VERSION)
        top.text = "\n"
        parents: list[etree._Element] = [top]
        branch = _Branch("", {})
        filled: list[tuple[etree._Element, Kept]] = []
        for depth, topic in walk(root):
            if topic.role in _BRANCHES:
                branch = self._branch(topic)
            del parents[depth + 1 :]
            element = etree.SubElement(parents[depth], "node")
            element.tail = "\n"
            parents.append(element)
            kept = self._kept.get(branch.situation, {}).get(topic.place, {})
            _fill(element, topic, branch, kept)
            filled.append((element, kept))
        for element, kept in filled:
            _hang(element, kept.get("below", ()))
        text: bytes = etree.tostring(top, encoding="us-ascii", xml_declaration=False)
        return text.replace(b"&#10;", b"&#xa;") + b"\n"

    def _branch(self, topic: Topic) -> _Branch:
        """Gives every topic of a situation its id, before links between them are written."""
        branch = _Branch(topic.values.get("id", ""), {})
        kept = self._kept.get(branch.situation, {})
        for _, each in walk(topic) if topic.role == SITUATION else ((0, topic),):
            wanted = kept.get(each.place, {}).get("id") or topic_id(branch.situation, each.place)
            while wanted in self._taken:
                wanted = topic_id(wanted, each.place)
            self._taken.add(wanted)
            branch.ids[each.place] = wanted
            branch.note(each)
        return branch


class _Branch:
    """What the topics of one situation share: their ids, the places of messages, the ranks of levels."""

    def __init__(self, situation: str, ids: dict[str, str]) -> None:
        self.situation = situation
        self.ids = ids
        self._messages: dict[str, str] = {}
        self._ranks: dict[str, int] = {}

    def note(self, topic: Topic) -> None:
        if topic.role == MESSAGE:
            self._messages[topic.values["id"]] = self.ids[topic.place]
        elif topic.role == "level":
            self._ranks[topic.values["id"]] = int(topic.values["rank"])

    def message(self, name: str) -> str:
        return self._messages[name]

    def icon(self, level: str) -> str:
        return ICONS[min(self._ranks.get(level, 1), len(ICONS)) - 1]


def _fill(element: etree._Element, topic: Topic, branch: _Branch, kept: Kept) -> None:
    element.set("TEXT", _shown(topic.text))
    element.set("ID", branch.ids[topic.place])
    for name, value in kept.get("attributes", {}).items():
        element.set(name, value)
    element.text = "\n"
    for name, value in {ROLE: topic.role, **topic.values}.items():
        _add(element, "attribute", NAME=name, VALUE=value)
    for role, target in topic.links.items():
        extra = kept.get("links", {}).get(role, {})
        _add(element, "arrowlink", **{**extra, "DESTINATION": branch.message(target), "MIDDLE_LABEL": role})
    if topic.role == MESSAGE:
        _add(element, "icon", BUILTIN=branch.icon(topic.values.get("level", "")))
    if topic.note:
        note = _add(element, "richcontent", TYPE="NOTE")
        html = etree.SubElement(note, "html")
        etree.SubElement(html, "head")
        etree.SubElement(etree.SubElement(html, "body"), "p").text = topic.note
    _hang(element, kept.get("beside", ()))


def _shown(text: str) -> str:
    """A text that starts with `=` would be run as a formula; an apostrophe before it says that it is a text."""
    return f"'{text}" if text.lstrip("'").lstrip().startswith("=") else text


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, tag, attributes)
    element.tail = "\n"
    return element


def _hang(element: etree._Element, pieces: Iterable[str]) -> None:
    for piece in pieces:
        kept = parse_xml(piece.encode())
        kept.tail = "\n"
        element.append(kept)
