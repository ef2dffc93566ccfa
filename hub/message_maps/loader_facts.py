"""Makes the lower two layers of a map, facts and the actions built on them, and the list of accepted warnings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from collections.abc import Mapping as Map

from hub.kernel.phrase import Phrase
from hub.message_maps.model import FORMS, Accepted, Action, Fact, Placeholder, Source, Validation
from hub.message_maps.rules import Rules
from hub.message_maps.schema import Faults, Fields, plain_text, unknown
from hub.message_maps.tagged import parse
from hub.message_maps.yaml_tree import Node

_FACT_ID = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_ACTION_ID = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_RULE = re.compile(r"[A-Z0-9]{3,4}-\d{2}")


def read_facts(head: Fields, faults: Faults, rules: Rules, sources: Map[str, Source]) -> tuple[Fact, ...]:
    """Reads the facts of a situation; a fact whose source is not known yet has none."""
    nodes = head.listing("facts")
    facts = tuple(_fact(faults, node, rules, sources) for node in nodes)
    _no_twins(faults, "fact", [fact.id for fact in facts], nodes)
    return facts


def _fact(faults: Faults, node: Node, rules: Rules, sources: Map[str, Source]) -> Fact:
    entry = Fields(faults, node, "fact", ("id", "text"), ("source", "validated", "note"))
    name = entry.text("id", _FACT_ID, "B1")
    entry.what = f"fact {name}"
    source = entry.text("source")
    if source and source not in sources:
        faults.at(entry.entries["source"], unknown(entry.of("source"), source, sources))
    return Fact(
        id=name,
        text=entry.localized("text", rules.languages),
        source=source,
        validated=_validation(faults, entry),
        note=entry.localized("note", rules.languages),
    )


def _validation(faults: Faults, entry: Fields) -> Validation | None:
    if "validated" not in entry:
        return None
    checked = Fields(faults, entry.entries["validated"], entry.of("validated"), ("by", "on"))
    return Validation(checked.text("by"), checked.day("on"))


def read_actions(
    top: Fields, faults: Faults, rules: Rules, facts: Collection[Fact], placeholders: Map[str, Placeholder]
) -> dict[str, Action]:
    """Reads the actions of a map; each names facts of its situation."""
    nodes = top.listing("actions")
    known = {fact.id for fact in facts}
    actions = [_action(faults, node, rules, known, placeholders) for node in nodes]
    _no_twins(faults, "action", [action.id for action in actions], nodes)
    return {action.id: action for action in actions}


def _action(
    faults: Faults, node: Node, rules: Rules, facts: Collection[str], placeholders: Map[str, Placeholder]
) -> Action:
    entry = Fields(faults, node, "action", ("id", "text", "facts"))
    name = entry.text("id", _ACTION_ID, "monter")
    entry.what = f"action {name}"
    built_on = entry.texts("facts")
    for fact, place in zip(built_on, entry.listing("facts"), strict=True):
        if fact and fact not in facts:
            faults.at(place, unknown(entry.of("facts"), fact, facts))
    text = {}
    for language, place in entry.by_language("text", rules.languages).items():
        text[language] = parse(plain_text(faults, place, entry.of("text")), place.line)
        for blank in sorted(text[language].placeholders - set(placeholders)):
            faults.at(place, unknown(entry.of("text"), blank, placeholders))
    return Action(name, text, built_on)


def _no_twins(faults: Faults, what: str, names: Iterable[str], nodes: Iterable[Node]) -> None:
    seen: set[str] = set()
    for name, node in zip(names, nodes, strict=True):
        if name and name in seen:
            phrase = Phrase("the %(what)s id `%(id)s` stands twice; ids are unique in a file", what=what, id=name)
            faults.at(node, phrase)
        seen.add(name)


def read_accepted(top: Fields, faults: Faults, rules: Rules, messages: Collection[str]) -> tuple[Accepted, ...]:
    """Reads the warnings that the authors accept; each gives its reason in every language."""
    return tuple(_accepted(faults, node, rules, messages) for node in top.listing("accepted"))


def _accepted(faults: Faults, node: Node, rules: Rules, messages: Collection[str]) -> Accepted:
    entry = Fields(faults, node, "accepted", ("rule", "reason"), ("message", "form", "language"))
    found = Accepted(
        rule=entry.text("rule", _RULE, "STY-05"),
        reason=entry.localized("reason", rules.languages),
        message=entry.text("message"),
        form=entry.text("form"),
        language=entry.text("language"),
    )
    places = (("message", found.message, messages), ("form", found.form, FORMS))
    for key, name, known in (*places, ("language", found.language, rules.languages)):
        if name and name not in known:
            faults.at(entry.entries[key], unknown(entry.of(key), name, known))
    return found
