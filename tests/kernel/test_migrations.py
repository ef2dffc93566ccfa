"""A migrated database is the database that the models describe, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from hub.app import create_app
from hub.kernel.db import db
from tests.conftest import make_settings

# What a database holds beside tables, in each engine's own catalogue.
EXTRAS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND name NOT LIKE 'sqlite_%'",
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' "
        "UNION SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    ),
}


@pytest.fixture
def empty_app(tmp_path, bare_database_url, clock) -> Iterator[Flask]:
    """An application over a database without any table."""
    app = create_app(make_settings(tmp_path / "var", {}, bare_database_url), clock=clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def extras() -> set[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return {tuple(row) for row in connection.execute(sa.text(EXTRAS[connection.dialect.name]))}


def seen(_item: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Alembic cannot compare an index over an expression; `extras` does. Full text is each engine's own table."""
    if kind == "table" and name and name.startswith("register_words"):
        return False
    return (kind, name) != ("index", "ix_delivery_due")


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_migrating_and_creating_give_the_same_database(empty_app):
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": seen})
        assert compare_metadata(context, db.metadata) == []
    migrated = extras()
    flask_migrate.downgrade(revision="base")
    assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
    db.create_all()
    assert extras() == migrated


def test_migrating_twice_changes_nothing(empty_app):
    flask_migrate.upgrade()
    before = extras()
    flask_migrate.upgrade()
    assert extras() == before
