"""The commit of a trigger with 1,000 destinations, beside bare sqlite3 that writes the same rows in one transaction."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

from bench.hub_under_test import running_hub
from bench.table import Line

RECEIVERS = 1000
ROUNDS = 25
WARM_UP = 3
MOST = 2.0
TABLES = ("publication", "publication_body", "delivery")
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def measure() -> list[Line]:
    """Both write to files with the same tables, indexes and settings, alternately."""
    hub_seconds, floor_seconds = [], []
    with tempfile.TemporaryDirectory() as directory:
        ours, bare = Path(directory) / "ours", Path(directory) / "bare"
        for place in (ours, bare):
            place.mkdir()
        with running_hub(bare, RECEIVERS, 1):
            pass  # makes the same tables with the same destinations
        with running_hub(ours, RECEIVERS, 1) as hub:
            hub.engine.drain(10)
            with (
                closing(sqlite3.connect(bare / "bench.sqlite", isolation_level=None)) as floor,
                closing(sqlite3.connect(ours / "bench.sqlite", isolation_level=None)) as source,
            ):
                for pragma in PRAGMAS:
                    floor.execute(f"PRAGMA {pragma}")
                for number in range(ROUNDS + WARM_UP):
                    start = time.perf_counter()
                    hub.record(f"a{number}")
                    hub_seconds.append(time.perf_counter() - start)
                    floor_seconds.append(copy(source, floor, f"a{number}"))
    ours_ms, floor_ms = (1000 * median(seconds[WARM_UP:]) for seconds in (hub_seconds, floor_seconds))
    return [Line(f"commit of a trigger, {RECEIVERS} destinations (ms)", ours_ms, floor_ms, MOST)]


def copy(source: sqlite3.Connection, floor: sqlite3.Connection, name: str) -> float:
    """Writes the rows of one publication once more; reading them and writing the statements does not count."""
    work = []
    for table in TABLES:
        key = "id" if table == "publication" else "publication_id"
        rows = source.execute(f"SELECT * FROM {table} WHERE {key} = ?", (name,)).fetchall()  # noqa: S608 - our own names
        work.append((f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows))  # noqa: S608 - the same
    start = time.perf_counter()
    floor.execute("BEGIN IMMEDIATE")
    for statement, rows in work:
        floor.executemany(statement, rows)
    floor.execute("COMMIT")
    return time.perf_counter() - start
