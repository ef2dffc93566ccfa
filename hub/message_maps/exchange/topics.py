"""A map as a tree of topics: what mind-map and outline programs show. One topic holds one text and some named values.

A situation's topics are its groups (facts, actions, blanks, levels, accepted warnings) and its messages; below a
message stand the languages, below a language the forms, below a panel its pages and below a CAP text its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.message_maps.exchange.flat import flatten
from hub.message_maps.model import Source

Document = dict[str, Any]

# The named value that says what a topic is.
ROLE = "tocsin"
CATALOGUE, FAMILY, SITUATION, MESSAGE = "catalogue", "family", "situation", "message"
LANGUAGE, FORM, PAGE, PART = "language", "form", "page", "part"


@dataclass(slots=True)
class Topic:
    """One topic. ``place`` is where its text stands in the document, as in `hub.message_maps.document`.

    ``links`` lead from a message to its follow-ups: role and id. ``line`` is where a file has the topic, 0 when none.
    """

    role: str
    text: str
    place: str = ""
    values: dict[str, str] = field(default_factory=dict)
    children: list[Topic] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    note: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of entries of a document: where they stand and which of their texts is the topic's."""

    role: str
    entry: str
    label: str
    path: tuple[str, ...]
    text: str
    # Entries of a mapping carry their key under this name; empty for a listing.
    key: str = ""


GROUPS = (
    Group("facts", "fact", "Faits / Facts", ("situation", "facts"), "text"),
    Group("actions", "action", "Consignes / Actions", ("actions",), "text"),
    Group("blanks", "blank", "Champs / Blanks", ("placeholders",), "label", "name"),
    Group("levels", "level", "Niveaux / Levels", ("levels",), "label", "id"),
    Group("accepted", "warning", "Avertissements acceptés / Accepted warnings", ("accepted",), "reason"),
)


def situation_topic(document: Document, sources: Mapping[str, Source]) -> Topic:
    """The topics of a sound document; everything in it has its place in them. ``sources`` give the notes of facts."""
    head = document["situation"]
    first = next(iter(head["title"]))
    rest = {key: value for key, value in head.items() if key not in {"facts", "title"}}
    values = {
        "language": first,
        **flatten({"schema": document["schema"], **rest, "title": _others(head, "title", first)}),
    }
    topic = Topic(SITUATION, head["title"][first], "situation.title." + first, values)
    topic.children = [*_groups(document, first, sources), *(_message(each, first) for each in document["messages"])]
    return topic


def walk(topic: Topic) -> Iterator[tuple[int, Topic]]:
    """All topics, each before its children, with their depth from 0."""
    waiting = [(0, topic)]
    while waiting:
        depth, here = waiting.pop()
        yield depth, here
        waiting += ((depth + 1, child) for child in reversed(here.children))


def _groups(document: Document, first: str, sources: Mapping[str, Source]) -> Iterator[Topic]:
    for group in GROUPS:
        entries: Any = document
        for step in group.path:
            entries = entries.get(step, ())
        if not entries:
            continue
        topic = Topic(group.role, group.label, group.role)
        named = entries.items() if group.key else ((None, entry) for entry in entries)
        for number, (key, entry) in enumerate(named, 1):
            step = key or entry.get("id") or str(number)
            place = ".".join((*group.path, step, group.text, first))
            values = {group.key: key} if key else {}
            values |= flatten({**entry, group.text: _others(entry, group.text, first)})
            child = Topic(group.entry, entry[group.text][first], place, values)
            child.note = _cited(entry, sources) if group.entry == "fact" else ""
            topic.children.append(child)
        yield topic


def _message(message: Document, first: str) -> Topic:
    own = {key: value for key, value in message.items() if key not in {"variants", "followups", "title"}}
    own["title"] = _others(message, "title", first)
    topic = Topic(MESSAGE, message["title"][first], f"messages.{message['id']}.title.{first}", flatten(own))
    topic.links = dict(message.get("followups", {}))
    languages: dict[str, Topic] = {}
    place = f"messages.{message['id']}.variants"
    for form, texts in message["variants"].items():
        if "same_as" in texts:
            other = texts["same_as"]
            topic.children.append(Topic(FORM, f"{form} = {other}", f"{place}.{form}", {"form": form, "same_as": other}))
            continue
        for language, text in texts.items():
            branch = languages.setdefault(language, Topic(LANGUAGE, language, f"{place}.{language}"))
            branch.children.append(_form(form, text, f"{place}.{form}.{language}"))
    topic.children = [*languages.values(), *topic.children]
    return topic


def _form(form: str, text: Any, place: str) -> Topic:
    topic = Topic(FORM, text if isinstance(text, str) else form, place, {"form": form})
    if isinstance(text, list):
        topic.children = [Topic(PAGE, page, f"{place}.{number}") for number, page in enumerate(text, 1)]
    elif isinstance(text, Mapping):
        topic.children = [Topic(PART, words, f"{place}.{part}", {"part": part}) for part, words in text.items()]
    return topic


def _others(entry: Document, key: str, first: str) -> Document:
    return {language: text for language, text in entry[key].items() if language != first}


def _cited(fact: Document, sources: Mapping[str, Source]) -> str:
    source = sources.get(fact.get("source", ""))
    if source is None:
        return ""
    return f"Source {source.code}: {source.title}, {source.publisher}, {source.address} ({source.seen.isoformat()})"
