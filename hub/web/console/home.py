"""The first page: what is under way, what waits, what needs a person; and the banners of every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.alerts import queries as alerts
from hub.alerts.views import AlertView
from hub.dispatch import queries as dispatch
from hub.dispatch.queries import Stop, Waiting
from hub.kernel.db import reading
from hub.web.console import progress
from hub.web.console.blueprint import blueprint
from hub.web.console.confirmation import label_of
from hub.web.parts import parts
from hub.web.security import access

# Older troubles are history: they stay on the pages of their alerts.
RECENT = timedelta(hours=24)
# A dispatcher finds due work within 5 s at the latest (the longest poll_seconds), bell or no bell.
PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Banners:
    """What every page says at its top. ``idle``: for how many seconds due work has been left lying, or 0."""

    stop: Stop | None
    idle: int
    real: tuple[AlertView, ...]
    exercises: tuple[AlertView, ...]


@blueprint.get("/")
@access("alert.read")
def home() -> ResponseReturnValue:
    """What is going on."""
    session, now = reading(), parts().clock.now()
    waiting = dispatch.waiting_summary(session, now)
    failures = [row for row in dispatch.recent_failures(session) if row.finished_at and row.finished_at > now - RECENT]
    return render_template(
        "console/home.html",
        alerts=alerts.open_alerts(session, now),
        trouble=progress.trouble(failures),
        waiting=waiting,
        waiting_by_channel={label_of(channel_id): number for channel_id, number in waiting.by_channel.items()},
        stop=dispatch.sending_stopped(session),
        now=now,
    )


@blueprint.app_context_processor
def _offer_banners() -> dict[str, Any]:
    return {"banners": banners}


def banners() -> Banners:
    """The present state of things, for the top of a page."""
    session, now = reading(), parts().clock.now()
    open_alerts = alerts.open_alerts(session, now)
    stop = dispatch.sending_stopped(session)
    return Banners(
        stop=stop,
        idle=0 if stop else _idle(dispatch.waiting_summary(session, now)),
        real=tuple(alert for alert in open_alerts if not alert.exercise),
        exercises=tuple(alert for alert in open_alerts if alert.exercise),
    )


def _idle(waiting: Waiting) -> int:
    """How long due work has been waiting while nothing is under way; 0 when all is well."""
    hub = parts()
    if waiting.since is None or waiting.under_way or waiting.due == waiting.later:
        return 0
    age = hub.clock.now() - waiting.since
    if age < PATIENCE or (hub.settings.delivery.embedded and hub.engine.alive()):
        return 0
    return int(age.total_seconds())
