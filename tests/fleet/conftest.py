"""PostgreSQL, Redis, a hub without a process that sends, and a peer that counts what it accepts."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from hub.app import create_app
from hub.kernel.db import db
from hub.kernel.settings import load
from tests.fleet.processes import Fleet
from tests.peers.http_peer import Behaviour, Received, answer, running_http_peer
from tests.redis_server import RedisServer, running_redis

CHANNELS = """
[[channel]]
id = "hook"
kind = "webhook"
label = "Partners"
exercise = true
[channel.settings]
secrets = ["env:HUB_SECRET_HOOK"]
"""


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
        # So long that none ends because the machine is busy: that would be a second attempt, and rightly so.
        "HUB_DELIVERY_LEASE_SECONDS": "60",
        "HUB_DELIVERY_DEADLINE_SECONDS": "30",
        "HUB_DELIVERY_FIRST_TRY_SECONDS": "30",
        "HUB_DELIVERY_POLL_SECONDS": "0.2",
    }
    monkeypatch.setenv("HUB_SECRET_HOOK", "x" * 40)  # of the process that decides; it sends nothing
    app = create_app(load(settings))
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
