"""From the doorbell to the first attempt, as the receiver sees it: in one process, through Redis, by polling alone."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.databases import running_databases
from bench.dispatcher import running_dispatcher
from bench.hub_under_test import CHANNEL, Hub, hub_without_engine, running_hub
from bench.peer import OPEN
from bench.table import Line, percentile
from hub.kernel.db import db
from hub.kernel.queue import RedisDoorbell
from tests.redis_server import running_redis

RINGS = 200
LOOKS = 8
# So far apart that the engine has gone back to waiting.
PAUSE_SECONDS = 0.12
SHARE = 0.99
MOST_IN_PROCESS_MS = 20.0
MOST_THROUGH_REDIS_MS = 50.0
MOST_BY_POLLING_MS = 5000.0
PATIENCE = 10.0


class Receiver:
    """Answers at once and remembers when the last request came."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.server.getsockname()[1]
        self.came = threading.Event()
        self.at = 0.0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            received = b""
            while chunk := connection.recv(65536):
                if not received:
                    self.at = time.perf_counter()
                received += chunk
                if received.endswith(b'"}}'):
                    received = b""
                    connection.sendall(OPEN)
                    self.came.set()

    def milliseconds_after(self, ring: Callable[[], None]) -> float:
        """How long after the ring the first byte of a request came."""
        self.came.clear()
        start = time.perf_counter()
        ring()
        assert self.came.wait(PATIENCE)
        return 1000 * (self.at - start)


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.server.shutdown(socket.SHUT_RDWR)
        receiver.server.close()


def measure() -> Iterator[Line]:
    """The three ways."""
    with running_receiver() as receiver, running_databases() as databases, tempfile.TemporaryDirectory() as name:
        addresses = [f"http://127.0.0.1:{receiver.port}/hook"]
        with databases["SQLite FULL"]() as url, running_hub(Path(name), 0, 1, url, {CHANNEL: addresses}) as hub:
            spent = [after_a_decision(hub, receiver, str(number), hub.engine.ring) for number in range(RINGS)]
            yield Line("doorbell to first attempt, in process, p99 (ms)", p99(spent), MOST_IN_PROCESS_MS, 1.0)
        with databases["PostgreSQL"]() as url, running_redis() as redis:
            hub = hub_without_engine(url, Path(name), {CHANNEL: addresses})
            bell = RedisDoorbell(redis.url)
            with running_dispatcher(url, (CHANNEL,), redis.url):
                spent = [after_a_decision(hub, receiver, str(number), bell.ring) for number in range(RINGS)]
                yield Line("doorbell to first attempt, through Redis, p99 (ms)", p99(spent), MOST_THROUGH_REDIS_MS, 1.0)
                spent = [after_a_decision(hub, receiver, f"p{number}", lambda: None) for number in range(LOOKS)]
                yield Line("due to first attempt, by polling alone, longest (ms)", max(spent), MOST_BY_POLLING_MS, 1.0)
            with hub.app.app_context():
                db.engine.dispose()


def p99(milliseconds: list[float]) -> float:
    return percentile(milliseconds, SHARE)


def after_a_decision(hub: Hub, receiver: Receiver, name: str, ring: Callable[[], None]) -> float:
    time.sleep(PAUSE_SECONDS)
    hub.record(name)
    return receiver.milliseconds_after(ring)
