"""The peak memory of a dispatcher, a process of its own, that sends to 1,000 and to 10,000 webhooks.

On PostgreSQL it is one of a fleet, with Redis.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from bench.databases import Fresh, running_databases
from bench.dispatcher import running_dispatcher
from bench.hub_under_test import CHANNEL, PATIENCE, address, hub_without_engine
from bench.peer import running_peer
from bench.table import Line
from hub.dispatch.models import deliveries
from hub.kernel.db import db, reading
from tests.redis_server import running_redis

ANSWER_SECONDS = 0.05
FEW, MANY = 1000, 10_000
ROUNDS = 2
MOST_MEGABYTES = 96.0
MOST_GROWTH = 1.15
LOOK_SECONDS = 0.1


def measure() -> Iterator[Line]:
    """Both sizes on both databases."""
    with running_peer(ANSWER_SECONDS) as port, running_databases() as databases, running_redis() as redis:
        for name, fresh in databases.items():
            bell = redis.url if name == "PostgreSQL" else ""
            rounds = [(peak(fresh, FEW, port, bell), peak(fresh, MANY, port, bell)) for _ in range(ROUNDS)]
            few, many = (median(each) for each in zip(*rounds, strict=True))
            yield Line(f"peak memory of a dispatcher, {MANY} webhooks, {name} (MB)", many, MOST_MEGABYTES, 1.0)
            yield Line(f"the same beside {FEW} webhooks (MB)", many, few, MOST_GROWTH)


def peak(fresh: Fresh, receivers: int, port: int, redis_url: str) -> float:
    """Megabytes."""
    with fresh() as url, tempfile.TemporaryDirectory() as directory:
        addresses = [address(port, number) for number in range(receivers)]
        hub = hub_without_engine(url, Path(directory), {CHANNEL: addresses})
        hub.record("a1")
        accepted = sa.select(sa.func.count()).where(deliveries.c.state == "accepted")
        with running_dispatcher(url, (CHANNEL,), redis_url) as dispatcher:
            end = time.monotonic() + PATIENCE
            done = 0
            while done < receivers:
                assert time.monotonic() < end
                time.sleep(LOOK_SECONDS)
                with hub.app.app_context():
                    done = reading().scalar(accepted)
            found = dispatcher.peak_megabytes()
        with hub.app.app_context():
            db.engine.dispose()
        return found
