"""The two databases, as durable as in a town hall: SQLite with FULL, PostgreSQL with its own defaults."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench.hub_under_test import sqlite_url
from tests.postgres import PostgresServer, running_postgres

# Opens an empty database and gives its address.
Fresh = Callable[[], AbstractContextManager[str]]
# Everything that counts is left as the server has it: fsync, synchronous_commit, full_page_writes.
OPTIONS = ("max_connections=200", "shared_buffers=64MB")


@contextmanager
def fresh_sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as directory:
        yield sqlite_url(Path(directory))


@contextmanager
def running_databases() -> Iterator[dict[str, Fresh]]:
    """Name -> what opens an empty database."""
    with durable_postgres() as server:
        yield {"SQLite FULL": fresh_sqlite, "PostgreSQL": server.fresh_database}


def durable_postgres() -> AbstractContextManager[PostgresServer]:
    return running_postgres(OPTIONS)
