"""The page of one message: its texts, what the linter says, what it rests on, what may follow it, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.message_maps import versions
from hub.message_maps.lint import Finding, Score
from hub.message_maps.lint.accepted import covers
from hub.message_maps.lint.score import score_of
from hub.message_maps.model import Message, Situation
from hub.web.console.blueprint import blueprint
from hub.web.console.maps.graph import BOX_HEIGHT, BOX_WIDTH, LINE_HEIGHT, follow_ups
from hub.web.console.maps.history import history
from hub.web.console.maps.openers import OPENERS, obstacles
from hub.web.console.maps.sources import source_of
from hub.web.console.maps.tree import findings_of
from hub.web.console.maps.words import GRADES, KINDS, PHASES, SEVERITIES
from hub.web.console.texts import FORMS, with_values
from hub.web.parts import parts
from hub.web.security import access

LONGEST = "longest"


@blueprint.get("/situations/<situation_id>/<message_id>")
@access("map.read")
def message(situation_id: str, message_id: str) -> ResponseReturnValue:
    """One message; ``?values=longest`` fills its blanks with the longest values instead of the examples."""
    session = reading()
    _, situation = versions.find(session, situation_id)
    chosen = situation.message(message_id)
    findings = [finding for finding in findings_of(situation) if finding.message == message_id]
    longest = request.args.get("values") == LONGEST
    return render_template(
        "console/maps/message.html",
        map_address=url_for("console.situations"),
        situation=situation,
        message=chosen,
        level=situation.level_of(chosen),
        kind=KINDS[chosen.kind],
        phase=PHASES[chosen.phase],
        severity=SEVERITIES[situation.level_of(chosen).severity],
        opens=chosen.kind in OPENERS,
        obstacles=obstacles(situation, chosen),
        longest=longest,
        forms=with_values(situation, chosen, parts().settings.site.languages, longest=longest),
        findings=[(finding, _accepted(situation, finding)) for finding in findings],
        scores=_scores(chosen, findings),
        actions=_actions(situation, chosen),
        graph=follow_ups(situation, chosen),
        box_width=BOX_WIDTH,
        box_height=BOX_HEIGHT,
        line_height=LINE_HEIGHT,
        steps=history(session, situation, message_id),
        grades=GRADES,
        form_names=FORMS,
    )


def _accepted(situation: Situation, finding: Finding) -> Mapping[str, str]:
    """Why the map accepts a warning, by language; empty when it does not."""
    return next((entry.reason for entry in situation.accepted if covers(entry, finding)), {})


def _scores(chosen: Message, findings: Sequence[Finding]) -> dict[tuple[str, str], Score]:
    """The score of each text: form and language -> score."""
    return {
        (form, language): score_of(
            finding for finding in findings if (finding.form, finding.language) == (form, language)
        )
        for form, languages in chosen.variants.items()
        for language in languages
    }


def _actions(situation: Situation, chosen: Message) -> list[dict[str, object]]:
    """Each action of a message with the facts it is built on, and where each fact is from."""
    facts = {fact.id: fact for fact in situation.facts}
    return [
        {
            "texts": {language: tagged.shown for language, tagged in action.text.items()},
            "facts": [(facts[name], source_of(facts[name])) for name in action.facts if name in facts],
        }
        for action in (situation.actions[name] for name in chosen.actions if name in situation.actions)
    ]
