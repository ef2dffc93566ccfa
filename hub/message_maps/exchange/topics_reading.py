"""Makes a document out of the topics of a situation; topics that mean nothing here are left over."""

from __future__ import annotations

import re
from typing import Any

from hub.message_maps.exchange.flat import unflatten
from hub.message_maps.exchange.topics import (
    GROUPS,
    LANGUAGE,
    MESSAGE,
    PAGE,
    PART,
    Document,
    Group,
    Topic,
)

_LANGUAGE = re.compile(r"[a-z]{2}")
_GROUPS = {group.role: group for group in GROUPS}


class TopicReader:
    """Reads one situation's topic. Sets the ``place`` of every topic that it understands; the others keep none.

    ``lines`` then leads from places to the lines of the file.
    """

    def __init__(self, topic: Topic, language: str) -> None:
        self.first = topic.values.get("language", language)
        self.lines: dict[str, int] = {}
        self.document = self._situation(topic)

    def _situation(self, topic: Topic) -> Document:
        head = self._values(topic, "title", "situation.title")
        head.pop("language", None)
        document: Document = {"schema": head.pop("schema", "")}
        document["situation"] = head
        document |= {"placeholders": {}, "levels": {}}
        messages = []
        for child in topic.children:
            group = _GROUPS.get(child.role)
            if group is not None:
                self._group(group, child, document)
            elif child.role == MESSAGE:
                messages.append(self._message(child))
        document["messages"] = messages
        return document

    def _group(self, group: Group, topic: Topic, document: Document) -> None:
        self._place(topic, group.role)
        listing: list[Any] = []
        named: Document = {}
        for number, child in enumerate(topic.children, 1):
            if child.role != group.entry:
                continue
            name = child.values.get(group.key or "id") or str(number)
            entry = self._values(child, group.text, ".".join((*group.path, name, group.text)))
            if group.key:
                entry.pop(group.key, None)
                named[name] = entry
            listing.append(entry)
        place = document
        for step in group.path[:-1]:
            place = place.setdefault(step, {})
        if listing:
            place[group.path[-1]] = named if group.key else listing

    def _message(self, topic: Topic) -> Document:
        name = topic.values.get("id", "")
        message = self._values(topic, "title", f"messages.{name}.title")
        place = f"messages.{name}.variants"
        variants: Document = {}
        for child in topic.children:
            form = child.values.get("form")
            if form and "same_as" in child.values:
                self._place(child, f"{place}.{form}")
                variants[form] = {"same_as": child.values["same_as"]}
            elif child.role == LANGUAGE or _LANGUAGE.fullmatch(child.text.strip()):
                self._language(child, place, variants)
        message["variants"] = variants
        if topic.links:
            message["followups"] = dict(topic.links)
        return message

    def _language(self, topic: Topic, place: str, variants: Document) -> None:
        language = topic.text.strip()
        self._place(topic, f"{place}.{language}")
        for child in topic.children:
            form = child.values.get("form")
            if not form:
                continue
            here = f"{place}.{form}.{language}"
            self._place(child, here)
            texts = variants.setdefault(form, {})
            if "same_as" not in texts:
                texts[language] = self._form(child, form, here)

    def _form(self, topic: Topic, form: str, place: str) -> Any:
        if form == "led":
            pages = [child for child in topic.children if child.role in {PAGE, ""}]
            for number, page in enumerate(pages, 1):
                self._place(page, f"{place}.{number}")
            return [page.text for page in pages]
        if form == "cap":
            parts = [child for child in topic.children if child.values.get(PART)]
            for part in parts:
                self._place(part, f"{place}.{part.values[PART]}")
            return {part.values[PART]: part.text for part in parts}
        return topic.text

    def _values(self, topic: Topic, key: str, place: str) -> Document:
        """The named values of a topic, with its text as the first language of ``key``."""
        self._place(topic, f"{place}.{self.first}")
        self.lines.setdefault(place.rpartition(".")[0], topic.line)
        found = unflatten(topic.values.items())
        others = found.pop(key, {})
        return {**found, key: {self.first: topic.text, **(others if isinstance(others, dict) else {})}}

    def _place(self, topic: Topic, place: str) -> None:
        topic.place = place
        self.lines[place] = topic.line
