"""A situation as JSON and back: what the database keeps of a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hub.cap.vocabulary import Category, Certainty, MsgType, ResponseType, Severity, Urgency
from hub.message_maps.model import (
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
        "facts": [{"id": fact.id, "text": dict(fact.text), "source": fact.source} for fact in situation.facts],
        "oet": list(situation.oet),
        "category": [category.value for category in situation.category],
        "event": dict(situation.event),
        "area": {language: tagged.source for language, tagged in situation.area.items()},
        "placeholders": [_placeholder_json(blank) for blank in situation.placeholders.values()],
        "levels": [_level_json(level) for level in situation.levels.values()],
        "messages": [_message_json(message) for message in situation.messages],
    }


def from_json(content: Mapping[str, Any]) -> Situation:
    """The situation that `to_json` wrote.

    Raises:
        KeyError, ValueError: the content was not written by `to_json`.
    """
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
        facts=tuple(Fact(fact["id"], fact["text"], fact["source"]) for fact in content["facts"]),
        oet=tuple(content["oet"]),
        category=tuple(Category(word) for word in content["category"]),
        event=content["event"],
        area={language: parse(text) for language, text in content["area"].items()},
        placeholders={blank["name"]: _placeholder(blank) for blank in content["placeholders"]},
        levels={level["id"]: _level(level) for level in content["levels"]},
        messages=tuple(_message(message) for message in content["messages"]),
    )


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
        "facts": list(message.facts),
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
        facts=tuple(content["facts"]),
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
    )
