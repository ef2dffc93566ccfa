"""The channels: what they are, whom they reach, when they last worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.channels.contract import Channel
from hub.dispatch.queries import destination_counts, last_acceptances
from hub.kernel.db import reading
from hub.web.console.blueprint import blueprint
from hub.web.parts import parts
from hub.web.security import access


@dataclass(frozen=True, slots=True)
class Row:
    """One configured channel; ``last_success`` is ``None`` when it has accepted nothing yet."""

    channel: Channel
    destinations: int
    last_success: datetime | None


@blueprint.get("/channels")
@access("alert.read")
def channels() -> ResponseReturnValue:
    """The list, in the order of the configuration."""
    counts, successes = destination_counts(reading()), last_acceptances(reading())
    rows = [Row(channel, counts.get(channel.id, 0), successes.get(channel.id)) for channel in parts().channels.values()]
    return render_template("console/channels.html", rows=rows)
