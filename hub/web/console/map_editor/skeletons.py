"""What a new map, or a new part of one, starts from: every field there, nothing said yet."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.message_maps.loader_situation import MAP_SCHEMA
from hub.web.console.map_editor.sections import MESSAGES, Document

REVIEW_DAYS = 365
_LEVEL = {
    "rank": 1,
    "urgency": "Immediate",
    "severity": "Severe",
    "certainty": "Observed",
    "response": ["Monitor"],
    "eu_alert": 3,
    "next_update_minutes": 60,
    "expires_minutes": 720,
}


def situation(situation_id: str, title: str, today: date) -> Document:
    """A new map with one level and one first alert, to be written."""
    return {
        "schema": MAP_SCHEMA,
        "situation": {
            "id": situation_id,
            "version": 1,
            "status": "draft",
            "owner": {"role": "", "reviewed_on": today.isoformat(), "review_every_days": REVIEW_DAYS},
            "family": "natural",
            "title": {"fr": title, "en": title},
            "synonyms": {},
            "kinetics": "fast",
            "hazard": {},
            "facts": [],
            "oet": [],
            "cap": {"category": ["Safety"], "event": {}},
            "area": {},
        },
        "placeholders": {},
        "levels": {"act": {**_LEVEL, "label": {}}},
        "actions": [],
        "messages": [{"id": "act.first", **_message("act")}],
    }


def member(section: str, document: Document) -> dict[str, Any]:
    """A new part without its id."""
    if section == MESSAGES:
        levels = document.get("levels")
        return _message(next(iter(levels), "") if isinstance(levels, dict) else "")
    made: dict[str, dict[str, Any]] = {
        "facts": {"text": {}},
        "actions": {"text": {}, "facts": []},
        "levels": {**_LEVEL, "label": {}},
        "placeholders": {"type": "text", "max": 40, "label": {}, "example": {}},
    }
    return made[section]


def _message(level: str) -> dict[str, Any]:
    return {"phase": "during", "level": level, "kind": "alert", "title": {}, "actions": [], "variants": {}}
