"""What an officer's write takes while a fan-out runs: beside the limit on SQLite, beside the idle database otherwise.

The write is an entry of the audit log, which ends every officer's write. On SQLite the dispatcher is part of the same
process, as in the embedded hub; on PostgreSQL it is a process of its own, as in a fleet.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bench.databases import Fresh, running_databases
from bench.dispatcher import running_dispatcher
from bench.hub_under_test import CHANNEL, Hub, address, hub_without_engine, running_hub
from bench.peer import running_peer
from bench.table import Line, percentile
from hub.audit.service import record
from hub.dispatch.models import deliveries
from hub.kernel.db import db, reading, transaction

RECEIVERS = 10_000
ANSWER_SECONDS = 0.05
IDLE_WRITES = 400
PAUSE_SECONDS = 0.015
SHARE = 0.99
MOST_MS = 100.0
MOST_TIMES = 2.0


@dataclass(frozen=True)
class Officer:
    """Who writes."""

    kind: str = "officer"
    id: str = "1"
    name: str = "Officer"


def officer_writes(app: Flask) -> float:
    """One write; the milliseconds that it took."""
    start = time.perf_counter()
    with app.app_context(), transaction() as session:
        record(session, actor=Officer(), action="bench.write", subject="1", detail={}, now=datetime.now(UTC))
    return 1000 * (time.perf_counter() - start)


def measure() -> Iterator[Line]:
    """Both databases."""
    with running_peer(ANSWER_SECONDS) as port, running_databases() as databases:
        embedded = p99(beside_the_embedded_engine(databases["SQLite FULL"], port))
        yield Line("an officer's write during a fan-out, SQLite FULL, p99 (ms)", embedded, MOST_MS, 1.0)
        idle, busy = beside_a_dispatcher(databases["PostgreSQL"], port)
        yield Line("an officer's write during a fan-out, PostgreSQL, p99 (ms)", p99(busy), p99(idle), MOST_TIMES)


def p99(milliseconds: list[float]) -> float:
    return percentile(milliseconds, SHARE)


def beside_the_embedded_engine(fresh: Fresh, port: int) -> list[float]:
    with (
        fresh() as url,
        tempfile.TemporaryDirectory() as directory,
        running_hub(Path(directory), RECEIVERS, port, url) as hub,
    ):
        hub.record("a1")
        hub.engine.ring()
        return writes(hub, lambda: open_deliveries(hub) > 0)


def beside_a_dispatcher(fresh: Fresh, port: int) -> tuple[list[float], list[float]]:
    with fresh() as url, tempfile.TemporaryDirectory() as directory:
        addresses = [address(port, number) for number in range(RECEIVERS)]
        hub = hub_without_engine(url, Path(directory), {CHANNEL: addresses})
        with running_dispatcher(url, (CHANNEL,)):
            left = iter(range(IDLE_WRITES))
            idle = writes(hub, lambda: next(left, None) is not None)
            hub.record("a1")
            busy = writes(hub, lambda: open_deliveries(hub) > 0)
        with hub.app.app_context():
            db.engine.dispose()
        return idle, busy


def writes(hub: Hub, go_on: Callable[[], bool]) -> list[float]:
    """Writes with a pause between two, as long as it is to go on."""
    spent = []
    while go_on():
        spent.append(officer_writes(hub.app))
        time.sleep(PAUSE_SECONDS)
    return spent


def open_deliveries(hub: Hub) -> int:
    """At least one if there is one."""
    still_open = sa.select(deliveries.c.id).where(deliveries.c.state.in_(["due", "leased"])).limit(1)
    with hub.app.app_context():
        return len(reading().scalars(still_open).all())
