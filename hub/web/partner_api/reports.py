"""Reports of rumours by partners and volunteers: taken in once, followed by those who sent them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import url_for

from hub.identity.partners import Caller
from hub.kernel.db import reading
from hub.kernel.errors import Forbidden, NotFound
from hub.kernel.phrase import Phrase
from hub.rumours import tracking
from hub.rumours.intake import Once, Request, take_in
from hub.rumours.sighting import ReportDraft, Via
from hub.web.bearer import current_caller
from hub.web.language import say
from hub.web.partner_api import once, report_schemas
from hub.web.partner_api.blueprint import Gives, Takes, operation
from hub.web.parts import parts
from hub.web.throttle import take_partner_report

HEADERS: Mapping[str, Any] = {
    **once.REPLAYED,
    "Location": {"description": "The address of the report.", "schema": {"type": "string"}},
}


@operation(
    "/reports",
    "rumour.report",
    Gives(report_schemas.ReportReceipt, 201, HEADERS),
    Takes(report_schemas.ReportDraft, (once.PARAMETER,)),
)
def report_rumour(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Report what is being said. A copy of a known rumour is linked to it by itself. Pictures: by the form only."""
    caller, key = _live_caller(), once.this_key()
    take_partner_report(caller.key_id)
    hub = parts()
    asked = Request(Once.KEY, f"partner:{caller.partner_id}", key)
    receipt = take_in(hub.rumours, hub.matcher, ReportDraft(**body), Via.PARTNER, caller.actor, asked)
    headers = {
        "Location": url_for("partner_api.reported", report_id=receipt.report_id),
        "Idempotent-Replayed": "true" if receipt.replayed else "false",
    }
    return {"report": receipt.report_id, "tracking_code": receipt.tracking_code}, HTTPStatus.CREATED, headers


@operation(
    "/reports/<report_id>",
    "rumour.report",
    Gives(report_schemas.ReportProgress),
    problems={404: "This partner has sent no such report."},
)
def reported(report_id: str) -> dict[str, Any]:
    """Show what has become of one of this partner's own reports."""
    actor = _live_caller().actor
    found = tracking.own(reading(), report_id, actor.kind, actor.id)
    if found is None:
        raise NotFound(Phrase("There is no report %(report)s.", report=report_id))
    return {
        "report": found.report_id,
        "received_at": found.received_at,
        "standing": found.standing.value,
        "words": say(tracking.STANDINGS[found.standing]),
        "rumour": found.rumour_id,
        "private_answer": found.private_answer,
    }


def _live_caller() -> Caller:
    """The partner; reports know no exercise, so a key for exercises has nothing to do with them."""
    caller = current_caller()
    if caller.exercise:
        raise Forbidden(Phrase("This key is for exercises: a report would be taken for a real one."))
    return caller
