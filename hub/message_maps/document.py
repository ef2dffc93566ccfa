"""A situation as a document: a plain nested value in the shape of the YAML file, and back.

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
from hub.message_maps.model import (
    FORMS,
    TEXT_PART,
    Accepted,
    Action,
    CapOverride,
    Fact,
    Level,
    Message,
    Placeholder,
    Situation,
    Source,
    Variant,
)
from hub.message_maps.rules import Rules

Document = dict[str, Any]


def to_document(situation: Situation) -> Document:
    """A situation in the shape and the key order of the YAML file (``docs/message_maps.md``).

    Values are dicts, lists, texts, whole numbers and booleans; dates are texts (YYYY-MM-DD). What holds its default is
    left out. The same situation always gives the same document.
    """
    return _without_defaults(
        {
            "schema": MAP_SCHEMA,
            "situation": _head(situation),
            "placeholders": {name: _placeholder(blank) for name, blank in situation.placeholders.items()},
            "levels": {name: _level(level) for name, level in situation.levels.items()},
            "actions": [_action(action) for action in situation.actions.values()] or None,
            "messages": [_message(message) for message in situation.messages],
            "accepted": [_accepted(entry) for entry in situation.accepted] or None,
        }
    )


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


def _head(situation: Situation) -> Document:
    owner = situation.owner
    head = {
        "id": situation.id,
        "aliases": list(situation.aliases) or None,
        "version": situation.version,
        "status": situation.status.value,
        "owner": {
            "role": owner.role,
            "reviewed_on": owner.reviewed_on.isoformat(),
            "review_every_days": owner.review_every_days,
        },
        "family": situation.family.value,
        "title": dict(situation.title),
        "synonyms": {language: list(words) for language, words in situation.synonyms.items()},
        "kinetics": situation.kinetics.value,
        "hazard": {language: list(words) for language, words in situation.hazard.items()},
        "facts": [_fact(fact) for fact in situation.facts],
        "oet": list(situation.oet),
        "cap": {"category": [word.value for word in situation.category], "event": dict(situation.event)},
        "area": {language: tagged.source for language, tagged in situation.area.items()},
    }
    return _without_defaults(head)


def _fact(fact: Fact) -> Document:
    checked = fact.validated
    return _without_defaults(
        {
            "id": fact.id,
            "text": dict(fact.text),
            "source": fact.source or None,
            "validated": {"by": checked.by, "on": checked.on.isoformat()} if checked else None,
            "note": dict(fact.note) or None,
        }
    )


def _action(action: Action) -> Document:
    text = {language: tagged.source for language, tagged in action.text.items()}
    return {"id": action.id, "text": text, "facts": list(action.facts)}


def _accepted(entry: Accepted) -> Document:
    return _without_defaults(
        {
            "rule": entry.rule,
            "message": entry.message or None,
            "form": entry.form or None,
            "language": entry.language or None,
            "reason": dict(entry.reason),
        }
    )


def _placeholder(blank: Placeholder) -> Document:
    return _without_defaults(
        {
            "type": blank.type.value,
            "max": blank.max,
            "from": f"number.{blank.number}" if blank.number else blank.origin.value if blank.origin else None,
            "required": None if blank.required else False,
            "future": blank.future or None,
            "next_update": blank.next_update or None,
            "per_language": blank.per_language or None,
            "corrects": blank.corrects.value if blank.corrects else None,
            "label": dict(blank.label),
            "hint": dict(blank.hint) or None,
            "example": dict(blank.example),
            "values": [dict(value) for value in blank.values] or None,
            "default": blank.default or None,
        }
    )


def _level(level: Level) -> Document:
    return {
        "rank": level.rank,
        "label": dict(level.label),
        "urgency": level.urgency.value,
        "severity": level.severity.value,
        "certainty": level.certainty.value,
        "response": [word.value for word in level.response],
        "eu_alert": level.eu_alert,
        "next_update_minutes": level.next_update_minutes,
        "expires_minutes": level.expires_minutes,
    }


def _message(message: Message) -> Document:
    return _without_defaults(
        {
            "id": message.id,
            "status": "draft" if message.draft else None,
            "phase": message.phase.value,
            "level": message.level,
            "kind": message.kind.value,
            "title": dict(message.title),
            "actions": list(message.actions) or None,
            "variants": _variants(message),
            "cap_override": _override(message.cap_override) if message.cap_override else None,
            "followups": {role: message.followups[role] for role in ROLES if role in message.followups} or None,
        }
    )


def _variants(message: Message) -> Document:
    return {form: _form(message, form) for form in FORMS if form in message.variants}


def _form(message: Message, form: str) -> Document:
    if form in message.same_as:
        return {"same_as": message.same_as[form]}
    return {language: _texts(form, parts) for language, parts in message.variants[form].items()}


def _texts(form: str, parts: Variant) -> Any:
    if form == "led":
        return [tagged.source for tagged in parts.values()]
    if form == "cap":
        return {part: tagged.source for part, tagged in parts.items()}
    return parts[TEXT_PART].source


def _override(words: CapOverride) -> Document:
    return {
        "msg_type": words.msg_type.value,
        "urgency": words.urgency.value,
        "severity": words.severity.value,
        "certainty": words.certainty.value,
        "response": [word.value for word in words.response],
    }


def _without_defaults(document: Document) -> Document:
    return {key: value for key, value in document.items() if value is not None}
