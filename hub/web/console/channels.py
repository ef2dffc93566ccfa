"""The channels: what they are, whom they reach, when they last worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.channels import topics
from hub.channels.contract import Channel
from hub.dispatch.queries import destination_counts, last_acceptances
from hub.kernel.db import reading
from hub.kernel.errors import HubError, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.subscriptions import queries, service
from hub.web.console.blueprint import blueprint
from hub.web.parts import parts
from hub.web.security import access, current_officer


@dataclass(frozen=True, slots=True)
class Row:
    """One configured channel; ``last_success`` is ``None`` when it has accepted nothing yet."""

    channel: Channel
    destinations: int
    last_success: datetime | None

    @property
    def many(self) -> bool:
        """Whether its destinations are entered by officers."""
        return not (self.channel.adapter.single or self.channel.adapter.by_topic)


TOPICS = {
    topics.ALERTS: Phrase("Alerts"),
    topics.EXERCISES: Phrase("Exercises"),
    topics.RUMOURS: Phrase("Answers to rumours"),
    topics.EVENT: Phrase("Answers to rumours about one event"),
}


@blueprint.get("/channels")
@access("alert.read")
def channels() -> ResponseReturnValue:
    """The list, in the order of the configuration."""
    return _page()


@blueprint.post("/channels/subscribers/erase")
@access("subscriber.erase")
def erase_subscriber() -> ResponseReturnValue:
    """Erases the address of somebody who asked for it by another way than the link in a mail."""
    typed = request.form.get("address", "")
    try:
        service.erase(parts().subscriptions, typed, actor=current_officer().actor)
    except (InvalidInput, NotFound) as refusal:
        return _page(refusal, typed), refusal.status
    flash(gettext("The address has been erased here."))
    return redirect(url_for("console.channels"), 303)


def _page(refusal: HubError | None = None, typed: str = "") -> str:
    hub = parts()
    counts, successes = destination_counts(reading()), last_acceptances(reading())
    rows = [Row(channel, counts.get(channel.id, 0), successes.get(channel.id)) for channel in parts().channels.values()]
    fault = (refusal.faults[0].phrase if refusal.faults else refusal.detail) if refusal else None
    people = queries.count(reading(), hub.subscriptions) if hub.subscriptions.offered else None
    return render_template(
        "console/channels.html", rows=rows, people=people, chosen=_chosen(people), fault=fault, typed=typed
    )


def _chosen(people: queries.Count | None) -> list[tuple[Phrase, str, int]]:
    """Each topic in words, what it is narrowed to, and how many chose it."""
    names = {commune.insee: commune.name for commune in parts().settings.territory.communes}
    rows = []
    for topic, number in people.topics.items() if people else ():
        word, _, place = topic.partition(":")
        rows.append((TOPICS.get(word, Phrase(word)), names.get(place, place), number))
    return rows
