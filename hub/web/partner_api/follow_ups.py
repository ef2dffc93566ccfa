"""Follow-ups by the partner that began the incident: updates, corrections, cancels, all-clears."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub.alerts import intake, queries
from hub.kernel.db import reading
from hub.web.bearer import current_caller
from hub.web.partner_api import answers, once, schemas
from hub.web.partner_api.alerts import follow_up_draft, settled, submit
from hub.web.partner_api.blueprint import Gives, Takes, operation
from hub.web.parts import parts


@operation(
    "/alerts/<identifier>/follow-ups/preview",
    "alert.send",
    Gives(schemas.FollowUpPreview),
    Takes(schemas.FollowUpDraft),
)
def preview_follow_up(body: dict[str, Any], identifier: str) -> dict[str, Any]:
    """Show exactly what a follow-up would say, and give the confirmation that sends it. Nothing is stored."""
    session, now = reading(), parts().clock.now()
    head = queries.get(session, identifier)
    draft = follow_up_draft(body, head.situation_id, identifier)
    for known in queries.follow_ups(session, identifier, now):
        if known.message.id == draft.message_id:
            draft = replace(draft, blanks={**known.draft.blanks, **draft.blanks})
    shown = intake.preview(parts().desk, draft, current_caller())
    confirmation = {**body, **settled(shown.draft, shown.digest), "blanks": dict(draft.blanks)}
    return {"confirmation": confirmation, **answers.of_preview(shown)}


@operation(
    "/alerts/<identifier>/follow-ups",
    "alert.send",
    Gives(schemas.Sent, 201, once.REPLAYED),
    Takes(schemas.FollowUpConfirmation, (once.PARAMETER,)),
)
def send_follow_up(body: dict[str, Any], identifier: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Send a follow-up that was previewed. It goes where the first alert of the incident went."""
    head = queries.get(reading(), identifier)
    return submit(follow_up_draft(body, head.situation_id, identifier), body)
