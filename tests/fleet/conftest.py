"""A fleet: PostgreSQL, Redis, worker processes as an operator starts them, and a peer that counts what it accepts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from hub.app import create_app
from hub.channels.contract import OutboundMessage
from hub.dispatch import outbox
from hub.dispatch.models import deliveries, destinations
from hub.kernel.db import db, reading, transaction
from hub.kernel.settings import ROOT, load
from hub.web.parts import EXTENSION
from tests.peers.http_peer import Behaviour, HttpPeer, Received, answer, running_http_peer
from tests.redis_server import RedisServer, running_redis

# Long enough for a busy machine; a test never waits so long unless it is about to fail.
PATIENCE = 60.0
LOOK_SECONDS = 0.02

CHANNELS = """
[[channel]]
id = "hook"
kind = "webhook"
label = "Partners"
exercise = true
[channel.settings]
secrets = ["env:HUB_SECRET_HOOK"]
"""


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Waits for something that happens in another process; says what did not happen."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        time.sleep(LOOK_SECONDS)  # the other process tells nobody; bounded by `end`


@dataclass
class Worker:
    """A ``flask hub worker``; it signs its webhooks with a secret of its own, so that the peer knows who sent them."""

    process: subprocess.Popen[bytes]
    log: Path
    secret: str

    def said(self, text: str) -> int:
        return self.log.read_text(encoding="utf-8").count(text)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@dataclass
class Fleet:
    """One hub: the application that decides, the processes that send."""

    app: Flask
    environment: dict[str, str]
    peer: HttpPeer
    directory: Path
    workers: list[Worker] = field(default_factory=list)

    def start(self, number: int = 1) -> list[Worker]:
        """Starts workers and waits until they send."""
        new = [self._started(len(self.workers) + place) for place in range(number)]
        self.workers += new
        for worker in new:
            wait_until(lambda worker=worker: worker.said('"sending"') > 0, f"no start: {worker.log.read_text()}")
        return new

    def _started(self, number: int) -> Worker:
        secret, log = f"{number}" * 40, self.directory / f"worker-{number}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [Path(sys.executable).parent / "flask", "hub", "worker"],
                cwd=ROOT,
                env=self.environment | {"HUB_SECRET_HOOK": secret},
                stdout=output,
                stderr=output,
            )
        return Worker(process, log, secret)

    def publish(self, name: str, number: int) -> None:
        """Decides on one message to so many destinations of its own, and rings."""
        now = datetime.now(UTC)
        # fmt: off
        message = OutboundMessage(
            publication_id=name, incident=name, references=(), status="Actual", msg_type="Alert", sent=now,
            expires=now + timedelta(hours=1), urgency="Immediate", severity="Severe", sender_name="Hub",
            page_url="http://hub.example/a1", texts={}, cap_xml="",
        )
        # fmt: on
        addresses = [f"{self.peer.url}/{name}/{place}" for place in range(number)]
        row = {"channel_id": "hook", "host": "127.0.0.1", "enabled": True, "created_at": now}
        with self.app.app_context(), transaction() as session:
            session.execute(sa.update(destinations).values(enabled=False))
            session.execute(sa.insert(destinations), [row | {"address": each, "label": each} for each in addresses])
            outbox.record(session, message, {"hook": {"payload": "{}"}}, follows_id=None, withdraw=False, now=now)
        self.app.extensions[EXTENSION].desk.ring()

    def states(self) -> dict[str, str]:
        """Idempotency key -> state."""
        with self.app.app_context():
            found = reading().execute(
                sa.select(deliveries.c.publication_id, deliveries.c.destination_id, deliveries.c.state)
            )
            return {f"{publication}-{destination}": state for publication, destination, state in found}

    def hits(self) -> Counter[str]:
        """Idempotency key -> how often the peer accepted it."""
        return Counter(request.headers["webhook-id"] for request in list(self.peer.requests))

    def wait_for_hits(self, number: int) -> None:
        wait_until(lambda: len(self.hits()) >= number, f"fewer than {number} arrived")

    def wait_until_all_are_accepted(self) -> None:
        wait_until(lambda: set(self.states().values()) == {"accepted"}, f"left: {Counter(self.states().values())}")


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_server(redis_process: RedisServer) -> RedisServer:
    """An empty Redis that runs, whatever the test before did to it."""
    redis_process.stop()
    redis_process.start()
    return redis_process


@pytest.fixture
def fleet(tmp_path, postgres_url, redis_server, monkeypatch) -> Iterator[Fleet]:
    """A hub without a process that sends, yet."""
    (tmp_path / "channels.toml").write_text(CHANNELS, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    settings = {
        "HUB_DATA_DIRECTORY": str(tmp_path / "var"),
        "HUB_DATABASE_URL": postgres_url,
        "HUB_REDIS_URL": redis_server.url,
        "HUB_CHANNELS_FILE": str(tmp_path / "channels.toml"),
        "HUB_HTTP_ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "HUB_DELIVERY_EMBEDDED": "false",
        "HUB_DELIVERY_THREADS": "4",
        "HUB_DELIVERY_SLOW_THREADS": "2",
        "HUB_DELIVERY_BATCH": "20",
        "HUB_DELIVERY_LEASE_SECONDS": "2",
        "HUB_DELIVERY_DEADLINE_SECONDS": "1.5",
        "HUB_DELIVERY_FIRST_TRY_SECONDS": "1.5",
        "HUB_DELIVERY_POLL_SECONDS": "0.2",
    }
    monkeypatch.setenv("HUB_SECRET_HOOK", "x" * 40)  # of the process that decides; it sends nothing
    app = create_app(load(settings))
    with app.app_context():
        db.create_all()
    with running_http_peer() as peer:
        peer.otherwise = unhurried
        fleet = Fleet(app, kept | settings | {"FLASK_APP": "wsgi.py", "LC_ALL": "C.UTF-8"}, peer, tmp_path)
        yield fleet
        for worker in fleet.workers:
            worker.process.kill()
            worker.process.wait()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def unhurried(_request: Received) -> Behaviour:
    """Accepts after 50 ms, as a peer far away does."""
    accept = answer(204)

    def behave(line, request):
        line.stopping.wait(0.05)
        return accept(line, request)

    return behave
