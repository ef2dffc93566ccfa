"""A situation as JSON and back: what the database keeps of a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hub.cap.vocabulary import Category, Certainty, MsgType, ResponseType, Severity, Urgency
from hub.message_maps.model import (
    Accepted,
    Action,
    CapOverride,
    Fact,
    Family,
    Kind,
    Kinetics,
    Level,
    Message,
    Origin,
    Owner,
    Part,
    Phase,
    Placeholder,
    PlaceholderType,
    Situation,
    State,
    Validation,
)
from hub.message_maps.tagged import parse

Json = dict[str, Any]


def to_json(situation: Situation) -> Json:
    """A situation in JSON types only. The same situation always gives the same JSON."""
    owner = situation.owner
    return {
        "id": situation.id,
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
        "facts": [_fact_json(fact) for fact in situation.facts],
        "oet": list(situation.oet),
        "category": [category.value for category in situation.category],
        "event": dict(situation.event),
        "area": {language: tagged.source for language, tagged in situation.area.items()},
        "placeholders": [_placeholder_json(blank) for blank in situation.placeholders.values()],
        "levels": [_level_json(level) for level in situation.levels.values()],
        "actions": [_action_json(action) for action in situation.actions.values()],
        "messages": [_message_json(message) for message in situation.messages],
        "aliases": list(situation.aliases),
        "accepted": [_accepted_json(entry) for entry in situation.accepted],
    }


def from_json(content: Mapping[str, Any]) -> Situation:
    """The situation that `to_json` wrote, in this release or an earlier one.

    Raises:
        KeyError, ValueError: the content was not written by `to_json`.
    """
    if "actions" not in content:
        content = _with_actions(content)
    owner = content["owner"]
    return Situation(
        id=content["id"],
        version=content["version"],
        status=State(content["status"]),
        owner=Owner(owner["role"], date.fromisoformat(owner["reviewed_on"]), owner["review_every_days"]),
        family=Family(content["family"]),
        title=content["title"],
        synonyms={language: tuple(words) for language, words in content["synonyms"].items()},
        kinetics=Kinetics(content["kinetics"]),
        hazard={language: tuple(words) for language, words in content["hazard"].items()},
        facts=tuple(_fact(fact) for fact in content["facts"]),
        oet=tuple(content["oet"]),
        category=tuple(Category(word) for word in content["category"]),
        event=content["event"],
        area={language: parse(text) for language, text in content["area"].items()},
        placeholders={blank["name"]: _placeholder(blank) for blank in content["placeholders"]},
        levels={level["id"]: _level(level) for level in content["levels"]},
        actions={action["id"]: _action(action) for action in content["actions"]},
        messages=tuple(_message(message) for message in content["messages"]),
        aliases=tuple(content["aliases"]),
        accepted=tuple(Accepted(**entry) for entry in content["accepted"]),
    )


def _with_actions(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """A version of the time when messages named facts: each fact becomes an action of its own, in the same words."""
    return {
        **content,
        "actions": [
            {"id": fact["id"].lower(), "text": fact["text"], "facts": [fact["id"]]} for fact in content["facts"]
        ],
        "messages": [
            {**message, "actions": [fact.lower() for fact in message["facts"]]} for message in content["messages"]
        ],
        "aliases": [],
        "accepted": [],
    }


def _fact_json(fact: Fact) -> Json:
    checked = fact.validated
    return {
        "id": fact.id,
        "text": dict(fact.text),
        "source": fact.source,
        "validated": {"by": checked.by, "on": checked.on.isoformat()} if checked else None,
        "note": dict(fact.note),
    }


def _fact(content: Json) -> Fact:
    checked = content.get("validated")
    return Fact(
        content["id"],
        content["text"],
        content["source"],
        Validation(checked["by"], date.fromisoformat(checked["on"])) if checked else None,
        content.get("note", {}),
    )


def _action_json(action: Action) -> Json:
    text = {language: tagged.source for language, tagged in action.text.items()}
    return {"id": action.id, "text": text, "facts": list(action.facts)}


def _action(content: Json) -> Action:
    text = {language: parse(source) for language, source in content["text"].items()}
    return Action(content["id"], text, tuple(content["facts"]))


def _accepted_json(entry: Accepted) -> Json:
    return {
        "rule": entry.rule,
        "reason": dict(entry.reason),
        "message": entry.message,
        "form": entry.form,
        "language": entry.language,
    }


def _placeholder_json(blank: Placeholder) -> Json:
    return {
        "name": blank.name,
        "type": blank.type.value,
        "max": blank.max,
        "label": dict(blank.label),
        "example": dict(blank.example),
        "hint": dict(blank.hint),
        "required": blank.required,
        "origin": blank.origin.value if blank.origin else None,
        "future": blank.future,
        "next_update": blank.next_update,
        "per_language": blank.per_language,
        "values": [dict(value) for value in blank.values],
        "default": blank.default,
        "corrects": blank.corrects.value if blank.corrects else None,
        "number": blank.number,
    }


def _placeholder(content: Json) -> Placeholder:
    origin, corrects = content["origin"], content.get("corrects")
    return Placeholder(
        **{
            **content,
            "type": PlaceholderType(content["type"]),
            "origin": Origin(origin) if origin else None,
            "values": tuple(content["values"]),
            "corrects": Part(corrects) if corrects else None,
        }
    )


def _level_json(level: Level) -> Json:
    return {
        "id": level.id,
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


def _level(content: Json) -> Level:
    return Level(
        **{
            **content,
            "urgency": Urgency(content["urgency"]),
            "severity": Severity(content["severity"]),
            "certainty": Certainty(content["certainty"]),
            "response": tuple(ResponseType(word) for word in content["response"]),
        }
    )


def _message_json(message: Message) -> Json:
    words = message.cap_override
    return {
        "id": message.id,
        "phase": message.phase.value,
        "level": message.level,
        "kind": message.kind.value,
        "title": dict(message.title),
        "actions": list(message.actions),
        "draft": message.draft,
        "variants": {
            form: {
                language: {part: tagged.source for part, tagged in parts.items()}
                for language, parts in languages.items()
            }
            for form, languages in message.variants.items()
            if form not in message.same_as
        },
        "same_as": dict(message.same_as),
        "followups": dict(message.followups),
        "cap_override": None
        if words is None
        else {
            "msg_type": words.msg_type.value,
            "urgency": words.urgency.value,
            "severity": words.severity.value,
            "certainty": words.certainty.value,
            "response": [word.value for word in words.response],
        },
    }


def _message(content: Json) -> Message:
    variants = {
        form: {
            language: {part: parse(source) for part, source in parts.items()} for language, parts in languages.items()
        }
        for form, languages in content["variants"].items()
    }
    variants |= {form: variants[other] for form, other in content["same_as"].items()}
    words = content["cap_override"]
    return Message(
        id=content["id"],
        phase=Phase(content["phase"]),
        level=content["level"],
        kind=Kind(content["kind"]),
        title=content["title"],
        actions=tuple(content["actions"]),
        variants=variants,
        followups=content["followups"],
        same_as=content["same_as"],
        cap_override=None
        if words is None
        else CapOverride(
            MsgType(words["msg_type"]),
            Urgency(words["urgency"]),
            Severity(words["severity"]),
            Certainty(words["certainty"]),
            tuple(ResponseType(word) for word in words["response"]),
        ),
        draft=content.get("draft", False),
    )
