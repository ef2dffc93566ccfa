"""The register as data for everybody: CSV and JSON, whole or of one event, with a schema and a licence by name."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from flask import Response, g

from hub.kernel.db import reading
from hub.rumours.answer import PARTS
from hub.rumours.models import RumourVersion
from hub.rumours.register.reading import Entry, every, last_change
from hub.rumours.states import VersionKind
from hub.rumours.verdicts import LABELS, Verdict, rating
from hub.web.language import say
from hub.web.parts import parts
from hub.web.public.answers import PAGE_CACHE, answer
from hub.web.public.blueprint import blueprint
from hub.web.public.rumours.filters import asked
from hub.web.public.rumours.shown import shown
from hub.web.security import access

CSV_TYPE = "text/csv; charset=utf-8; header=present"
JSON_TYPE = "application/json; charset=utf-8"
SCHEMA_TYPE = "application/schema+json; charset=utf-8"
LICENCE = "Licence Ouverte / Open Licence 2.0 (Etalab)"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
# A spreadsheet takes a cell that starts with one of these for a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = (
    "id", "address", "version", "kind", "verdict", "verdict_words", "as_of", "valid_until", "first_published",
    "changed_at", "event", "event_title", "communes", "language", "claim_reviewed", *PARTS, "correction", "sources",
    "licence",
)  # fmt: skip

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


@blueprint.get("/rumeurs/donnees.csv")
@blueprint.get("/rumeurs/evenements/<event>/donnees.csv")
@access("public")
def rumours_csv(event: str | None = None) -> Response:
    """One line a rumour, in one language; the filters of the list hold."""
    session = reading()
    wanted = asked(session, event).sound()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in every(session, wanted):
        writer.writerow([_cell(value) for value in _row(entry)])
    response = answer(text.getvalue().encode(), CSV_TYPE, PAGE_CACHE, last_change(session))
    if not g.language_asked:
        response.vary.add("Accept-Language")
    return response


@blueprint.get("/rumeurs/donnees.json")
@blueprint.get("/rumeurs/evenements/<event>/donnees.json")
@access("public")
def rumours_data(event: str | None = None) -> Response:
    """Everything in all languages; the filters of the list hold."""
    session = reading()
    wanted = asked(session, event).sound()
    updated = last_change(session)
    document = {
        "$schema": f"{_base()}/rumeurs/schema.json",
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "publisher": parts().settings.authority.name,
        "updated": updated.isoformat() if updated else None,
        "rumours": [_document(entry) for entry in every(session, wanted)],
    }
    return answer(json.dumps(document, ensure_ascii=False).encode(), JSON_TYPE, PAGE_CACHE, updated)


@blueprint.get("/rumeurs/schema.json")
@access("public")
def rumours_schema() -> Response:
    """What the JSON holds, as JSON Schema (2020-12)."""
    document = {"$id": f"{_base()}/rumeurs/schema.json", **SCHEMA}
    return answer(json.dumps(document, ensure_ascii=False, indent=1).encode(), SCHEMA_TYPE, PAGE_CACHE)


def _row(entry: Entry) -> list[str]:
    version = shown(entry.version, g.language, parts().clock.now())
    gone = version.withdrawn
    texts = {
        **version.texts,
        **(dict.fromkeys(("claim_reviewed", *PARTS), "") | {"why": version.texts["why"]} if gone else {}),
    }
    return [
        version.rumour_id,
        _base() + version.path,
        str(version.number),
        version.kind.value,
        "" if gone else version.verdict.value,
        "" if gone else say(LABELS[version.verdict]),
        version.as_of.isoformat(),
        version.valid_until.isoformat() if version.valid_until else "",
        entry.first_published.isoformat(),
        version.published_at.isoformat(),
        version.event_id,
        version.event_title,
        " ".join(version.communes),
        version.language,
        texts["claim_reviewed"],
        *(texts[name] for name in PARTS),
        version.wrong,
        "; ".join(" ".join(filter(None, (source.name, source.address))) for source in version.sources),
        LICENCE,
    ]


def _cell(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would be a formula. Whoever reads takes it away."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _document(entry: Entry) -> dict[str, Any]:
    version: RumourVersion = entry.version
    view = shown(version, g.language, parts().clock.now())
    point = None if view.withdrawn else rating(view.verdict)
    answered = version.content.get("answer", {})
    kept = ("why",) if view.withdrawn else ("claim_reviewed", *PARTS, *(["wrong"] if view.wrong else []))
    event = version.content.get("event") or {}
    return {
        "id": view.rumour_id,
        "address": _base() + view.path,
        "version": view.number,
        "kind": view.kind.value,
        "verdict": None if view.withdrawn else view.verdict.value,
        "rating": point.value if point else None,
        "as_of": view.as_of.isoformat(),
        "valid_until": view.valid_until.isoformat() if view.valid_until else None,
        "first_published": entry.first_published.isoformat(),
        "changed_at": view.published_at.isoformat(),
        "event": version.event_id,
        "event_title": dict(event.get("title", {})),
        "communes": list(view.communes),
        "answer": {name: dict(answered.get(name, {})) for name in kept},
        "sources": [
            {
                "name": source.name,
                "at": source.at.isoformat() if source.at else None,
                "address": source.address,
                "sha256": source.sha256,
            }
            for source in view.sources
        ],
    }


def _base() -> str:
    return parts().settings.site.base_url.rstrip("/")
