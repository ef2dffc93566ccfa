"""Preparing a first alert: mode, blanks, area, end, channels, with a live preview beside the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.alerts import service
from hub.alerts.afterwards import proposals
from hub.alerts.composing import closed
from hub.alerts.drafts import Draft
from hub.dispatch.queries import destination_counts
from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import blanks, versions
from hub.message_maps.drafts.queries import review_of
from hub.message_maps.model import Message, Situation
from hub.message_maps.readiness import OPENERS
from hub.web.console import forms
from hub.web.console.blueprint import blueprint
from hub.web.console.confirmation import confirm_page, label_of
from hub.web.console.map_editor.ground import today
from hub.web.console.provisional import texts_so_far
from hub.web.parts import parts
from hub.web.security import access

# The mode stands in the address: it is chosen, never a default, and no field of the form can change it.
MODES = {"exercise": True, "actual": False}
ADDRESS = "/compose/<situation_id>/<message_id>/<mode>"
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One channel as the form offers it; with a ``reason`` it cannot be chosen."""

    id: str
    label: str
    destinations: int
    reason: Phrase | None


@blueprint.get(ADDRESS)
@access("alert.send")
def compose(situation_id: str, message_id: str, mode: str) -> ResponseReturnValue:
    """The empty form: every suitable channel ticked, no area, no blank filled in.

    With ``?after=`` and an alert that has ended, its area, channels and answers are proposed.
    """
    start = _start(situation_id, message_id, mode)
    _, message = _chosen(situation_id, message_id)
    suitable = tuple(choice.id for choice in _choices(message, exercise=start.exercise) if not choice.reason)
    ended = request.args.get("after")
    if ended is None:
        return compose_page(replace(start, channels=suitable), ())
    proposed = next((each.draft for each in proposals(reading(), ended) if _begins(each.draft, start)), None)
    if proposed is None:
        raise NotFound(Phrase("This message does not follow an alert that has ended."))
    channels = tuple(each for each in proposed.channels if each in suitable)
    return compose_page(replace(proposed, channels=channels), (), proposed=True)


@blueprint.post(ADDRESS)
@access("alert.send")
def check(situation_id: str, message_id: str, mode: str) -> ResponseReturnValue:
    """The confirmation, or the form again with every fault named and everything typed still there."""
    draft = forms.read_draft(request, _start(situation_id, message_id, mode))
    try:
        return confirm_page(service.preview(parts().desk, draft))
    except InvalidInput as error:
        return compose_page(draft, error.faults), error.status


@blueprint.post(ADDRESS + "/preview")
@access("alert.send")
def preview(situation_id: str, message_id: str, mode: str) -> ResponseReturnValue:
    """The pane beside the form, for htmx: what would be sent, or as much of it as can be said yet."""
    draft = forms.read_draft(request, _start(situation_id, message_id, mode))
    try:
        shown = service.preview(parts().desk, draft)
    except InvalidInput as error:
        situation, message = _chosen(situation_id, message_id)
        fields = forms.fields(blanks.asked(situation, message), parts().settings.site.languages, draft.blanks)
        return render_template(
            "console/preview.html",
            missing=forms.summary(error.faults, fields, forms.ALERT_FIELDS),
            **texts_so_far(situation, message, draft, error.faults),
        )
    return render_template(
        "console/preview.html",
        carried=shown.carried,
        left_out=[(label_of(channel_id), reason) for channel_id, reason in shown.left_out],
        findings=shown.findings,
        notes=shown.notes,
    )


def compose_page(draft: Draft, faults: Sequence[Fault], *, proposed: bool = False) -> str:
    """The form with the values of a draft; ``proposed``: they are those of an alert that has ended."""
    settings = parts().settings
    situation, message = _chosen(draft.situation_id, draft.message_id)
    fields = forms.fields(blanks.asked(situation, message), settings.site.languages, draft.blanks)
    level = situation.level_of(message)
    address: dict[str, Any] = {
        "situation_id": situation.id,
        "message_id": message.id,
        "mode": "exercise" if draft.exercise else "actual",
    }
    return render_template(
        "console/compose.html",
        situation=situation,
        message=message,
        level=level,
        level_hours=level.expires_minutes // MINUTES,
        exercise=draft.exercise,
        proposed=proposed,
        review=review_of("", situation, today()),
        values=draft,
        faults=faults,
        summary_faults=forms.summary(faults, fields, forms.ALERT_FIELDS),
        blanks=fields,
        communes=settings.territory.communes,
        channels=_choices(message, exercise=draft.exercise),
        here_to=url_for("console.check", **address),
        preview_to=url_for("console.preview", **address),
    )


def _start(situation_id: str, message_id: str, mode: str) -> Draft:
    if mode not in MODES:
        raise NotFound(Phrase("Choose first: an exercise or a real alert."))
    _chosen(situation_id, message_id)
    return Draft(situation_id=situation_id, message_id=message_id, exercise=MODES[mode])


def _begins(proposed: Draft, start: Draft) -> bool:
    wanted = (start.situation_id, start.message_id, start.exercise)
    return (proposed.situation_id, proposed.message_id, proposed.exercise) == wanted


def _chosen(situation_id: str, message_id: str) -> tuple[Situation, Message]:
    _, situation = versions.find(reading(), situation_id)
    message = situation.message(message_id)
    if message.kind not in OPENERS:
        raise NotFound(Phrase("This message follows another one: send it from the page of that alert."))
    return situation, message


def _choices(message: Message, *, exercise: bool) -> list[Choice]:
    counts = destination_counts(reading())
    return [
        Choice(channel.id, channel.label, counts.get(channel.id, 0), closed(channel, message, exercise=exercise))
        for channel in parts().channels.values()
    ]
