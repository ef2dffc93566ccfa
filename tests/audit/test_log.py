"""The log on both engines: appended by many at once, refused to change, and found out when it was changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from hub.audit.queries import Head, head, verify
from hub.audit.service import record
from hub.identity.actor import Actor
from hub.kernel.db import db, reading, transaction

NOW = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)
ACTOR = Actor("officer", "o1", "Anne Martin")


def append(count, start=0):
    for number in range(start, start + count):
        with transaction() as session:
            record(session, actor=ACTOR, action="thing.done", subject=f"s{number}", detail={"n": number}, now=NOW)


def test_an_empty_log_is_whole(both_engines_app):
    with both_engines_app.app_context():
        assert head(reading()) == Head(0, "0" * 64)
        assert verify(reading()) is None


def test_entries_are_numbered_and_chained(both_engines_app):
    with both_engines_app.app_context():
        append(3)
        rows = reading().execute(sa.text("SELECT seq, hash, previous_hash FROM audit_entry ORDER BY seq")).all()
        assert [row.seq for row in rows] == [1, 2, 3]
        assert [row.previous_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]
        assert head(reading()) == Head(3, rows[-1].hash)
        assert verify(reading()) is None


def test_an_entry_goes_with_its_transaction(both_engines_app):
    class Refused(Exception):
        pass

    def refused():
        with transaction() as session:
            record(session, actor=ACTOR, action="thing.done", subject="gone", detail={}, now=NOW)
            raise Refused

    with both_engines_app.app_context():
        append(1)
        with pytest.raises(Refused):
            refused()
        append(1)
        assert head(reading()).seq == 2
        assert verify(reading()) is None


def test_many_writers_at_once_make_one_chain(both_engines_app):
    def write(worker):
        with both_engines_app.app_context():
            append(5, start=worker * 5)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with both_engines_app.app_context():
        subjects = set(reading().scalars(sa.text("SELECT subject FROM audit_entry")))
        assert subjects == {f"s{number}" for number in range(40)}
        assert head(reading()).seq == 40
        assert verify(reading()) is None


def test_entries_that_come_while_it_is_verified_are_no_fault(both_engines_app):
    coming = iter(range(2))

    def appended():
        with both_engines_app.app_context():
            append(1)

    def interrupt(_connection, _cursor, statement, *_):
        if "FROM audit_head" in statement and next(coming, None) is not None:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(appended).result()

    with both_engines_app.app_context():
        append(2)
        event.listen(db.engine, "before_cursor_execute", interrupt)
        assert verify(reading()) is None
        event.remove(db.engine, "before_cursor_execute", interrupt)
        reading().rollback()
        assert head(reading()).seq > 2


def test_text_that_a_database_refuses_is_kept_escaped(both_engines_app):
    with both_engines_app.app_context():
        with transaction() as session:
            record(session, actor=ACTOR, action="a", subject="s", detail={"text": "\0 \ud800 é"}, now=NOW)
        assert reading().scalar(sa.text("SELECT detail FROM audit_entry")) == '{"text":"\\u0000 \\ud800 \\u00e9"}'
        assert verify(reading()) is None


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET subject = 'other'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_an_entry(both_engines_app, statement):
    def change():
        with transaction() as session:
            session.execute(sa.text(statement))

    with both_engines_app.app_context():
        append(2)
        with pytest.raises(DBAPIError, match="append only"):
            change()
        assert verify(reading()) is None


@pytest.mark.parametrize(
    ("statement", "first_bad", "reason"),
    [
        ("UPDATE audit_entry SET subject = 'other' WHERE seq = 3", 3, "changed"),
        ("UPDATE audit_entry SET at = '2026-11-21 16:41:00+00' WHERE seq = 2", 2, "changed"),
        ("UPDATE audit_entry SET hash = previous_hash WHERE seq = 4", 4, "changed"),
        ("UPDATE audit_entry SET previous_hash = hash WHERE seq = 4", 4, "does not follow"),
        ("DELETE FROM audit_entry WHERE seq = 1", 1, "missing"),
        ("DELETE FROM audit_entry WHERE seq = 3", 3, "missing"),
        ("DELETE FROM audit_entry WHERE seq >= 4", 4, "ends at entry 3, but 5"),
        (
            "INSERT INTO audit_entry SELECT -1, at, '', '', '', '', '', '', '', '' FROM audit_entry WHERE seq = 1",
            1,
            "miss",
        ),
        ("DELETE FROM audit_head", 1, "ends at entry 5, but 0"),
    ],
)
def test_whoever_takes_the_triggers_away_is_still_found_out(both_engines_app, statement, first_bad, reason):
    with both_engines_app.app_context():
        append(5)
        _drop_triggers()
        with transaction() as session:
            if db.engine.dialect.name == "sqlite":
                statement = statement.replace("+00'", ".000000'")
            session.execute(sa.text(statement))
        bad = verify(reading())
        assert bad is not None
        assert bad.seq == first_bad
        assert reason in str(bad.reason)


def _drop_triggers():
    drops = {
        "sqlite": ["DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"],
        "postgresql": ["DROP TRIGGER audit_entry_append_only ON audit_entry"],
    }
    with transaction() as session:
        for statement in drops[db.engine.dialect.name]:
            session.execute(sa.text(statement))
