"""The commit of a trigger with 1,000 destinations, beside the bare driver that writes the same rows.

The floor writes row by row with ``executemany`` in one transaction, to a database with the same tables and settings.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.databases import Fresh, running_databases
from bench.hub_under_test import CHANNEL, Hub, address, hub_without_engine
from bench.table import Line
from hub.kernel.db import db

RECEIVERS = 1000
ROUNDS = 25
WARM_UP = 3
MOST = 1.2
TABLES = ("publication", "publication_body", "delivery")
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
SQLITE = "sqlite:///"


def measure() -> Iterator[Line]:
    """Both databases."""
    with running_databases() as databases:
        for name, fresh in databases.items():
            yield beside_the_driver(name, fresh)


def beside_the_driver(name: str, fresh: Fresh) -> Line:
    hub_ms, floor_ms = [], []
    with (
        fresh() as bare,
        fresh() as ours,
        prepared(bare),
        prepared(ours) as hub,
        connected(bare) as floor,
        connected(ours) as source,
    ):
        for number in range(ROUNDS + WARM_UP):
            start = time.perf_counter()
            hub.record(f"a{number}")
            hub_ms.append(1000 * (time.perf_counter() - start))
            floor_ms.append(1000 * copy(source, floor, f"a{number}"))
    title = f"commit of a trigger, {RECEIVERS} destinations, {name} (ms)"
    return Line.of_rounds(title, hub_ms[WARM_UP:], floor_ms[WARM_UP:], MOST)


@contextmanager
def prepared(url: str) -> Iterator[Hub]:
    """A database with tables and destinations."""
    addresses = [address(1, number) for number in range(RECEIVERS)]
    with tempfile.TemporaryDirectory() as directory:
        hub = hub_without_engine(url, Path(directory), {CHANNEL: addresses})
        yield hub
        with hub.app.app_context():
            db.engine.dispose()


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """The bare driver's connection."""
    if not url.startswith(SQLITE):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            yield connection
        return
    with closing(sqlite3.connect(url.removeprefix(SQLITE), isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def copy(source: Any, floor: Any, name: str) -> float:
    """Writes the rows of one publication once more; reading them and writing the statements does not count."""
    lite = isinstance(floor, sqlite3.Connection)
    mark = "?" if lite else "%s"
    work = []
    for table in TABLES:
        key = "id" if table == "publication" else "publication_id"
        found = source.execute(f"SELECT * FROM {table} WHERE {key} = {mark}", (name,)).fetchall()  # noqa: S608 - our names
        work.append((f"INSERT INTO {table} VALUES ({', '.join([mark] * len(found[0]))})", found))  # noqa: S608 - the same
    cursor = floor.cursor()
    start = time.perf_counter()
    cursor.execute("BEGIN IMMEDIATE" if lite else "BEGIN")
    for statement, found in work:
        cursor.executemany(statement, found)
    cursor.execute("COMMIT")
    return time.perf_counter() - start
