"""What the open data of the register hold, as JSON Schema (2020-12), and under which licence."""

from __future__ import annotations

from typing import Any

from hub.rumours.states import VersionKind
from hub.rumours.verdicts import Verdict

LICENCE = "Licence Ouverte / Open Licence 2.0 (Etalab)"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"

_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}, "description": "Language code to text."}
_MOMENT = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_RUMOUR: dict[str, Any] = {
    "id": {"type": "string"},
    "address": {"type": "string", "format": "uri"},
    "version": {"type": "integer", "minimum": 1},
    "kind": {"enum": [kind.value for kind in VersionKind]},
    "verdict": {"enum": [*(verdict.value for verdict in Verdict), None], "description": "null: withdrawn"},
    "rating": {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": 5,
        "description": "1 false ... 5 true; null where the verdict has no place on this line",
    },
    "as_of": _MOMENT,
    "valid_until": _MAYBE_MOMENT,
    "first_published": _MOMENT,
    "changed_at": _MOMENT,
    "event": {"type": ["string", "null"]},
    "event_title": _TEXTS,
    "communes": {"type": "array", "items": {"type": "string"}, "description": "INSEE codes; none: all of them"},
    "answer": {"type": "object", "additionalProperties": _TEXTS},
    "sources": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name", "at", "address", "sha256"],
            "properties": {
                "name": {"type": "string"},
                "at": _MAYBE_MOMENT,
                "address": {"type": "string"},
                "sha256": {"type": "string"},
            },
            "additionalProperties": False,
        },
    },
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Register of rumours",
    "type": "object",
    "required": ["licence", "licence_url", "publisher", "updated", "rumours"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "licence": {"const": LICENCE},
        "licence_url": {"type": "string", "format": "uri"},
        "publisher": {"type": "string"},
        "updated": _MAYBE_MOMENT,
        "rumours": {
            "type": "array",
            "items": {
                "type": "object",
                "required": list(_RUMOUR),
                "properties": _RUMOUR,
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
