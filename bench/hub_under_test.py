"""The parts of the hub that are measured: the real tables, the real engine with its default settings, real webhooks."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from hub.channels.adapters.webhook import Webhook
from hub.channels.contract import Channel, OutboundMessage, Surroundings
from hub.dispatch import outbox
from hub.dispatch.engine import Engine
from hub.dispatch.models import deliveries, destinations
from hub.kernel import settings as settings_module
from hub.kernel.clock import SystemClock
from hub.kernel.db import db, prepare_engine, reading, transaction
from hub.kernel.http import GuardedClient
from hub.kernel.secret import Secret

CHANNEL = "hook"
# A CAP document of two languages is about this long.
PAYLOAD = '{"type":"alert.published","data":{"cap":"' + "x" * 6000 + '"}}'
# Enough hosts for all 64 threads at 16 a host, and few enough that connections are used again, here and by the floor.
HOSTS = 8
PATIENCE = 300.0


def address(port: int, number: int) -> str:
    return f"http://127.0.0.{2 + number % HOSTS}:{port}/hook/{number}"


@dataclass
class Hub:
    """A database with destinations, and an engine."""

    app: Flask
    engine: Engine

    def fan_out(self, name: str) -> float:
        """Publishes to all destinations; the seconds from the decision until every outcome is stored."""
        start = time.perf_counter()
        self.record(name)
        assert self.engine.run_until_idle(PATIENCE)
        seconds = time.perf_counter() - start
        with self.app.app_context():
            chosen = sa.select(deliveries.c.state).where(deliveries.c.publication_id == name).distinct()
            assert reading().scalars(chosen).all() == ["accepted"]
        return seconds

    def record(self, name: str) -> None:
        """The transaction of a trigger, as far as it is the outbox's."""
        now = datetime.now(UTC)
        message = OutboundMessage(
            publication_id=name,
            incident=name,
            references=(),
            status="Actual",
            msg_type="Alert",
            sent=now,
            expires=now + timedelta(hours=6),
            urgency="Immediate",
            severity="Severe",
            sender_name="Hub",
            page_url="http://hub.example/",
            texts={},
            cap_xml="",
        )
        with self.app.app_context(), transaction() as session:
            frozen = {CHANNEL: {"payload": PAYLOAD}}
            outbox.record(session, message, frozen, follows_id=None, withdraw=False, now=now)


@contextmanager
def running_hub(directory: Path, receivers: int, port: int) -> Iterator[Hub]:
    """A hub with so many webhook destinations at the peer on ``port``; its engine runs."""
    settings = settings_module.load({}, overrides={"data": {"directory": str(directory)}})
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{directory / 'bench.sqlite'}"
    db.init_app(app)
    clock = SystemClock()
    client = GuardedClient(["127.0.0.0/8"])
    surroundings = Surroundings(client, clock, directory, "http://hub.example", "hub", "Hub")
    adapter = Webhook(CHANNEL, {"secrets": [Secret("s" * 32)]}, ("fr",), surroundings)
    channel = Channel(CHANNEL, "webhook", "Hook", exercise=True, languages=("fr",), adapter=adapter)
    rows = [
        {
            "channel_id": CHANNEL,
            "address": address(port, number),
            "label": str(number),
            "host": adapter.host(address(port, number)),
            "enabled": True,
            "created_at": clock.now(),
        }
        for number in range(receivers)
    ]
    with app.app_context():
        prepare_engine(db.engine)
        db.create_all()
        with transaction() as session:
            session.execute(sa.insert(destinations), rows)
    engine = Engine(app.app_context, {CHANNEL: channel}, settings.delivery, clock, random.Random(1))
    engine.start()
    try:
        yield Hub(app, engine)
    finally:
        assert engine.drain(PATIENCE)
        with app.app_context():
            db.engine.dispose()
