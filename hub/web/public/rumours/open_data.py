"""The register as data for everybody: CSV and JSON, whole or of one event, with a schema and a licence by name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, g
from sqlalchemy.orm import Session

from hub.kernel.db import reading
from hub.rumours.answer import PARTS
from hub.rumours.models import RumourVersion
from hub.rumours.register.reading import Entry, Filter, every, last_change
from hub.rumours.verdicts import LABELS, rating
from hub.web.language import say
from hub.web.parts import parts
from hub.web.public.answers import PAGE_CACHE, answer
from hub.web.public.blueprint import blueprint
from hub.web.public.rumours.filters import asked
from hub.web.public.rumours.pieces import asked_part
from hub.web.public.rumours.schema import LICENCE, LICENCE_URL, SCHEMA
from hub.web.public.rumours.shown import shown
from hub.web.security import access

CSV_TYPE = "text/csv; charset=utf-8; header=present"
JSON_TYPE = "application/json; charset=utf-8"
SCHEMA_TYPE = "application/schema+json; charset=utf-8"
# A spreadsheet takes a cell that starts with one of these for a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = (
    "id", "address", "version", "kind", "verdict", "verdict_words", "as_of", "valid_until", "first_published",
    "changed_at", "event", "event_title", "communes", "language", "claim_reviewed", *PARTS, "correction", "sources",
    "licence",
)  # fmt: skip


@blueprint.get("/rumeurs/donnees.csv")
@blueprint.get("/rumeurs/evenements/<event>/donnees.csv")
@access("public")
def rumours_csv(event: str | None = None) -> Response:
    """One line a rumour, in one language; the filters of the list hold."""
    session = reading()
    wanted = asked(session, event).sound()
    body = _document(session, wanted, _line(COLUMNS), lambda entry: _line(_row(entry)), "", "")
    response = answer(body, CSV_TYPE, PAGE_CACHE, last_change(session, wanted.event))
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
    updated = last_change(session, wanted.event)
    about = {
        "$schema": f"{_base()}/rumeurs/schema.json",
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "publisher": parts().settings.authority.name,
        "updated": updated.isoformat() if updated else None,
    }
    head = f'{_json(about)[:-1]}, "rumours": [\n'
    body = _document(session, wanted, head, lambda entry: _json(_rumour(entry)), ",\n", "\n]}\n")
    return answer(body, JSON_TYPE, PAGE_CACHE, updated)


@blueprint.get("/rumeurs/schema.json")
@access("public")
def rumours_schema() -> Response:
    """What the JSON holds, as JSON Schema (2020-12)."""
    document = {"$id": f"{_base()}/rumeurs/schema.json", **SCHEMA}
    return answer(json.dumps(document, ensure_ascii=False, indent=1).encode(), SCHEMA_TYPE, PAGE_CACHE)


def _document(
    session: Session, wanted: Filter, head: str, written: Callable[[Entry], str], joint: str, tail: str
) -> bytes:
    """The whole document, or the piece of it that the builder asks for."""
    part = asked_part()
    entries = joint.join(written(entry) for entry in every(session, wanted, part.places))
    found = [head if part.head else "", joint if part.joint else "", entries, tail if part.tail else ""]
    return "".join(found).encode()


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


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(_cell(cell) for cell in cells)
    return text.getvalue()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would be a formula. Whoever reads takes it away."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _rumour(entry: Entry) -> dict[str, Any]:
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
