"""The form: an address, what to be written about, in which language. The answer is the same for every address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, request

from hub.kernel.db import reading
from hub.kernel.errors import InvalidInput
from hub.kernel.phrase import Phrase
from hub.rumours.announcing import offered_events
from hub.subscriptions import service
from hub.subscriptions.choice import Choice
from hub.web.parts import parts
from hub.web.public.blueprint import blueprint
from hub.web.public.reports.page import form_page
from hub.web.security import access
from hub.web.throttle import take_subscription

KINDS: Mapping[str, Phrase] = {
    "alerts": Phrase("Alerts"),
    "exercises": Phrase("Exercises too, marked as such"),
    "rumours": Phrase("Answers to rumours, and their corrections"),
}
LONGEST_SHOWN = 300


@blueprint.context_processor
def _offered() -> dict[str, Any]:
    return {"has_subscriptions": parts().subscriptions.offered}


@blueprint.route("/abonnements", methods=["GET", "POST"])
@access("public")
def subscribe() -> Response:
    """The form, and what was sent with it."""
    desk = parts().subscriptions
    if not desk.offered:
        abort(404)
    if request.method != "POST":
        return choice_page("public/subscribe.html", Choice(language=g.language, alerts=True))
    take_subscription()
    typed, choice = request.form.get("address", ""), chosen()
    try:
        service.ask(desk, typed, choice, known_events())
    except InvalidInput as refusal:
        shown = typed[:LONGEST_SHOWN]
        return choice_page("public/subscribe.html", choice, refusal, address=shown)
    return note_page(
        Phrase("Look into your mailbox"),
        Phrase(
            "If we may write to this address, a letter is on its way to it. Open the link in it within 48 hours and "
            "confirm. Without that, everything is erased. Nothing there? Look among the unwanted mails."
        ),
    )


def chosen() -> Choice:
    """The choice as it was ticked."""
    kinds = request.form.getlist("topics")
    return Choice(
        language=request.form.get("language", g.language),
        alerts="alerts" in kinds,
        exercises="exercises" in kinds,
        rumours="rumours" in kinds,
        communes=tuple(dict.fromkeys(request.form.getlist("communes"))),
        events=tuple(dict.fromkeys(request.form.getlist("events"))),
    )


def known_events() -> frozenset[str]:
    """The ids of the events that may be chosen."""
    return frozenset(event.id for event in offered_events(reading()))


def choice_page(template: str, choice: Choice, refusal: InvalidInput | None = None, **values: Any) -> Response:
    """A page with the choice in it, and what is wrong with it."""
    settings = parts().settings
    return form_page(
        template,
        status=refusal.status if refusal else 200,
        choice=choice,
        kinds=KINDS,
        communes=settings.territory.communes,
        events=offered_events(reading()),
        spoken=settings.site.languages,
        faults={fault.field: fault.phrase for fault in refusal.faults} if refusal else {},
        **values,
    )


def note_page(title: Phrase, text: Phrase, **values: Any) -> Response:
    """A page that says one thing."""
    return form_page("public/subscription_note.html", heading=title, text=text, **values)
