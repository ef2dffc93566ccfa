"""The page of one situation: its ladder of levels, its messages, its facts; what a crisis room prints."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta

from hub.kernel.db import reading
from hub.message_maps import versions
from hub.message_maps.model import Message, Situation
from hub.web.console.blueprint import blueprint
from hub.web.console.maps.sources import source_of
from hub.web.console.maps.tree import one_branch
from hub.web.console.maps.words import FAMILIES, KINDS, PHASES, SEVERITIES
from hub.web.console.texts import example_values
from hub.web.parts import parts
from hub.web.security import access

# The form that says the whole in the fewest words.
SHORT = "sms"


@blueprint.app_template_filter("minutes")
def in_words(minutes: int) -> str:
    """A number of minutes as people say it: 20 minutes, 2 hours, 3 days."""
    return str(format_timedelta(timedelta(minutes=minutes), threshold=1.5))


@blueprint.get("/situations/<situation_id>")
@access("map.read")
def situation(situation_id: str) -> ResponseReturnValue:
    """One situation on one page."""
    session = reading()
    hung = one_branch(session, situation_id)
    found = hung.situation
    return render_template(
        "console/maps/situation.html",
        branch=hung,
        map_address=url_for("console.situations"),
        situation=found,
        family=FAMILIES[found.family],
        levels=sorted(found.levels.values(), key=lambda level: level.rank),
        short={message.id: _short(found, message) for message in found.messages},
        facts=[(fact, source_of(fact)) for fact in found.facts],
        kinds=KINDS,
        phases=PHASES,
        severities=SEVERITIES,
        version=versions.history(session, found.id)[0],
    )


def _short(found: Situation, message: Message) -> dict[str, str]:
    return {
        language: "\n".join(tagged.filled(example_values(found, language)) for tagged in parts_.values())
        for language, parts_ in message.variants.get(SHORT, {}).items()
        if language in parts().settings.site.languages
    }
