"""First alerts by partners: look at what would be sent, send it, see how far it is."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import url_for

from hub.alerts import intake, queries
from hub.alerts.drafts import Draft
from hub.alerts.intake import Answer
from hub.dispatch import queries as outbox
from hub.kernel.db import reading
from hub.web.bearer import current_caller
from hub.web.partner_api import answers, once, schemas
from hub.web.partner_api.blueprint import Gives, Takes, operation
from hub.web.parts import parts
from hub.web.throttle import take_trigger


@operation("/alerts", "alert.read", Gives(schemas.Alerts))
def alerts() -> dict[str, Any]:
    """List the alerts that are open: real ones first, then the newest. An exercise key sees exercises only."""
    caller = current_caller()
    found = queries.open_alerts(reading(), parts().clock.now())
    return {"alerts": [answers.of_alert(each, caller) for each in found if each.exercise or not caller.exercise]}


@operation("/alerts/preview", "alert.send", Gives(schemas.AlertPreview), Takes(schemas.AlertDraft))
def preview(body: dict[str, Any]) -> dict[str, Any]:
    """Show exactly what would be sent, and give the confirmation that sends it. Nothing is stored."""
    desk, caller = parts().desk, current_caller()
    draft = first_draft(body)
    if not draft.channels:
        suitable = tuple(each.id for each in desk.channels.values() if each.exercise or not draft.exercise)
        draft = first_draft({**body, "channels": suitable})
    shown = intake.preview(desk, draft, caller)
    confirmation = {**body, **settled(shown.draft, shown.digest), "channels": list(shown.draft.channels)}
    return {"confirmation": confirmation, **answers.of_preview(shown)}


@operation(
    "/alerts",
    "alert.send",
    Gives(schemas.Sent, 201, once.REPLAYED),
    Takes(schemas.AlertConfirmation, (once.PARAMETER,)),
)
def send(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Send an alert that was previewed. It is stored, and will leave, when this answers 201."""
    return submit(first_draft(body), body)


@operation(
    "/alerts/<identifier>", "alert.read", Gives(schemas.AlertProgress), problems={404: "There is no such alert."}
)
def alert(identifier: str) -> dict[str, Any]:
    """Show one alert, how far each channel is, and what this partner may send next."""
    session, caller, languages = reading(), current_caller(), parts().settings.site.languages
    found = queries.get(session, identifier)
    intake.check_mode(caller, found)
    allowed = caller.may("alert.send") and intake.may_follow(session, caller, found)
    offered = queries.follow_ups(session, identifier, parts().clock.now()) if allowed else []
    return {
        **answers.of_alert(found, caller),
        "channels": answers.of_progress(outbox.progress(session, identifier, sample=0)),
        "follow_ups": [answers.of_follow_up(each, languages) for each in offered if not each.obstacles],
    }


def first_draft(body: dict[str, Any]) -> Draft:
    """The draft that a body asks for."""
    return Draft(situation_id=body["situation"], channels=tuple(dict.fromkeys(body["channels"])), **_asked(body))


def follow_up_draft(body: dict[str, Any], situation_id: str, follows: str) -> Draft:
    """The draft of a follow-up that a body asks for."""
    return Draft(situation_id=situation_id, follows=follows, **_asked(body))


def _asked(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "message_id": body["message"],
        "exercise": body["exercise"],
        "blanks": body["blanks"],
        "communes": tuple(dict.fromkeys(body["communes"])),
        "geojson": json.dumps(body["geojson"]) if body["geojson"] is not None else "",
        "expires": body["expires"],
        "identifier": body.get("identifier", ""),
        "sent": body.get("sent"),
        "version_id": body.get("version", ""),
    }


def settled(draft: Draft, digest: str) -> dict[str, Any]:
    """What a confirmation has beside what was asked for."""
    return {"identifier": draft.identifier, "sent": draft.sent, "version": draft.version_id, "digest": digest}


def submit(draft: Draft, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Sends a settled draft, once, and answers 201 each time that it is asked for."""
    caller = current_caller()
    take_trigger(caller.key_id)
    asked = once.this_request({**body, "sent": draft.sent.isoformat() if draft.sent else None})
    answer: Answer = intake.submit(parts().desk, draft, body["digest"], caller, asked)
    headers = {
        "Location": url_for("partner_api.alert", identifier=answer.alert.identifier),
        "Idempotent-Replayed": "true" if answer.replayed else "false",
    }
    return answers.of_sent(answer.alert), HTTPStatus.CREATED, headers
