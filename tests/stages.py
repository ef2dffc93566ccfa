"""Databases that are furnished once a session and copied for each test: the same rows, without the same work.

On SQLite a database is a file, and the file is copied. On PostgreSQL the tables are there already
(``tests.databases``), and their rows are copied.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql

from hub.kernel.db import db

SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


class Stages:
    """Keeps one copy a stage. A stage is named, and differs by what the channels of the application are."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._rows: dict[str, Rows] = {}

    def enter(self, app: Flask, name: str, build: Callable[[], None]) -> None:
        """Brings the application's database to a stage: by a copy, or by ``build`` the first time.

        ``build`` runs in an application context and must not depend on the test that happens to be the first one.
        """
        hub = app.extensions.get("hub")
        channels = hub.settings.channels.file.read_bytes() if hub and hub.channels else b""
        kept = f"{name}-{hashlib.sha256(channels).hexdigest()[:16]}"
        with app.app_context():
            if db.engine.dialect.name == "sqlite":
                self._enter_file(self._directory / f"{kept}.sqlite", build)
            elif rows := self._rows.get(kept):
                rows.write()
            else:
                build()
                self._rows[kept] = Rows()

    @staticmethod
    def _enter_file(kept: Path, build: Callable[[], None]) -> None:
        present = Path(db.engine.url.database or "")
        if not kept.exists():
            build()
        # The last connection's end moves everything from the write-ahead log into the file.
        db.session.remove()
        db.engine.dispose()
        if kept.exists():
            shutil.copyfile(kept, present)
        else:
            shutil.copyfile(present, kept)


class Rows:
    """Every row of the present PostgreSQL database, and where its counters stand."""

    def __init__(self) -> None:
        with db.engine.begin() as connection:
            cursor = _cursor(connection)
            tables = {name: _copied(cursor, name) for name in db.metadata.tables}
            self._tables = {name: rows for name, rows in tables.items() if rows}
            self._counters = cursor.execute(SEQUENCES).fetchall()

    def write(self) -> None:
        """Writes them into the present database, whose tables are there and empty."""
        if not self._tables:
            return
        db.session.remove()
        with db.engine.begin() as connection:
            cursor = _cursor(connection)
            # Neither triggers nor foreign keys: the rows were good when they were read.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for name, rows in self._tables.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                    copy.write(rows)
            cursor.executemany("SELECT setval(%s::regclass, %s)", self._counters)


def _cursor(connection: object) -> psycopg.Cursor:
    return connection.connection.cursor()


def _copied(cursor: psycopg.Cursor, table: str) -> bytes:
    with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(copy)
