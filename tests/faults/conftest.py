"""A PostgreSQL that survives being killed, and the processes of the fleet and of dispatch tests to break beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.databases import Databases
from tests.dispatch.conftest import post
from tests.faults.peer import CountingPeer
from tests.fleet.conftest import fleet, redis_process, redis_server
from tests.postgres import DURABLE, PostgresServer, running_postgres

__all__ = ["fleet", "post", "redis_process", "redis_server"]


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[PostgresServer]:
    with running_postgres(DURABLE) as server:
        yield server


@pytest.fixture(scope="session")
def databases(durable_postgres: PostgresServer) -> Iterator[Databases]:
    with closing(Databases(durable_postgres)) as databases:
        yield databases


@pytest.fixture
def postgres_server(durable_postgres: PostgresServer) -> Iterator[PostgresServer]:
    """It runs, before each test and after it, whatever the test does to it."""
    durable_postgres.start()
    yield durable_postgres
    durable_postgres.start()


@pytest.fixture
def counting_peer() -> Iterator[CountingPeer]:
    with CountingPeer(delay=0.02) as peer:
        yield peer
