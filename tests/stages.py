"""Databases that are furnished once a session and copied for each test: the same rows, without the same work.

On SQLite a database is a file, and the file is copied. On PostgreSQL the tables are there already
(``tests.databases``), and their rows are copied.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import psycopg
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from psycopg import sql

from hub.kernel.db import db

SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


class Stages:
    """Keeps one copy a stage. A stage is named, and differs by what the channels of the application are."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._rows: dict[str, Rows] = {}
        self._answers: dict[str, Any] = {}
        self.templates = CompiledTemplates()

    def enter(self, app: Flask, name: str, build: Callable[[], Any]) -> Any:
        """Brings the application's database to a stage: by a copy, or by ``build`` the first time.

        ``build`` runs in an application context and must not depend on the test that happens to be the first one.

        Returns:
            What ``build`` returned that time: a token, say, that is in the database as a hash only.
        """
        hub = app.extensions.get("hub")
        channels = hub.settings.channels.file.read_bytes() if hub and hub.channels else b""
        with app.app_context():
            kept = f"{name}-{hashlib.sha256(channels).hexdigest()[:16]}.{db.engine.dialect.name}"
            first = kept not in self._answers
            if first:
                self._answers[kept] = build()
            if db.engine.dialect.name == "sqlite":
                self._copy_file(self._directory / kept, first=first)
            elif first:
                self._rows[kept] = Rows()
            else:
                self._rows[kept].write()
        return self._answers[kept]

    @staticmethod
    def _copy_file(kept: Path, *, first: bool) -> None:
        present = Path(db.engine.url.database or "")
        # The last connection's end moves everything from the write-ahead log into the file.
        db.session.remove()
        db.engine.dispose()
        if first:
            shutil.copyfile(present, kept)
        else:
            shutil.copyfile(kept, present)


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


class CompiledTemplates(BytecodeCache):
    """Each template is compiled once a session, not once an application."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives what was compiled from the same source."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was just compiled."""
        self._codes[bucket.key, bucket.checksum] = bucket.code


def _cursor(connection: object) -> psycopg.Cursor:
    return connection.connection.cursor()


def _copied(cursor: psycopg.Cursor, table: str) -> bytes:
    with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(copy)
