"""The operator's page: who dispatches, what waits, how the channels are, and what would happen if you sent now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.channels.contract import Channel
from hub.dispatch import checks, health, queries
from hub.dispatch.health import Check, Queue, Standing
from hub.dispatch.states import DeliveryState
from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.web.console import progress
from hub.web.console.blueprint import blueprint
from hub.web.language import say
from hub.web.parts import parts
from hub.web.security import access

# Destinations shown: those that a person should look at first.
MOST = 20
OLDEST, SLOWEST = "oldest", "slowest"


@dataclass(frozen=True, slots=True)
class Row:
    """One configured channel; ``trouble`` are the deliveries of the last hour that failed or may have."""

    channel: Channel
    queue: Queue
    age: timedelta | None
    check: Check
    trouble: int


@dataclass(frozen=True, slots=True)
class Place:
    """One destination; ``state`` says in words how its latest delivery went, empty when there was none."""

    channel: str
    label: str
    state: Phrase | None
    refusing: bool
    accepted_at: datetime | None
    took: float | None


@blueprint.get("/health")
@access("alert.read")
def health_page() -> ResponseReturnValue:
    """How the hub does, as of now."""
    session, now, channels = reading(), parts().clock.now(), parts().channels
    looks, found = health.checks(session), health.standings(session, channels)
    order = SLOWEST if request.args.get("order") == SLOWEST else OLDEST
    failures = [
        row for row in queries.recent_failures(session) if row.finished_at and row.finished_at > now - health.LATELY
    ]
    return render_template(
        "console/health.html",
        now=now,
        dispatchers=health.seen(session),
        forecast=health.forecast(found, looks),
        stop=queries.sending_stopped(session),
        rows=_rows(now, looks),
        places=[_place(one) for one in _ordered(found, order)[:MOST]],
        hidden=max(0, len(found) - MOST),
        order=order,
        trouble=progress.trouble(failures),
        broken=[one for one in queries.broken_hosts(session) if one.closed_off()],
        slowed=queries.slowed_hosts(session, now),
        redis=parts().doorbell_answers(),
    )


@blueprint.post("/health/checks/<channel_id>")
@access("alert.send")
def check_channel(channel_id: str) -> ResponseReturnValue:
    """Has a dispatcher look at a channel at once."""
    if channel_id not in parts().channels:
        raise NotFound(Phrase("There is no such channel."))
    if checks.ask(channel_id, parts().clock.now()):
        flash(say(Phrase("A dispatcher looks at this channel within a few seconds.")))
    else:
        flash(say(Phrase("This channel was looked at only seconds ago.")))
    return redirect(url_for("console.health_page"), 303)


def _rows(now: datetime, looks: dict[str, Check]) -> list[Row]:
    queues, troubles = health.queues(reading(), now), health.troubles(reading(), now - health.LATELY)
    rows = []
    for channel in parts().channels.values():
        queue = queues.get(channel.id, Queue())
        rows.append(
            Row(
                channel=channel,
                queue=queue,
                age=now - queue.since if queue.since else None,
                check=looks.get(channel.id, Check(None, None)),
                trouble=sum(troubles.get((channel.id, state), 0) for state in progress.TROUBLE),
            )
        )
    return rows


def _ordered(found: list[Standing], order: str) -> list[Standing]:
    if order == SLOWEST:
        return sorted(found, key=lambda one: one.took or timedelta(-1), reverse=True)
    # Those that never accepted come first, and before them those that were tried and never did.
    return sorted(found, key=lambda one: (one.accepted_at is not None, one.state is None, one.accepted_at or 0))


def _place(one: Standing) -> Place:
    channel = parts().channels[one.channel_id]
    state = None
    if one.state is not None:
        tried = one.state in {DeliveryState.DUE, DeliveryState.LEASED}
        state = Phrase("tries have failed so far") if tried else progress.STATES[one.state]
    return Place(
        channel=channel.label,
        label="" if channel.adapter.single else one.label,
        state=state,
        refusing=one.refusing,
        accepted_at=one.accepted_at,
        took=one.took.total_seconds() if one.took is not None else None,
    )
