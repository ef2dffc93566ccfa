"""The page of one rumour: where it stands, what is known, what was published, and who did what."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.audit.queries import deeds_of
from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.rumours import events, queries, work
from hub.rumours.composing import page_url, published
from hub.rumours.grounds import MEANS
from hub.rumours.models import Rumour
from hub.rumours.sighting import HEARD_ON
from hub.rumours.speed import measured
from hub.rumours.states import MOVES, RESPONSE_LABELS, Step, Workflow
from hub.rumours.triage import Weights, score
from hub.rumours.verdicts import LABELS
from hub.web.console.blueprint import blueprint
from hub.web.console.confirmation import label_of
from hub.web.console.rumours import typed, words
from hub.web.console.rumours.typed import Shown
from hub.web.parts import parts
from hub.web.security import access, current_officer

ADDRESS = "/rumours/<rumour_id>"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every page about one rumour shows at its top."""

    rumour: Rumour
    mine: bool
    steps: frozenset[Step]


def sheet_of(rumour_id: str) -> Sheet:
    """The rumour as it is now, and the steps that its state takes.

    Raises:
        NotFound: there is none with this id.
    """
    rumour = queries.find(reading(), rumour_id)
    state = Workflow(rumour.workflow)
    steps = frozenset(step for (at, step) in MOVES if at is state)
    return Sheet(rumour, rumour.assignee_id == current_officer().officer_id, steps)


def here(rumour_id: str) -> str:
    """The address of a rumour's page."""
    return url_for("console.rumour", rumour_id=rumour_id)


@blueprint.get(ADDRESS)
@access("rumour.read")
def rumour(rumour_id: str) -> ResponseReturnValue:
    """Everything about one rumour."""
    return _page(rumour_id, Shown(typed.stored({})))


@blueprint.get(ADDRESS + "/words")
@access("rumour.work")
def rumour_words(rumour_id: str) -> ResponseReturnValue:
    """What it says, where, in which event."""
    return _words_page(rumour_id, None)


@blueprint.post(ADDRESS + "/words")
@access("rumour.work")
def save_rumour_words(rumour_id: str) -> ResponseReturnValue:
    """Stores them."""
    return typed.attempt(
        lambda shown: _words_page(rumour_id, shown),
        lambda: events.describe(
            parts().rumours,
            typed.ref(rumour_id),
            typed.texts("claim"),
            request.form.get("event", ""),
            request.form.getlist("communes"),
            actor=current_officer().actor,
        ),
        here(rumour_id),
        Phrase("Stored."),
    )


@blueprint.post(ADDRESS + "/take")
@access("rumour.work")
def take_rumour(rumour_id: str) -> ResponseReturnValue:
    """This officer checks it now."""
    actor = current_officer().actor
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: work.take(parts().rumours, typed.ref(rumour_id), actor=actor),
        here(rumour_id),
        Phrase("You are checking it now. Others see it."),
    )


@blueprint.post(ADDRESS + "/give-back")
@access("rumour.work")
def give_back_rumour(rumour_id: str) -> ResponseReturnValue:
    """Somebody else may check it."""
    actor = current_officer().actor
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: work.give_back(parts().rumours, typed.ref(rumour_id), actor=actor),
        here(rumour_id),
        Phrase("Given back: somebody else may take it."),
    )


@blueprint.post(ADDRESS + "/watch")
@access("rumour.work")
def watch_rumour(rumour_id: str) -> ResponseReturnValue:
    """Onto the watch list, or off it."""
    actor, watched = current_officer().actor, request.form.get("watched") == "yes"
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: work.watch(parts().rumours, typed.ref(rumour_id), watched=watched, actor=actor),
        here(rumour_id),
    )


@blueprint.post(ADDRESS + "/close")
@access("rumour.work")
def close_rumour(rumour_id: str) -> ResponseReturnValue:
    """Ends the work."""
    actor = current_officer().actor
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: work.close(parts().rumours, typed.ref(rumour_id), actor=actor),
        here(rumour_id),
        Phrase("Closed. It can be taken up again."),
    )


@blueprint.post(ADDRESS + "/reopen")
@access("rumour.work")
def reopen_rumour(rumour_id: str) -> ResponseReturnValue:
    """Takes the work up again: for an update, a correction, a withdrawal, or because it spreads."""
    actor, reason = current_officer().actor, request.form.get("reopen_reason", "")
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: work.reopen(parts().rumours, typed.ref(rumour_id), reason, actor=actor),
        here(rumour_id),
        Phrase("The work goes on. Take it to check it."),
    )


@blueprint.post(ADDRESS + "/merge")
@access("rumour.work")
def merge_rumour(rumour_id: str) -> ResponseReturnValue:
    """It is the same as another one, which carries on."""
    actor, into = current_officer().actor, request.form.get("into", "").strip()

    def deed() -> None:
        queries.find(reading(), into)
        work.merge(parts().rumours, typed.ref(rumour_id), into, actor=actor)

    return typed.attempt(lambda shown: _page(rumour_id, shown), deed, here(rumour_id), Phrase("They are one now."))


def _page(rumour_id: str, shown: Shown) -> str:
    session, now = reading(), parts().clock.now()
    sheet = sheet_of(rumour_id)
    found = sheet.rumour
    weights = Weights(**found.weights)
    return render_template(
        "console/rumours/sheet.html",
        sheet=sheet,
        rumour=found,
        shown=shown,
        score=score(weights),
        weight_names=words.WEIGHTS,
        velocity=words.VELOCITIES[measured(session, rumour_id, now)],
        bands=words.BANDS,
        states=words.WORKFLOWS,
        verdicts=LABELS,
        responses=RESPONSE_LABELS,
        kinds=words.KINDS,
        reports=queries.reports_of(session, rumour_id),
        heard_on=HEARD_ON,
        means=MEANS,
        communes={commune.insee: commune.name for commune in parts().settings.territory.communes},
        event=next((each for each in events.all_events(session) if each.id == found.event_id), None),
        confirmations=queries.confirmations(session, rumour_id),
        evidence=queries.evidence(session, rumour_id),
        versions=published(session, rumour_id)[::-1],
        channel=label_of,
        deeds=deeds_of(session, rumour_id),
        actions=words.ACTIONS,
        public_address=page_url(parts().rumours, rumour_id),
        now=now,
    )


def _words_page(rumour_id: str, shown: Shown | None) -> str:
    sheet = sheet_of(rumour_id)
    found, languages = sheet.rumour, parts().settings.site.languages
    claims = {f"claim.{language}": found.claim.get(language, "") for language in languages}
    present = typed.stored({**claims, "event": found.event_id or ""}, {"communes": found.communes})
    return render_template(
        "console/rumours/words.html",
        sheet=sheet,
        rumour=found,
        shown=shown or Shown(present),
        present=present,
        states=words.WORKFLOWS,
        events=events.all_events(reading()),
        communes=parts().settings.territory.communes,
        here_languages=languages,
    )
