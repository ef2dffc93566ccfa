"""What every test may ask for: a clock that it sets, settings of its own, an application with a real database."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from hub.app import create_app
from hub.kernel import settings as settings_module
from hub.kernel.db import db
from hub.kernel.settings import Settings
from tests.databases import Databases
from tests.places import lie_in_memory
from tests.postgres import PostgresServer, running_postgres
from tests.stages import Stages

# A suite in one process keeps many objects alive; at Python's own thresholds a fifth of its time goes into looking
# through them again and again.
gc.set_threshold(100_000, 50, 100)

lie_in_memory()


class FixedClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        self._now = moment

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FixedClock:
    """17:40 in Paris on a winter evening."""
    return FixedClock(datetime(2026, 11, 21, 16, 40, tzinfo=UTC))


@pytest.fixture
def overrides() -> dict[str, dict[str, Any]]:
    """Settings that a test module wants otherwise: section -> key -> value. Override this fixture to change them."""
    return {}


def make_settings(directory: Path, overrides: dict[str, dict[str, Any]], database_url: str = "") -> Settings:
    """Settings for one test: its own data directory, loopback allowed, no dispatcher thread of its own."""
    base: dict[str, dict[str, Any]] = {
        "data": {"directory": str(directory)},
        "database": {"url": database_url},
        "security": {"secret_key": "k" * 64},
        "delivery": {"embedded": False},
        "http": {"allowed_networks": ["127.0.0.0/8", "::1/128"]},
    }
    for name, values in overrides.items():
        base.setdefault(name, {}).update(values)
    return settings_module.load({}, overrides=base)


@pytest.fixture
def settings(tmp_path: Path, overrides: dict[str, dict[str, Any]]) -> Settings:
    return make_settings(tmp_path / "var", overrides)


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    return Stages(tmp_path_factory.mktemp("stages"))


def running_app(settings: Settings, clock: FixedClock, stages: Stages) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    app.testing = True
    app.jinja_env.bytecode_cache = stages.templates
    stages.enter(app, "empty", db.create_all)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(settings: Settings, clock: FixedClock, stages: Stages) -> Iterator[Flask]:
    """The whole application on SQLite."""
    yield from running_app(settings, clock, stages)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres_server: PostgresServer) -> Iterator[Databases]:
    with closing(Databases(postgres_server)) as databases:
        yield databases


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, databases: Databases) -> Iterator[str]:
    """The address of a PostgreSQL database with the hub's tables, without a row."""
    postgres_server.start()
    with databases.lent() as url:
        yield url


@pytest.fixture
def bare_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a fresh PostgreSQL database without a table."""
    with postgres_server.fresh_database() as url:
        yield url


ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """Runs the test twice: on SQLite (an empty address: the default) and on PostgreSQL, where the tables are there."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture(params=ENGINES)
def bare_database_url(request: pytest.FixtureRequest) -> str:
    """The same without a table on either."""
    return "" if request.param == "sqlite" else request.getfixturevalue("bare_postgres_url")


@pytest.fixture
def both_engines_app(
    tmp_path: Path, overrides: dict[str, dict[str, Any]], database_url: str, clock: FixedClock, stages: Stages
) -> Iterator[Flask]:
    """The whole application, once on each engine."""
    yield from running_app(make_settings(tmp_path / "var", overrides, database_url), clock, stages)
