"""An alert under way: how far it is, what was said, and what can follow it; and the list of all alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.alerts import queries, service
from hub.alerts.afterwards import proposals
from hub.alerts.drafts import Draft
from hub.alerts.errors import AlreadyFollowed
from hub.alerts.queries import FollowUp
from hub.alerts.service import ChannelPreview
from hub.alerts.states import MOVES_AREA, WITHDRAWING, Role, State
from hub.dispatch import queries as dispatch
from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.web.console import forms, progress
from hub.web.console.blueprint import blueprint
from hub.web.console.confirmation import confirm_page
from hub.web.console.picture import of_area
from hub.web.parts import parts
from hub.web.security import access, current_officer

LARGEST_PAGE = 10_000
OVERTAKEN = Phrase(
    "Another message has followed this alert meanwhile: read it first. What you typed is kept below, as a follow-up of "
    "that newer message."
)
NO_MORE = Phrase("The incident has gone on meanwhile: its newest message does not take this follow-up.")

STATES: Mapping[State, Phrase] = {
    State.OPEN: Phrase("under way"),
    State.SUPERSEDED: Phrase("replaced by a later message"),
    State.CANCELLED: Phrase("cancelled: it was sent in error"),
    State.ENDED: Phrase("over"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What one kind of follow-up is called, and what it does."""

    label: Phrase
    button: Phrase
    explanation: Phrase


FOLLOW_UPS: Mapping[Role, Words] = {
    Role.CORRECTION: Words(
        Phrase("Correct a mistake"),
        Phrase("Check the correction"),
        Phrase("Says what was wrong and what is right. What has not left yet does not leave any more."),
    ),
    Role.UPDATE: Words(
        Phrase("Give news"),
        Phrase("Check the update"),
        Phrase("The danger goes on; this message takes the place of the earlier one."),
    ),
    Role.NO_CHANGE: Words(
        Phrase("Say that nothing has changed"),
        Phrase("Check the message"),
        Phrase("The danger goes on as before. Silence would worry people or make them stop."),
    ),
    Role.ESCALATE: Words(
        Phrase("Raise the level"),
        Phrase("Check the stronger alert"),
        Phrase("The danger is graver than was said."),
    ),
    Role.DE_ESCALATE: Words(
        Phrase("Lower the level"),
        Phrase("Check the lower alert"),
        Phrase("The danger is less than before, and not over."),
    ),
    Role.ALL_CLEAR: Words(
        Phrase("Give the all-clear"),
        Phrase("Check the all-clear"),
        Phrase("The danger is over. This ends the incident."),
    ),
    Role.RECOVERY: Words(
        Phrase("Help people recover"),
        Phrase("Check the message"),
        Phrase("What to do now that the worst is past. The incident stays open until the all-clear."),
    ),
    Role.CANCEL: Words(
        Phrase("Cancel: sent in error"),
        Phrase("Check the cancel"),
        Phrase("There is and was no danger. What has not left yet does not leave any more. This ends the incident."),
    ),
}


@dataclass(frozen=True, slots=True)
class FollowUpForm:
    """One follow-up as the page offers it: its words, its blanks, and whether it may move the area.

    ``asked`` are the blanks to fill in; ``known`` those that the alert before has answered already.
    """

    message_id: str
    title: Mapping[str, str]
    words: Words
    asked: tuple[forms.Field, ...]
    known: tuple[forms.Field, ...]
    faults: tuple[Fault, ...]
    draft: Draft
    prefix: str
    open: bool
    submitted: bool
    moves_area: bool
    obstacles: tuple[Phrase, ...]


@blueprint.get("/alerts")
@access("alert.read")
def archive() -> ResponseReturnValue:
    """Every incident by its last message, newest first."""
    number = request.args.get("page", 1, type=int)
    page = queries.archive(reading(), min(max(number, 1), LARGEST_PAGE))
    return render_template("console/archive.html", page=page, states=STATES)


@blueprint.get("/alerts/<identifier>")
@access("alert.read")
def alert(identifier: str) -> ResponseReturnValue:
    """The page of one alert."""
    return alert_page(identifier)


@blueprint.post("/alerts/<identifier>/follow-up/<message_id>")
@access("alert.send")
def follow_up(identifier: str, message_id: str) -> ResponseReturnValue:
    """The confirmation of a follow-up: the second of the two clicks comes there."""
    offered = queries.follow_ups(reading(), identifier, parts().clock.now())
    start = next((each.draft for each in offered if each.message.id == message_id), None)
    if start is None:
        start = Draft(situation_id="", message_id=message_id, exercise=False, follows=identifier)
        return overtaken(forms.read_follow_up(request, start))
    draft = forms.read_follow_up(request, start)
    try:
        return confirm_page(service.preview(parts().desk, draft))
    except InvalidInput as error:
        return alert_page(identifier, draft, error.faults), error.status


