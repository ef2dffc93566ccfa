"""The database, and the only place in the project that commits.

One user-visible fact is one transaction: ``with transaction() as session`` commits on success, rolls back on any
exception and refuses to nest. On SQLite a write transaction starts with ``BEGIN IMMEDIATE``, so that two writers queue
up at the start instead of failing in the middle; a read starts with a plain ``BEGIN`` and sees one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session

from hub.kernel.turns import Turns

# Constraint names are stable, so that a migration can name what it changes on both engines.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

# How long a SQLite writer waits for another one. The batch writer holds the lock for milliseconds.
SQLITE_BUSY_SECONDS = 15
CHECKPOINT_WAIT_MS = 200

# The writers of this process, for each SQLite database.
_turns: WeakKeyDictionary[object, Turns] = WeakKeyDictionary()


class Base(DeclarativeBase):
    """Declarative base of every table."""

    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment. Stored as ``timestamptz`` on PostgreSQL and as naive UTC text on SQLite; read back aware.

    Raises:
        ValueError: a naive datetime was given; it would mean another hour on another machine.
    """

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """The column type of one engine."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From Python to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a naive datetime reached the database"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - its signature
        """From the database to Python."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TransactionNestedError(RuntimeError):
    """A transaction was opened inside another one: two facts would share one fate."""


@contextmanager
def transaction() -> Iterator[Session]:
    """One write transaction on the session of the current application context.

    Commits on success; rolls back and re-raises on any exception. Reads that were made earlier on the same session are
    ended first, so that the decision is taken on the present state, not on an old snapshot.

    Raises:
        TransactionNestedError: a transaction is already open in this context.
    """
    session = db.session()
    if session.info.get("writing"):
        raise TransactionNestedError
    session.rollback()
    session.info["writing"] = True
    turns = _turns.get(session.get_bind())
    with turns.turn(SQLITE_BUSY_SECONDS) if turns else nullcontext():
        try:
            session.connection(execution_options={"hub_write": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["writing"] = False


def end_if_held(session: Session, seconds: float) -> None:
    """Has PostgreSQL end the open transaction if nothing comes for so long: whoever was held in it keeps no lock.

    A process that is stopped, or whose host is, between two statements would else block every row that it has locked
    until it wakes up. The connection is then ended too, and whoever wakes up gets an `sqlalchemy.exc.DBAPIError`.
    On SQLite nothing is done: nobody can break another process's lock on a file.

    Args:
        session: of the open write transaction.
        seconds: the longest pause between two statements.
    """
    if session.get_bind().dialect.name == "postgresql":
        limit = sa.func.set_config("idle_in_transaction_session_timeout", f"{round(1000 * seconds)}ms", sa.true())
        session.execute(sa.select(limit))


def reading() -> Session:
    """The session of the current application context, for queries only; the context's end gives it back."""
    return db.session()


def inserting(session: Session, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that knows ``on_conflict_...``: the same words in both dialects, and yet two functions."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if on_postgresql else sqlite.insert(table)


def database_now(session: Session) -> datetime:
    """The moment by the database's own clock, which all hosts share; on SQLite by its machine's, to the second."""
    found: datetime = session.scalars(sa.select(sa.func.now(type_=UtcDateTime()))).one()
    return found


def empty_write_ahead_log() -> bool:
    """Moves SQLite's write-ahead log into the database file and cuts it to nothing; on PostgreSQL nothing is done.

    Call it outside of a transaction. It waits for readers a moment only: while it waits, no one can write.

    Returns:
        False when a reader was in the way; everything works on, and a later call will do it.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={CHECKPOINT_WAIT_MS}")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_SECONDS * 1000}")
        cursor.close()
    finally:
        connection.close()
    return not busy


def prepare_engine(engine: Engine) -> None:
    """Sets SQLite up for a server: WAL, ``synchronous=FULL``, foreign keys, immediate write transactions.

    What is deleted is overwritten with zeros, so that what was erased is not left in free space (measured: without it
    8 % of 2,000 erased values were still readable in the file, with ``FAST`` 0.3 %, with ``ON`` none).

    Nothing is done on PostgreSQL. Source: sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous.
    """
    if engine.dialect.name != "sqlite":
        return
    _turns[engine] = Turns()

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={SQLITE_BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("hub_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
