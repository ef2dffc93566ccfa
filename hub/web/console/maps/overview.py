"""The map as a whole: its page, the nodes of the drawing, and the search over it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.model import Message, Situation
from hub.message_maps.search import TITLE, Found, search
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
MOST_SITUATIONS = 20
MOST_MESSAGES = 6

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One message among the results: where the words stand in it, and the stretch around them."""

    message: Message
    where: str
    stretch: list[Stretch]


@dataclass(frozen=True, slots=True)
class Result:
    """One situation among the results; ``more`` messages of it are not shown."""

    situation: Situation
    family: Phrase
    where: str
    lines: list[ResultLine]
    more: int


@blueprint.get("/situations")
@access("map.read")
def situations() -> ResponseReturnValue:
    """The whole map, or what was searched for; for htmx, the results alone."""
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    results = _results(query) if query else []
    found = {"query": query, "results": results[:MOST_SITUATIONS], "total": len(results)}
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


def _results(query: str) -> list[Result]:
    found = []
    for hit in search((situation for _, situation in versions.current(reading())), query, current()):
        if hit.place:
            lines = [ResultLine(message, "", []) for message in openers(hit.situation)]
            where = _where(hit.place.part, hit.place.language)
        else:
            lines = [_line(hit.situation, each, query) for each in hit.found[:MOST_MESSAGES]]
            where = ""
        more = max(0, len(hit.found) - MOST_MESSAGES)
        found.append(Result(hit.situation, FAMILIES[hit.situation.family], where, lines, more))
    return found


def _line(situation: Situation, found: Found, query: str) -> ResultLine:
    part, language = found.place
    if part == TITLE:
        text = found.message.title[language]
    else:
        values = example_values(situation, language)
        text = " ".join(tagged.filled(values) for tagged in found.message.variant(part, language).values())
    return ResultLine(found.message, _where(part, language), excerpt(text, query))


def _where(part: str, language: str) -> str:
    label = say(FOUND_IN.get(part) or FORMS[part])
    return label if language in {"", current()} else f"{label} ({NAMES.get(language, language)})"
