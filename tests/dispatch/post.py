"""A small application around the real tables, with channels whose adapters do what a test tells them to."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import marshmallow as ma
import sqlalchemy as sa
from flask import Flask

import hub.audit.models  # noqa: F401 - its tables are made with the others
from hub.channels.contract import (
    Acceptance,
    Body,
    Channel,
    ChannelAdapter,
    OutboundMessage,
    Outgoing,
    PreviewPart,
    Surroundings,
)
from hub.dispatch import outbox
from hub.dispatch.engine import Engine
from hub.dispatch.models import attempts, deliveries, destinations
from hub.identity.actor import Actor
from hub.kernel.db import db, prepare_engine, reading, transaction
from hub.kernel.phrase import Phrase
from hub.kernel.settings import DeliverySettings

OFFICER = Actor("officer", "o1", "Anne Roy")

# Long enough for a busy machine; a test never waits so long unless it is about to fail.
PATIENCE = 60.0

SETTINGS = DeliverySettings(
    embedded=False,
    threads=8,
    slow_threads=4,
    batch=50,
    lease_seconds=45.0,
    poll_seconds=0.05,
    deadline_seconds=15.0,
    first_try_seconds=4.0,
    per_host=4,
    writer_pause_ms=2,
    retry_first_seconds=2.0,
    retry_longest_seconds=300.0,
    breaker_failures=5,
    breaker_pause_seconds=30.0,
)


class Nowhere:
    """An HTTP client for adapters that use none."""

    def request(self, *_arguments: Any, **_options: Any) -> Any:
        raise AssertionError


class ObedientAdapter(ChannelAdapter):
    """Records what it is given and answers with what ``answer`` returns or raises."""

    kind: ClassVar[str] = "obedient"
    label: ClassVar[Phrase] = Phrase("Obedient")
    form: ClassVar[str] = "long"
    multilingual: ClassVar[bool] = True
    single: ClassVar[bool] = False
    idempotent: ClassVar[bool] = True
    settings_schema = ma.Schema

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.seen: list[Outgoing] = []
        self.lock = threading.Lock()
        self.answer: Callable[[Outgoing], Any] = lambda outgoing: Acceptance(f"r{outgoing.destination.id}")

    def render(self, message: OutboundMessage) -> Body:
        return {"text": message.page_url}

    def preview(self, body: Body) -> list[PreviewPart]:
        return [PreviewPart(self.label, body["text"])]

    def send(self, outgoing: Outgoing) -> Acceptance:
        with self.lock:
            self.seen.append(outgoing)
        return self.answer(outgoing)

    def host(self, address: str) -> str:
        return address.partition("/")[0]

    def check_address(self, address: str) -> Phrase | None:
        return None if "/" in address else Phrase("an address looks like host/path")

    def addresses(self) -> list[str]:
        with self.lock:
            return [outgoing.destination.address for outgoing in self.seen]


class OnceAdapter(ObedientAdapter):
    kind = "once"
    idempotent = False


class WindowAdapter(ObedientAdapter):
    kind = "window"
    idempotency_window = timedelta(minutes=50)


class SingleAdapter(ObedientAdapter):
    kind = "single"
    single = True


def make_channel(adapter_class: type[ChannelAdapter], clock: Any, *, exercise: bool = True) -> Channel:
    surroundings = Surroundings(Nowhere(), clock, Path(), "http://hub.example", "hub@example", "Hub")
    adapter = adapter_class(adapter_class.kind, {}, ("fr",), surroundings)
    return Channel(adapter.kind, adapter.kind, adapter.kind.capitalize(), exercise, ("fr",), adapter)


class Gate:
    """An answer that comes when the test opens the gate."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.entered = threading.Semaphore(0)

    def __call__(self, outgoing):
        self.entered.release()
        assert self.opened.wait(PATIENCE)
        return Acceptance("late")

    def wait_for(self, number):
        for _ in range(number):
            assert self.entered.acquire(timeout=PATIENCE)


@dataclass
class Post:
    """A database with the dispatch tables, channels, and short words for what tests do all the time."""

    app: Flask
    clock: Any
    channels: dict[str, Channel]
    settings: DeliverySettings = SETTINGS
    engines: list[Engine] = field(default_factory=list)

    def adapter(self, channel_id: str = "obedient") -> ObedientAdapter:
        return self.channels[channel_id].adapter

    def engine(self, *, clock: Any = None, **changes: Any) -> Engine:
        """An engine that is not running; on a host with another clock, if there is one."""
        engine = Engine(
            self.app.app_context,
            self.channels,
            replace(self.settings, **changes),
            clock or self.clock,
            random.Random(7),
        )
        self.engines.append(engine)
        return engine

    def run(self, **changes: Any) -> None:
        """Sends everything that is due at the clock's present hour."""
        assert self.engine(**changes).run_until_idle(PATIENCE)

    def destinations(self, *addresses: str, channel_id: str = "obedient") -> list[int]:
        channel = self.channels[channel_id]
        rows = [
            {
                "channel_id": channel_id,
                "address": address,
                "label": address,
                "host": channel.adapter.host(address),
                "enabled": True,
                "created_at": self.clock.now(),
            }
            for address in addresses
        ]
        with self.app.app_context(), transaction() as session:
            session.execute(sa.insert(destinations), rows)
            return list(session.scalars(sa.select(destinations.c.id).where(destinations.c.address.in_(addresses))))

    def message(self, publication_id: str = "a1", **changes: Any) -> OutboundMessage:
        now: datetime = self.clock.now()
        values: dict[str, Any] = {
            "publication_id": publication_id,
            "incident": publication_id,
            "references": (),
            "status": "Actual",
            "msg_type": "Alert",
            "sent": now,
            "expires": now + timedelta(hours=6),
            "urgency": "Immediate",
            "severity": "Severe",
            "sender_name": "Hub",
            "page_url": f"http://hub.example/{publication_id}",
            "texts": {},
            "cap_xml": "",
        }
        return OutboundMessage(**(values | changes))

    def publish(
        self,
        publication_id: str = "a1",
        channel_ids: tuple[str, ...] = ("obedient",),
        *,
        follows: str | None = None,
        withdraw: bool = False,
        **changes: Any,
    ) -> None:
        if follows is not None:
            changes = {"incident": "a1", "references": (follows,)} | changes
        message = self.message(publication_id, **changes)
        frozen: Mapping[str, Body] = {one: self.channels[one].adapter.render(message) for one in channel_ids}
        with self.app.app_context(), transaction() as session:
            outbox.record(session, message, frozen, follows_id=follows, withdraw=withdraw, now=self.clock.now())

    def rows(self, publication_id: str = "a1") -> list[sa.Row[Any]]:
        """The deliveries of a publication with the addresses, in the order of the destinations."""
        with self.app.app_context():
            return list(
                reading().execute(
                    sa.select(deliveries, destinations.c.address)
                    .join(destinations, destinations.c.id == deliveries.c.destination_id)
                    .where(deliveries.c.publication_id == publication_id)
                    .order_by(deliveries.c.destination_id)
                )
            )

    def states(self, publication_id: str = "a1") -> list[str]:
        return [row.state for row in self.rows(publication_id)]

    def outcomes(self, delivery_id: int) -> list[str]:
        """The outcomes of a delivery's attempts, in order."""
        with self.app.app_context():
            chosen = sa.select(attempts.c.outcome).where(attempts.c.delivery_id == delivery_id)
            return list(reading().scalars(chosen.order_by(attempts.c.number)))


def make_app(url: str) -> Flask:
    """An application that has a database and nothing else; whoever asks for it sees to its tables."""
    app = Flask("post")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    return app
