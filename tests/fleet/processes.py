"""One hub of several processes: the application that decides, here, and workers as an operator starts them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from hub.channels.contract import OutboundMessage
from hub.dispatch import outbox
from hub.dispatch.models import deliveries, destinations
from hub.kernel.db import reading, transaction
from hub.kernel.settings import ROOT
from hub.web.parts import EXTENSION
from tests.peers.http_peer import HttpPeer

# Long enough for a busy machine; a test never waits so long unless it is about to fail.
PATIENCE = 60.0
LOOK_SECONDS = 0.02


def wait_until(true: Callable[[], bool], what: str | Callable[[], str]) -> None:
    """Waits for something that happens in another process; says what did not happen, as it is by then."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what if isinstance(what, str) else what()
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

    def shorten_leases(self) -> None:
        """For workers that are started from now on: what a dead one holds is free soon. Repeats are to be expected."""
        self.environment |= {
            "HUB_DELIVERY_LEASE_SECONDS": "2",
            "HUB_DELIVERY_DEADLINE_SECONDS": "1.5",
            "HUB_DELIVERY_FIRST_TRY_SECONDS": "1.5",
        }

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
        wait_until(
            lambda: set(self.states().values()) == {"accepted"}, lambda: f"left: {Counter(self.states().values())}"
        )
