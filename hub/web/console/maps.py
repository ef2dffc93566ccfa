"""The map of situations: a tree that can be searched, and the page of one message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.lint import Finding, Grade, lint
from hub.message_maps.model import Family, Kind, Level, Message, Situation
from hub.message_maps.readiness import OPENERS, approved, held_back, obstacles
from hub.message_maps.rules import Rules
from hub.message_maps.search import search
from hub.web.console.blueprint import blueprint
from hub.web.console.texts import FORMS, with_examples
from hub.web.language import current
from hub.web.parts import parts
from hub.web.security import access

LONGEST_QUERY = 100

FAMILIES: Mapping[Family, Phrase] = {
    Family.NATURAL: Phrase("Natural hazards"),
    Family.TECHNOLOGICAL: Phrase("Industrial hazards"),
    Family.HEALTH: Phrase("Health"),
    Family.NETWORKS: Phrase("Networks"),
    Family.TRANSPORT: Phrase("Transport"),
    Family.SECURITY: Phrase("Security"),
    Family.COMMUNICATION: Phrase("Communication"),
}
GRADES: Mapping[Grade, Phrase] = {
    Grade.ERROR: Phrase("error"),
    Grade.WARNING: Phrase("warning"),
    Grade.ADVICE: Phrase("advice"),
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a situation with its messages, first alerts first."""

    level: Level
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One situation as it hangs on the tree: the messages held as drafts, the number of the linter's findings."""

    situation: Situation
    approved: bool
    drafts: frozenset[str]
    rungs: tuple[Rung, ...]
    errors: int
    warnings: int


@blueprint.get("/situations")
@access("map.read")
def situations() -> ResponseReturnValue:
    """The tree: families, situations, levels, messages."""
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    published = versions.current(reading())
    branches = [_branch(version_id, situation) for version_id, situation in published]
    if query:
        found = [hit.situation.id for hit in search((each for _, each in published), query, current())]
        branches = sorted(
            (branch for branch in branches if branch.situation.id in found),
            key=lambda branch: found.index(branch.situation.id),
        )
    families = [
        (label, [branch for branch in branches if branch.situation.family is family])
        for family, label in FAMILIES.items()
    ]
    return render_template(
        "console/situations.html",
        query=query,
        total=len(branches),
        openers=OPENERS,
        families=[(label, hanging) for label, hanging in families if hanging],
    )


@blueprint.get("/situations/<situation_id>/<message_id>")
@access("map.read")
def message(situation_id: str, message_id: str) -> ResponseReturnValue:
    """One message: every form in every language, its counters, what the linter says, what it rests on."""
    version_id, situation = versions.find(reading(), situation_id)
    chosen = situation.message(message_id)
    return render_template(
        "console/message.html",
        situation=situation,
        message=chosen,
        opens=chosen.kind in OPENERS,
        obstacles=obstacles(situation, chosen),
        level=situation.level_of(chosen),
        forms=with_examples(situation, chosen, parts().settings.site.languages),
        findings=[finding for finding in _findings(version_id) if finding.message == message_id],
        facts=situation.facts_of(chosen),
        grades=GRADES,
        form_names=FORMS,
    )


def _branch(version_id: str, situation: Situation) -> Branch:
    rungs = [
        Rung(
            level,
            tuple(
                sorted(
                    (message for message in situation.messages if message.level == level.id),
                    key=lambda message: list(Kind).index(message.kind),
                )
            ),
        )
        for level in sorted(situation.levels.values(), key=lambda level: level.rank)
    ]
    findings = _findings(version_id)
    return Branch(
        situation,
        approved(situation),
        frozenset(message.id for message in situation.messages if held_back(situation, message)),
        tuple(rung for rung in rungs if rung.messages),
        _count(findings, Grade.ERROR),
        _count(findings, Grade.WARNING),
    )


def _count(findings: Iterable[Finding], grade: Grade) -> int:
    return sum(finding.severity is grade for finding in findings)


# A version never changes, so it is linted once. The newest ones of a large catalogue stay in the cache.
@lru_cache(maxsize=256)
def _linted(version_id: str, rules: Rules) -> tuple[Finding, ...]:
    return tuple(lint(versions.get(reading(), version_id), rules))


def _findings(version_id: str) -> tuple[Finding, ...]:
    settings = parts().settings
    return _linted(version_id, Rules(languages=settings.site.languages, link_hosts=settings.maps.link_hosts))
