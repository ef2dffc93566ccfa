"""The map as a whole: its page, the nodes of the drawing, and the search over it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.model import Kind, Message, Situation
from hub.message_maps.search import TITLE, Found, Hit, search
from hub.message_maps.search_words import Stretch, excerpt
from hub.web.console.blueprint import blueprint
from hub.web.console.maps.openers import openers
from hub.web.console.maps.tree import Badge, Branch, Limb, Rung, tree
from hub.web.console.maps.words import DASH, FAMILIES, FOUND_IN, PHASES, SEVERITIES
from hub.web.console.texts import FORMS, example_values
from hub.web.language import NAMES, current, say, text_in
from hub.web.parts import parts
from hub.web.security import access

LONGEST_QUERY = 100
# What one screen of results shows; whoever sees more types another letter.
MOST_SITUATIONS = 8
MOST_MESSAGES = 3

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One message among the results, in the reader's words: where the words stand in it, and the stretch around them.

    ``first``: an alert may begin with it.
    """

    id: str
    title: str
    level: str
    first: bool
    where: str = ""
    stretch: Sequence[Stretch] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One situation among the results; ``more`` messages of it are not shown."""

    id: str
    title: str
    family: Phrase
    where: str
    lines: list[ResultLine]
    more: int


@blueprint.get("/situations")
@access("map.read")
def situations() -> ResponseReturnValue:
    """The whole map, or what was searched for; for htmx, the results alone."""
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    hits = _search(query) if query else []
    results = [_result(hit, query) for hit in hits[:MOST_SITUATIONS]]
    found = {"query": query, "results": results, "total": len(hits), "map_address": url_for("console.situations")}
    if request.headers.get("HX-Request"):
        return render_template("console/maps/found.html", **found)
    return render_template("console/maps/overview.html", limbs=[] if query else tree(reading()), phases=PHASES, **found)


@blueprint.get("/situations/map.json")
@access("map.read")
def map_nodes() -> ResponseReturnValue:
    """The nodes of the drawing: ids, topics, tags and children only, so that content can bring nothing."""
    body = json.dumps(root_node(tree(reading())), ensure_ascii=False, separators=(",", ":")).encode()
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(gzip.compress(body, mtime=0) if packed else body, content_type="application/json")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def root_node(limbs: list[Limb]) -> Node:
    """The town with all that hangs on it. The id of a message is the end of its page's address."""
    return {
        "id": "map",
        "topic": parts().settings.authority.name,
        "children": [
            {"id": limb.id, "topic": say(limb.label), "children": [_branch_node(branch) for branch in limb.branches]}
            for limb in limbs
        ],
    }


def _branch_node(branch: Branch) -> Node:
    return {
        "id": branch.situation.id,
        "topic": text_in(branch.situation.title),
        "tags": _tags(branch.badges),
        "children": [_rung_node(branch, rung) for rung in branch.rungs],
    }


def _rung_node(branch: Branch, rung: Rung) -> Node:
    return {
        "id": f"{branch.situation.id} {rung.phase} {rung.level.id}",
        "topic": DASH.join([say(PHASES[rung.phase]), text_in(rung.level.label)]),
        "tags": [
            {"text": say(SEVERITIES[rung.level.severity]), "className": f"severity-{rung.level.severity.lower()}"}
        ],
        "children": [
            {
                "id": f"{branch.situation.id}/{leaf.message.id}",
                "topic": text_in(leaf.message.title),
                "tags": _tags(branch.badges_of(leaf)),
            }
            for leaf in rung.leaves
        ],
    }


def _tags(badges: list[Badge]) -> list[dict[str, str]]:
    return [{"text": say(badge.phrase), "className": f"look-{badge.look}"} for badge in badges]


def _search(query: str) -> list[Hit]:
    return search((situation for _, situation in versions.current(reading())), query, current())


def _result(hit: Hit, query: str) -> Result:
    if hit.place:
        lines = [_plain_line(hit.situation, message) for message in openers(hit.situation)]
        where = _where(hit.place.part, hit.place.language)
    else:
        lines = [_line(hit.situation, each, query) for each in hit.found[:MOST_MESSAGES]]
        where = ""
    more = max(0, len(hit.found) - MOST_MESSAGES)
    return Result(hit.situation.id, text_in(hit.situation.title), FAMILIES[hit.situation.family], where, lines, more)


def _line(situation: Situation, found: Found, query: str) -> ResultLine:
    part, language = found.place
    if part == TITLE:
        text = found.message.title[language]
    else:
        values = example_values(situation, language)
        text = " ".join(tagged.filled(values) for tagged in found.message.variant(part, language).values())
    line = _plain_line(situation, found.message)
    return replace(line, where=_where(part, language), stretch=excerpt(text, query))


def _plain_line(situation: Situation, message: Message) -> ResultLine:
    label = text_in(situation.level_of(message).label)
    return ResultLine(message.id, text_in(message.title), label, message.kind is Kind.ALERT)


def _where(part: str, language: str) -> str:
    label = say(FOUND_IN.get(part) or FORMS[part])
    return label if language in {"", current()} else f"{label} ({NAMES.get(language, language)})"
