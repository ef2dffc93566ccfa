"""What is said in the town and has to be looked at, the gravest first."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.rumours import queries
from hub.rumours.states import Workflow
from hub.rumours.triage import Band
from hub.web.console.blueprint import blueprint
from hub.web.parts import parts
from hub.web.security import access

BAND_LABELS: Mapping[Band, Phrase] = {
    Band.CRITICAL: Phrase("Critical"),
    Band.HIGH: Phrase("High"),
    Band.MEDIUM: Phrase("Medium"),
    Band.LOW: Phrase("Low"),
}
WORKFLOW_LABELS: Mapping[str, Phrase] = {
    Workflow.NEW: Phrase("New"),
    Workflow.TRIAGED: Phrase("Weighed"),
    Workflow.VERIFYING: Phrase("Being checked"),
    Workflow.PROPOSED: Phrase("Waits for approval"),
    Workflow.APPROVED: Phrase("Answered"),
    Workflow.CLOSED: Phrase("Closed"),
    Workflow.MERGED: Phrase("Same as another one"),
}


@blueprint.get("/rumours")
@access("rumour.read")
def rumours() -> ResponseReturnValue:
    """The queue."""
    session, now = reading(), parts().clock.now()
    return render_template(
        "console/rumours/queue.html",
        queue=queries.queue(session, now),
        summary=queries.summary(session, now),
        bands=BAND_LABELS,
        states=WORKFLOW_LABELS,
    )
