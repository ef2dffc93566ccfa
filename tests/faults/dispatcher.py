"""A process that empties the outbox of one database by webhooks and ends. Made to be killed.

Usage: python dispatcher.py DATABASE_URL {repeatable|once}
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import ClassVar

import sqlalchemy as sa

from hub.channels.adapters.webhook import Webhook
from hub.channels.contract import Channel, Surroundings
from hub.dispatch.engine import Engine
from hub.dispatch.models import deliveries
from hub.dispatch.states import OPEN
from hub.kernel.clock import SystemClock
from hub.kernel.db import reading
from hub.kernel.http import GuardedClient
from hub.kernel.secret import Secret
from hub.kernel.settings import DeliverySettings
from tests.dispatch.post import make_app

SETTINGS = DeliverySettings(
    embedded=False,
    threads=32,
    slow_threads=4,
    batch=100,
    lease_seconds=2.0,
    poll_seconds=0.1,
    deadline_seconds=1.5,
    first_try_seconds=1.5,
    per_host=8,
    writer_pause_ms=20,
    retry_first_seconds=0.1,
    retry_longest_seconds=1.0,
    breaker_failures=5,
    breaker_pause_seconds=30.0,
)


class OnceWebhook(Webhook):
    """Webhooks at a receiver that does not know repeats."""

    idempotent: ClassVar[bool] = False


def make_channel(kind: str) -> Channel:
    clock = SystemClock()
    surroundings = Surroundings(GuardedClient(["127.0.0.0/8"]), clock, Path(), "http://hub.example", "hub", "Hub")
    adapter = (OnceWebhook if kind == "once" else Webhook)(
        "hook", {"secrets": [Secret("s" * 32)]}, ("fr",), surroundings
    )
    return Channel("hook", "webhook", "Hook", exercise=True, languages=("fr",), adapter=adapter)


def main(url: str, kind: str) -> None:
    app = make_app(url)
    engine = Engine(app.app_context, {"hook": make_channel(kind)}, SETTINGS, SystemClock(), random.Random())
    engine.start()
    is_open = sa.select(sa.func.count()).where(deliveries.c.state.in_([str(state) for state in OPEN]))
    with app.app_context():
        while reading().scalar(is_open):
            reading().rollback()
            time.sleep(0.1)  # leases of the dispatcher before this one run out by the clock alone
    engine.drain(10)


if __name__ == "__main__":
    main(*sys.argv[1:])
