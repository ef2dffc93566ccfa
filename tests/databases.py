"""PostgreSQL databases with the hub's tables, lent to one test after the other, each time without a row.

To make a database and its tables, and to drop them, costs PostgreSQL a hundred times what it costs to delete the few
rows that a test leaves. A database whose schema a test has changed, or that has grown, is dropped and never lent again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

import hub.app  # noqa: F401 - with it every table is known
from hub.kernel.db import db
from tests.postgres import PostgresServer

LARGEST = 4 * 2**20
PATIENCE_MS = 10_000

# Rows of the catalogues carry the transaction that wrote them: whatever was made, altered or dropped is seen.
SCHEMA = """
SELECT md5(string_agg(mark, ' ' ORDER BY mark)) FROM (
    SELECT format('relation %s %s', oid, xmin) AS mark FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT format('column %s %s %s', attrelid, attnum, pg_attribute.xmin) FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT format('default %s %s', oid, xmin) FROM pg_attrdef
    UNION ALL SELECT format('constraint %s %s', oid, xmin) FROM pg_constraint
    UNION ALL SELECT format('trigger %s %s', oid, xmin) FROM pg_trigger
    UNION ALL SELECT format('function %s %s', oid, xmin) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS marks
"""
SIZE = "SELECT sum(pg_table_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
OTHERS = "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
EMPTY = """
SET session_replication_role = replica; -- neither triggers nor foreign keys: the audit log refuses to forget
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    LOOP EXECUTE format('DELETE FROM %s', one.name); END LOOP;
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    LOOP PERFORM setval(one.name, 1, false); END LOOP;
END $$;
"""


@dataclass(frozen=True)
class Database:
    """One that exists until ``end``; its address, and what its schema looked like when it was made."""

    url: str
    schema: str
    end: ExitStack


class Databases:
    """The databases of one server. Close it at the end."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._free: list[Database] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of a database with the hub's tables and no row, for the length of the block."""
        database = self._free.pop() if self._free else self._made()
        try:
            yield database.url
        finally:
            if _emptied(database):
                self._free.append(database)
            else:
                database.end.close()

    def close(self) -> None:
        """Drops every database that is not lent."""
        while self._free:
            self._free.pop().end.close()

    def _made(self) -> Database:
        with ExitStack() as undoing:
            url = undoing.enter_context(self._server.fresh_database())
            engine = sa.create_engine(url)
            db.metadata.create_all(engine)
            engine.dispose()
            with closing(_connected(url)) as connection:
                schema = connection.execute(SCHEMA).fetchone()
            assert schema is not None
            return Database(url, schema[0], undoing.pop_all())
        raise AssertionError  # an ExitStack may swallow exceptions; this one swallows none


def _connected(url: str) -> psycopg.Connection:
    parts = sa.make_url(url)
    conninfo = make_conninfo(dbname=parts.database, user=parts.username, host=str(parts.query["host"]))
    return psycopg.connect(conninfo, autocommit=True)


def _emptied(database: Database) -> bool:
    """Ends the connections that the test left behind, and deletes its rows; ``False`` if that is not enough."""
    with closing(_connected(database.url)) as connection:
        connection.execute(OTHERS, (PATIENCE_MS, connection.info.backend_pid))
        if connection.execute(SCHEMA).fetchone() != (database.schema,):
            return False
        size = connection.execute(SIZE).fetchone()
        if size is None or size[0] > LARGEST:
            return False
        connection.execute(EMPTY)
        return True
