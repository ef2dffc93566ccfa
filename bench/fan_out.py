"""A fan-out to many webhooks, on both databases: beside the same posts by bare `requests`, and ten times as many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.bare import bare_fan_out, cpu_seconds
from bench.databases import Fresh, running_databases
from bench.hub_under_test import address, running_hub
from bench.peer import running_peer
from bench.table import Line

ANSWER_SECONDS = 0.05
# Receivers -> rounds.
SIZES = {1000: 5, 10_000: 2}
MOST_TIME = 1.15
MOST_CPU = 1.2
MOST_GROWTH = 11.0

Spent = list[tuple[float, float]]


def measure() -> Iterator[Line]:
    """Wall time and CPU of each size beside the floor, alternately; then the large size beside the small one."""
    walls: dict[tuple[str, int], list[float]] = {}
    with running_peer(ANSWER_SECONDS) as port, running_databases() as databases:
        for receivers, rounds in SIZES.items():
            spent = _rounds(receivers, rounds, port, databases)
            floor = spent.pop("floor")
            for name, ours in spent.items():
                walls[name, receivers] = [wall for wall, _ in ours]
                for unit, place, most in (("wall time (s)", 0, MOST_TIME), ("CPU (s)", 1, MOST_CPU)):
                    pairs = [[each[place] for each in side] for side in (ours, floor)]
                    yield Line.of_rounds(f"{receivers} webhooks, {name}, {unit}", *pairs, most)
    few, many = SIZES
    for name in databases:
        yield Line(
            f"{many} webhooks beside {few}, {name}, wall time (s)",
            sorted(walls[name, many])[len(walls[name, many]) // 2],
            sorted(walls[name, few])[len(walls[name, few]) // 2],
            MOST_GROWTH,
        )


def _rounds(receivers: int, rounds: int, port: int, databases: dict[str, Fresh]) -> dict[str, Spent]:
    """Seconds and CPU seconds of each round of each side; PostgreSQL's own CPU is not counted."""
    addresses = [address(port, number) for number in range(receivers)]
    spent: dict[str, Spent] = {"floor": [], **{name: [] for name in databases}}
    for _ in range(rounds):
        before = cpu_seconds()
        wall = bare_fan_out(addresses)
        spent["floor"].append((wall, cpu_seconds() - before))
        for name, fresh in databases.items():
            with (
                fresh() as url,
                tempfile.TemporaryDirectory() as directory,
                running_hub(Path(directory), receivers, port, url) as hub,
            ):
                before = cpu_seconds()
                wall = hub.fan_out("a1")
                spent[name].append((wall, cpu_seconds() - before))
    return spent
