"""What a person decides about sending: once more, it is there, stop everything, go on."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.dispatch import queries, service
from hub.kernel.db import reading
from hub.kernel.errors import Conflict
from hub.kernel.phrase import Phrase
from hub.web.console.blueprint import blueprint
from hub.web.console.publication import page_of
from hub.web.language import say
from hub.web.parts import parts
from hub.web.security import access, current_officer

LONGEST_REASON = 200
# What a database can count to; beyond it there is no such delivery, and asking for it would be an error of its own.
DELIVERY = f"/deliveries/<int(max={2**63 - 1}):delivery_id>"


@blueprint.post(f"{DELIVERY}/resend")
@access("delivery.resend")
def resend(delivery_id: int) -> ResponseReturnValue:
    """Has one delivery sent again, and goes back to its alert."""
    row = queries.delivery_row(reading(), delivery_id)
    try:
        service.resend(delivery_id, actor=current_officer().actor, now=parts().clock.now())
    except Conflict as error:
        flash(say(error.detail))
    else:
        parts().desk.ring()
        flash(say(Phrase("It is being sent again.")))
    return redirect(page_of(row.publication_id), 303)


@blueprint.post(f"{DELIVERY}/settle")
@access("delivery.resend")
def settle(delivery_id: int) -> ResponseReturnValue:
    """Ends a doubt: the officer has looked, and the message is there."""
    row = queries.delivery_row(reading(), delivery_id)
    try:
        service.settle(delivery_id, there=True, actor=current_officer().actor, now=parts().clock.now())
    except Conflict as error:
        flash(say(error.detail))
    return redirect(page_of(row.publication_id), 303)


@blueprint.post("/sending/stop")
@access("sending.stop")
def stop() -> ResponseReturnValue:
    """Stops all sending at one click; the reason may follow later in the log, so it is not required."""
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    service.stop_all(reason=reason, actor=current_officer().actor, now=parts().clock.now())
    return redirect(url_for("console.home"), 303)


@blueprint.post("/sending/resume")
@access("sending.stop")
def resume() -> ResponseReturnValue:
    """Lets sending go on."""
    service.resume(actor=current_officer().actor, now=parts().clock.now())
    parts().desk.ring()
    flash(say(Phrase("Sending goes on.")))
    return redirect(url_for("console.home"), 303)
