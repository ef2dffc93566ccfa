"""The first page: what is under way, what waits, what needs a person; and the banners of every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.alerts import promises
from hub.alerts import queries as alerts
from hub.alerts.planned import queries as planned
from hub.alerts.planned.queries import Plan
from hub.alerts.promises import Promise
from hub.alerts.views import AlertView
from hub.dispatch import queries as dispatch
from hub.dispatch.health import ALIVE, last_sign
from hub.dispatch.queries import Stop
from hub.kernel.db import reading
from hub.message_maps.drafts import queries as drafts
from hub.message_maps.drafts.states import DraftState
from hub.rumours import queries as rumours
from hub.web.console import progress
from hub.web.console.blueprint import blueprint
from hub.web.console.confirmation import label_of
from hub.web.console.map_editor.ground import today
from hub.web.parts import parts
from hub.web.security import access

MINUTE = timedelta(minutes=1)
# Older troubles are history: they stay on the pages of their alerts.
RECENT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Banners:
    """What every page says at its top.

    ``stuck``: planned sends that were not sent and wait for a person. ``broken``: messages that
    were promised to the public and have not come. ``degraded``: Redis is away,
    and due work is found by polling.
    ``asleep``: no dispatcher runs, here or anywhere else; ``last_sign`` is when one last gave a sign of life.
    """

    stop: Stop | None
    stuck: tuple[Plan, ...]
    broken: tuple[Promise, ...]
    degraded: bool
    asleep: bool
    last_sign: datetime | None
    real: tuple[AlertView, ...]
    exercises: tuple[AlertView, ...]


@blueprint.get("/")
@access("alert.read")
def home() -> ResponseReturnValue:
    """What is going on."""
    session, now = reading(), parts().clock.now()
    under_way = alerts.open_alerts(session, now)
    waiting = dispatch.waiting_summary(session, now)
    failures = [row for row in dispatch.recent_failures(session) if row.finished_at and row.finished_at > now - RECENT]
    return render_template(
        "console/home.html",
        alerts=under_way,
        late={
            each.alert.identifier: int(each.late(now) / MINUTE) for each in promises.overdue(session, under_way, now)
        },
        trouble=progress.trouble(failures),
        waiting=waiting,
        waiting_by_channel={label_of(channel_id): number for channel_id, number in waiting.by_channel.items()},
        stop=dispatch.sending_stopped(session),
        now=now,
        plans=planned.alive(session),
        overdue=[each for each in drafts.reviews(session, today()) if each.due is drafts.Due.OVERDUE],
        rumours=rumours.summary(session, now),
        in_review=[each for each in drafts.open_drafts(session) if each.state is DraftState.REVIEW],
    )


@blueprint.app_context_processor
def _offer_banners() -> dict[str, Any]:
    return {"banners": banners}


def banners() -> Banners:
    """The present state of things, for the top of a page."""
    session, now = reading(), parts().clock.now()
    open_alerts = alerts.open_alerts(session, now)
    seen = last_sign(session)
    return Banners(
        stop=dispatch.sending_stopped(session),
        stuck=tuple(planned.stuck(session)),
        broken=tuple(promises.overdue(session, open_alerts, now)),
        degraded=parts().doorbell_answers() is False,
        asleep=seen is None or seen <= now - ALIVE,
        last_sign=seen,
        real=tuple(alert for alert in open_alerts if not alert.exercise),
        exercises=tuple(alert for alert in open_alerts if alert.exercise),
    )