def overtaken(draft: Draft) -> ResponseReturnValue:
    """What to say when somebody else was faster: the newest message, and the same follow-up of it with what was typed.

    Raises:
        NotFound: there is no such alert, or it takes no such follow-up although nobody was faster.
    """
    session = reading()
    head = queries.incident(session, queries.get(session, draft.follows or "").incident)[-1]
    if head.identifier == draft.follows and head.state is State.OPEN:
        raise NotFound(Phrase("This alert does not take this follow-up, or not any more."))
    offered = queries.follow_ups(session, head.identifier, parts().clock.now())
    start = next((each.draft for each in offered if each.message.id == draft.message_id), None)
    if start is None:
        typed = tuple(filter(None, draft.blanks.values()))
        page = alert_page(head.identifier, None, [Fault("form", NO_MORE)], left=typed)
    else:
        typed_over = {**start.blanks, **draft.blanks}
        kept = replace(start, blanks=typed_over, communes=draft.communes, geojson=draft.geojson, expires=draft.expires)
        page = alert_page(head.identifier, kept, [Fault("form", OVERTAKEN)])
    return page, AlreadyFollowed.status


def alert_page(
    identifier: str, draft: Draft | None = None, faults: Sequence[Fault] = (), *, left: Sequence[str] = ()
) -> str:
    """The page; with a draft, the form of that follow-up stands open with what was typed and what is wrong with it.

    ``left`` is what was typed into a form that the page does not offer any more.
    """
    session, now = reading(), parts().clock.now()
    found = queries.get(session, identifier)
    may_send = current_officer().may("alert.send")
    offered = queries.follow_ups(session, identifier, now) if may_send else []
    items = [_form(number, each, draft, faults) for number, each in enumerate(offered)]
    return render_template(
        "console/alert.html",
        alert=found,
        state=STATES[found.state],
        progress=progress.read(identifier),
        trouble=progress.trouble_of(identifier),
        history=queries.incident(session, found.incident),
        picture=of_area(found.area, parts().settings.territory),
        follow_ups=items,
        afterwards=proposals(session, identifier) if may_send else [],
        faults=_summary(items, faults),
        left=left,
        carried=_sent(identifier),
        left_out=(),
        communes=parts().settings.territory.communes,
        expired=found.expired(now),
    )


def _form(number: int, offered: FollowUp, draft: Draft | None, faults: Sequence[Fault]) -> FollowUpForm:
    mine = draft is not None and draft.message_id == offered.message.id
    values = draft if draft is not None and mine else offered.draft
    # Several forms on one page ask for the same blanks: each has ids of its own.
    prefix = f"{number}."
    fields = forms.fields(offered.asked, parts().settings.site.languages, values.blanks)
    wrong = {fault.field for fault in faults} if mine else set()
    known = {forms.BLANKS + key for key in offered.draft.blanks} - wrong
    return FollowUpForm(
        message_id=offered.message.id,
        title=offered.message.title,
        words=FOLLOW_UPS[offered.role],
        asked=tuple(field for field in fields if field.field not in known),
        known=tuple(field for field in fields if field.field in known),
        faults=tuple(faults) if mine else (),
        draft=values,
        prefix=prefix,
        # What takes an error back is never folded away.
        open=mine or offered.role in WITHDRAWING,
        submitted=mine,
        moves_area=offered.role in MOVES_AREA,
        obstacles=offered.obstacles,
    )


def _summary(items: Sequence[FollowUpForm], faults: Sequence[Fault]) -> list[Fault]:
    """The faults with the ids of the form that they belong to; without such a form they stand alone at the top."""
    form = next((item for item in items if item.submitted), None)
    if form is None:
        return list(faults)
    others = forms.ALERT_FIELDS - {"channels"} if form.moves_area else {"expires"}
    return forms.summary(faults, (*form.asked, *form.known), others, form.prefix)


def _sent(identifier: str) -> list[ChannelPreview]:
    """The frozen bodies, read back by their adapters; a channel that is no longer configured cannot read its own."""
    session, channels = reading(), parts().channels
    totals = {each.channel_id: each.total for each in dispatch.progress(session, identifier).channels}
    return [
        ChannelPreview(
            channels[channel_id], tuple(channels[channel_id].adapter.preview(body)), totals.get(channel_id, 0)
        )
        for channel_id, body in dispatch.frozen_bodies(session, identifier).items()
        if channel_id in channels
    ]
