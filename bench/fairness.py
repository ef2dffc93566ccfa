"""Who is delayed by whom: healthy receivers by slow ones, an extreme alert by a bulk send.

Usage: python -m bench.fairness PORT SLOW; one fan-out with so many slow receivers, in a process that then ends at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import sqlalchemy as sa

from bench.databases import Fresh, fresh_sqlite, running_databases
from bench.hub_under_test import BULK, HOSTS, PATIENCE, Hub, address, hub_without_engine, running_hub
from bench.peer import running_peer
from bench.table import Line, percentile
from hub.dispatch.models import deliveries, destinations, publications
from hub.kernel.db import reading

ANSWER_SECONDS = 0.05
RECEIVERS = 1000
SLOW = 10
ROUNDS = 3
MOST_SLOWER = 1.5
MANY = 10_000
URGENT = "urgent"
URGENT_RECEIVERS = 10
ALERTS = 60
ALERT_ROUNDS = 2
PAUSE_SECONDS = 0.1
SHARE = 0.95
MOST_LATER = 1.5
LOOK_SECONDS = 0.02


def measure() -> Iterator[Line]:
    """The slow ones on SQLite, the extreme alert on both databases."""
    with running_peer(ANSWER_SECONDS) as port:
        rounds = [(healthy_seconds(port, SLOW), healthy_seconds(port, 0)) for _ in range(ROUNDS)]
        title = f"{RECEIVERS} webhooks, {SLOW} of them answer after 8 s: last healthy one (s)"
        yield Line.of_rounds(title, *map(list, zip(*rounds, strict=True)), MOST_SLOWER)
        with running_databases() as databases:
            for name, fresh in databases.items():
                # Each sees both loads, one after the other: what else the machine does is in both.
                rounds = [extreme_alerts(fresh, port) for _ in range(ALERT_ROUNDS)]
                busy, idle = (list(chain.from_iterable(side)) for side in zip(*rounds, strict=True))
                title = f"an extreme alert while {MANY} bulk deliveries run, {name}, p95 (s)"
                yield Line(title, percentile(busy, SHARE), percentile(idle, SHARE), MOST_LATER)


def healthy_seconds(port: int, slow: int) -> float:
    """From the decision until the last healthy receiver has accepted."""
    command = [sys.executable, "-m", "bench.fairness", str(port), str(slow)]
    return float(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))


def main(port: int, slow: int) -> None:
    addresses = [
        address(port, number, "slow" if slow and number % (RECEIVERS // slow) == 0 else "hook")
        for number in range(RECEIVERS)
    ]
    healthy = deliveries.c.destination_id.in_(
        sa.select(destinations.c.id).where(destinations.c.address.like("%/hook/%"))
    )
    accepted = sa.select(sa.func.count(), sa.func.max(deliveries.c.finished_at)).where(
        healthy, deliveries.c.state == "accepted"
    )
    with fresh_sqlite() as url, tempfile.TemporaryDirectory() as directory:
        hub = hub_without_engine(url, Path(directory), {"hook": addresses})
        hub.engine.start()
        start = datetime.now(UTC)
        hub.record("a1")
        hub.engine.ring()
        number = 0
        end = time.monotonic() + PATIENCE
        while number < RECEIVERS - slow:
            assert time.monotonic() < end
            time.sleep(LOOK_SECONDS)
            with hub.app.app_context():
                number, last = reading().execute(accepted).one()
    print(json.dumps((last - start).total_seconds()), flush=True)
    os._exit(0)  # the slow ones are still under way


def extreme_alerts(fresh: Fresh, port: int) -> tuple[list[float], list[float]]:
    """Seconds from the decision until all ten receivers have accepted: while a bulk send runs, and on an idle hub."""
    urgent = [f"http://127.0.1.{2 + number % HOSTS}:{port}/hook/u{number}" for number in range(URGENT_RECEIVERS)]
    with (
        fresh() as url,
        tempfile.TemporaryDirectory() as directory,
        running_hub(Path(directory), MANY, port, url, {URGENT: urgent}) as hub,
    ):
        alerts(hub, "idle")
        assert hub.engine.run_until_idle(PATIENCE)
        hub.record("a1", grade=BULK)
        hub.engine.ring()
        time.sleep(2 * PAUSE_SECONDS)
        alerts(hub, "busy")
        bulk_left = hub.states("a1") & {"due", "leased"}
        assert bulk_left, "the bulk send was over too early"
        assert hub.engine.run_until_idle(PATIENCE)
        return latencies(hub, "busy"), latencies(hub, "idle")


def alerts(hub: Hub, name: str) -> None:
    for number in range(ALERTS):
        hub.record(f"{name}-{number}", URGENT)
        hub.engine.ring()
        time.sleep(PAUSE_SECONDS)


def latencies(hub: Hub, name: str) -> list[float]:
    chosen = (
        sa.select(publications.c.created_at, sa.func.max(deliveries.c.finished_at))
        .join(deliveries, deliveries.c.publication_id == publications.c.id)
        .where(publications.c.id.like(f"{name}-%"))
        .group_by(publications.c.id, publications.c.created_at)
    )
    with hub.app.app_context():
        return [(last - created).total_seconds() for created, last in reading().execute(chosen)]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
