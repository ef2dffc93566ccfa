"""Transactions and moments, on both engines."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from hub.kernel.db import TransactionNestedError, UtcDateTime, db, reading, transaction


@pytest.fixture
def table(both_engines_app):
    """A table of our own, so that the tests here depend on no feature."""
    notes = sa.Table(
        "note_for_test", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", UtcDateTime)
    )
    with both_engines_app.app_context():
        notes.create(db.engine)
        yield notes


def count(table):
    return reading().scalar(sa.select(sa.func.count()).select_from(table))


def test_a_transaction_commits_on_success(table):
    with transaction() as session:
        session.execute(table.insert().values(id=1))
    assert count(table) == 1


def test_a_transaction_rolls_back_on_any_exception(table):
    with pytest.raises(KeyboardInterrupt), transaction() as session:
        session.execute(table.insert().values(id=1))
        raise KeyboardInterrupt
    assert count(table) == 0


def test_a_transaction_refuses_to_nest_and_the_outer_one_is_lost(table):
    with pytest.raises(TransactionNestedError), transaction() as session:
        session.execute(table.insert().values(id=1))
        with transaction():
            pass
    assert count(table) == 0
    with transaction() as session:  # and the next one works
        session.execute(table.insert().values(id=2))
    assert count(table) == 1


def test_moments_come_back_aware_and_in_utc(table):
    paris = datetime(2026, 11, 21, 17, 40, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    with transaction() as session:
        session.execute(table.insert().values(id=1, at=paris))
    stored = reading().scalar(sa.select(table.c.at))
    assert stored == paris
    assert stored.tzinfo == UTC


def test_a_naive_moment_is_refused(table):
    with pytest.raises(sa.exc.StatementError, match="naive"), transaction() as session:
        session.execute(table.insert().values(id=1, at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the fault itself


def test_two_writers_wait_for_each_other(both_engines_app, table):
    """Both read, then write: with deferred transactions SQLite would refuse the second one in the middle."""
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            with both_engines_app.app_context():
                barrier.wait()
                with transaction() as session:
                    session.scalar(sa.select(sa.func.count()).select_from(table))
                    session.execute(table.insert().values(id=number))
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=write, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(table) == 2


def test_sqlite_is_set_up_to_keep_what_it_accepted(app):
    with app.app_context(), db.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}  # 2 is FULL
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
