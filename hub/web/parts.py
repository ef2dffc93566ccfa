"""What `create_app` put together, as the views see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

from hub.channels.contract import Channel
from hub.kernel.clock import Clock
from hub.kernel.settings import Settings

if TYPE_CHECKING:
    from hub.alerts.desk import Desk
    from hub.dispatch.engine import Engine
    from hub.rumours.desk import RumourDesk
    from hub.rumours.matching.matcher import Matcher
    from hub.subscriptions.desk import SubscriptionDesk

# The key under which `create_app` leaves the parts in ``app.extensions``.
EXTENSION = "hub"


@dataclass(frozen=True, slots=True)
class Parts:
    """The running hub: settings, time, channels, the desks of alerts and of rumours, and the engine.

    The engine is started in the process that sends. The matcher suggests rumours for reports.
    ``doorbell_answers``: whether the fleet's Redis did a few seconds ago, ``None`` where
    that is not known or there is none; it never waits.
    """

    settings: Settings
    clock: Clock
    channels: Mapping[str, Channel]
    desk: Desk
    engine: Engine
    rumours: RumourDesk
    matcher: Matcher
    subscriptions: SubscriptionDesk
    doorbell_answers: Callable[[], bool | None]


def parts() -> Parts:
    """The parts of the application that answers the present request."""
    return cast("Parts", current_app.extensions[EXTENSION])
