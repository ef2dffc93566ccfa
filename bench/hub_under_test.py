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
BULK = "bulk"
URGENCY = {"bulk": ("Future", "Minor"), "extreme": ("Immediate", "Extreme")}


def address(port: int, number: int, path: str = "hook") -> str:
    return f"http://127.0.0.{2 + number % HOSTS}:{port}/{path}/{number}"


def rows(addresses: list[str], channel_id: str = CHANNEL) -> list[dict[str, object]]:
    """Destinations as they are kept."""
    return [
        {
            "channel_id": channel_id,
            "address": each,
            "label": each,
            "host": each.split("/")[2].split(":")[0],
            "enabled": True,
            "created_at": datetime.now(UTC),
        }
        for each in addresses
    ]


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
        assert self.states(name) == {"accepted"}
        return seconds

    def states(self, name: str) -> set[str]:
        """The states of one publication's deliveries."""
        chosen = sa.select(deliveries.c.state).where(deliveries.c.publication_id == name).distinct()
        with self.app.app_context():
            return set(reading().scalars(chosen))

    def record(self, name: str, channel_id: str = CHANNEL, grade: str = "extreme") -> None:
        """The transaction of a trigger, as far as it is the outbox's."""
        now = datetime.now(UTC)
        urgency, severity = URGENCY[grade]
        message = OutboundMessage(
            publication_id=name,
            incident=name,
            references=(),
            status="Actual",
            msg_type="Alert",
            sent=now,
            expires=now + timedelta(hours=6),
            urgency=urgency,
            severity=severity,
            sender_name="Hub",
            page_url="http://hub.example/",
            texts={},
            cap_xml="",
        )
        with self.app.app_context(), transaction() as session:
            frozen = {channel_id: {"payload": PAYLOAD}}
            outbox.record(session, message, frozen, follows_id=None, withdraw=False, now=now)


def hub_without_engine(url: str, directory: Path, addresses: dict[str, list[str]]) -> Hub:
    """A database with its tables, channels of webhooks with these addresses, and an engine that does not run."""
    settings = settings_module.load({}, overrides={"data": {"directory": str(directory)}})
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": url.startswith("postgresql")}
    db.init_app(app)
    clock = SystemClock()
    surroundings = Surroundings(GuardedClient(["127.0.0.0/8"]), clock, directory, "http://hub.example", "hub", "Hub")
    channels = {}
    for channel_id in addresses:
        adapter = Webhook(channel_id, {"secrets": [Secret("s" * 44)]}, ("fr",), surroundings)
        channels[channel_id] = Channel(channel_id, "webhook", "Hook", exercise=True, languages=("fr",), adapter=adapter)
    with app.app_context():
        prepare_engine(db.engine)
        db.create_all()
        with transaction() as session:
            for channel_id, each in addresses.items():
                if each:
                    session.execute(sa.insert(destinations), rows(each, channel_id))
    return Hub(app, Engine(app.app_context, channels, settings.delivery, clock, random.Random(1)))


def sqlite_url(directory: Path) -> str:
    return f"sqlite:///{directory / 'hub.sqlite'}"


@contextmanager
def running_hub(
    directory: Path, receivers: int, port: int, url: str = "", more: dict[str, list[str]] | None = None
) -> Iterator[Hub]:
    """A hub with so many webhook destinations at the peer on ``port``; its engine runs.

    Args:
        directory: for the database, if ``url`` names none.
        receivers: how many.
        port: of the peer.
        url: the database.
        more: further channels with their addresses.
    """
    addresses = {CHANNEL: [address(port, number) for number in range(receivers)], **(more or {})}
    hub = hub_without_engine(url or sqlite_url(directory), directory, addresses)
    hub.engine.start()
    try:
        yield hub
    finally:
        assert hub.engine.drain(PATIENCE)
        with hub.app.app_context():
            db.engine.dispose()
