"""A situation as a document: a plain nested value in the shape of the YAML file, and back.

What it holds is what `model_json` writes of a situation; here it gets the keys and the order of the file.

A document is what an editor works on and what files are exchanged in. It may be half-typed: nothing that it holds makes
the reader fail, and every fault carries the path of its place.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any

from hub.kernel.errors import Fault
from hub.message_maps.document_tree import DocumentFaults, document_tree
from hub.message_maps.loader_messages import ROLES
from hub.message_maps.loader_situation import MAP_SCHEMA, read_situation
from hub.message_maps.model import FORMS, TEXT_PART, Situation, Source
from hub.message_maps.model_json import to_json
from hub.message_maps.rules import Rules

Document = dict[str, Any]

# The keys of each part in the order of the file.
_HEAD = (
    "id",
    "aliases",
    "version",
    "status",
    "owner",
    "family",
    "title",
    "synonyms",
    "kinetics",
    "hazard",
    "facts",
    "oet",
)
_FACT = ("id", "text", "source", "validated", "note")
_BLANK = (
    *("type", "max", "from", "required", "future", "next_update", "per_language", "corrects"),
    *("label", "hint", "example", "values", "default"),
)
_MESSAGE = ("id", "status", "phase", "level", "kind", "title", "actions", "variants", "cap_override", "followups")
_ACCEPTED = ("rule", "message", "form", "language", "reason")
# What is left out where it holds nothing. Anything else that is empty is a fault of the map, and stays to be seen.
_OPTIONAL = frozenset(
    {
        *("aliases", "source", "validated", "note", "from", "required", "future", "next_update", "per_language"),
        *("corrects", "hint", "values", "default", "status", "actions", "cap_override", "followups"),
    }
)
_OF_ACCEPTED = frozenset({"message", "form", "language"})


def to_document(situation: Situation) -> Document:
    """A situation in the shape and the key order of the YAML file (``docs/message_maps.md``).

    Values are dicts, lists, texts, whole numbers and booleans; dates are texts (YYYY-MM-DD). What holds its default is
    left out. The same situation always gives the same document.
    """
    told = to_json(situation)
    document: Document = {
        "schema": MAP_SCHEMA,
        "situation": _head(told),
        "placeholders": {blank["name"]: _blank(blank) for blank in told["placeholders"]},
        "levels": {level.pop("id"): level for level in told["levels"]},
    }
    if told["actions"]:
        document["actions"] = told["actions"]
    document["messages"] = [_message(message) for message in told["messages"]]
    if told["accepted"]:
        document["accepted"] = [_ordered(entry, _ACCEPTED, _OF_ACCEPTED) for entry in told["accepted"]]
    return document


def read_document(document: Any, rules: Rules, sources: Map[str, Source]) -> tuple[Situation | None, tuple[Fault, ...]]:
    """Reads a document with all checks of the loader.

    Args:
        document: what `to_document` gives, or anything else: it need not even be a mapping.
        rules: its ``languages`` are mandatory in every text.
        sources: the known sources of facts, by their code.

    Returns:
        The situation, or ``None`` when there is a fault; and the faults. ``Fault.field`` is a path such as
        ``messages.act.first.variants.sms.fr``: entries of ``messages`` and ``facts`` go by their id, those of other
        lists by their number from 1; it is empty when the whole document is meant.
    """
    faults = DocumentFaults()
    tree = document_tree(document, faults)
    situation = None if tree is None else read_situation(tree, faults, rules, sources)
    return (None if faults.found else situation), faults.named()


def _head(told: Document) -> Document:
    facts = [_ordered(fact, _FACT) for fact in told["facts"]]
    cap = {"category": told["category"], "event": told["event"]}
    return {**_ordered({**told, "facts": facts}, _HEAD), "cap": cap, "area": told["area"]}


def _blank(told: Document) -> Document:
    origin = f"number.{told['number']}" if told["number"] else told["origin"]
    shown = _ordered({**told, "from": origin, "required": not told["required"]}, _BLANK)
    return {**shown, "required": False} if "required" in shown else shown


def _message(told: Document) -> Document:
    followups = {role: told["followups"][role] for role in ROLES if role in told["followups"]}
    status = "draft" if told["draft"] else None
    variants = {form: _form(told, form) for form in FORMS if form in told["variants"] or form in told["same_as"]}
    return _ordered({**told, "status": status, "variants": variants, "followups": followups}, _MESSAGE)


def _form(told: Document, form: str) -> Document:
    if form in told["same_as"]:
        return {"same_as": told["same_as"][form]}
    return {language: _texts(form, parts) for language, parts in told["variants"][form].items()}


def _texts(form: str, parts: Document) -> Any:
    if form == "led":
        return list(parts.values())
    return parts if form == "cap" else parts[TEXT_PART]


def _ordered(told: Document, keys: tuple[str, ...], optional: frozenset[str] = _OPTIONAL) -> Document:
    return {key: told[key] for key in keys if told[key] or key not in optional}
