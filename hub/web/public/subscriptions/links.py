"""What the links in a mail lead to. Looking changes nothing: scanners of mail follow every link; a button does it."""

from __future__ import annotations

from flask import Response, request

from hub.kernel.db import reading
from hub.kernel.errors import InvalidInput
from hub.kernel.phrase import Phrase
from hub.rumours.announcing import offered_events
from hub.subscriptions import links, service
from hub.subscriptions.choice import Choice
from hub.subscriptions.links import Use
from hub.web.parts import parts
from hub.web.public.blueprint import blueprint
from hub.web.public.subscriptions.form import KINDS, choice_page, chosen, known_events, note_page
from hub.web.security import access
from hub.web.throttle import take_link

ENDED = Phrase("You are unsubscribed")
ERASED = Phrase("Your address has been erased here. Nothing more is going to be sent to you.")


@blueprint.route("/abonnements/confirmer/<token>", methods=["GET", "POST"])
@access("public")
def confirm_subscription(token: str) -> Response:
    """What would begin, with a button; and its beginning."""
    take_link()
    hub = parts()
    if request.method != "POST":
        held = service.asked_for(hub.subscriptions, token)
        return note_page(
            Phrase("Confirm your subscription"),
            Phrase("You are going to receive by e-mail:"),
            lines=_lines(held.choice),
            button=Phrase("Yes, write to me"),
        )
    held = service.confirm(hub.subscriptions, token)
    address = links.url(hub.settings, Use.MANAGE, links.token(hub.settings, Use.MANAGE, held.id))
    return note_page(
        Phrase("You are subscribed"),
        Phrase("Every mail has a link in it to change your choices and one to unsubscribe."),
        lines=_lines(held.choice),
        address=address,
    )


@blueprint.route("/abonnements/choix/<token>", methods=["GET", "POST"])
@access("public")
def manage_subscription(token: str) -> Response:
    """The choices of one subscriber: seen, changed, ended."""
    take_link()
    desk = parts().subscriptions
    template = "public/subscription.html"
    if request.method != "POST":
        return choice_page(template, service.held(desk, token, Use.MANAGE).choice)
    if "leave" in request.form:
        service.unsubscribe(desk, token, Use.MANAGE)
        return note_page(ENDED, ERASED)
    choice = chosen()
    try:
        service.change(desk, token, choice, known_events())
    except InvalidInput as refusal:
        return choice_page(template, choice, refusal)
    return choice_page(template, choice, saved=True)


@blueprint.route("/abonnements/fin/<token>", methods=["GET", "POST"])
@access("public")
def unsubscribe(token: str) -> Response:
    """A button to unsubscribe; and the end, also at once for mail programs (RFC 8058, section 3.2)."""
    take_link()
    hub = parts()
    if request.method != "POST":
        links.read(hub.settings, Use.UNSUBSCRIBE, token, hub.clock.now())
        return note_page(
            Phrase("Unsubscribe?"),
            Phrase("Your address is going to be erased here, and nothing more is sent to you."),
            button=Phrase("Unsubscribe"),
        )
    service.unsubscribe(hub.subscriptions, token, Use.UNSUBSCRIBE)
    return note_page(ENDED, ERASED)


def _lines(choice: Choice) -> list[Phrase]:
    """A choice in words."""
    said = [label for name, label in KINDS.items() if getattr(choice, name)]
    communes = parts().settings.territory.communes
    names = ", ".join(commune.name for commune in communes if commune.insee in choice.communes)
    if said and names:
        said.append(Phrase("Only for: %(communes)s", communes=names))
    for event in offered_events(reading()):
        if event.id in choice.events:
            title = event.title.get(choice.language) or event.id
            said.append(Phrase("Answers to rumours about: %(event)s", event=title))
    return said
