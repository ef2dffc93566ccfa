"""What one line of the network may do in an hour, over all processes, and what is kept of it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.identity import shares
from hub.identity.shares import Share, TakenShare
from hub.kernel.db import reading

LINE = Share("report", "203.0.113.77", 3)


@pytest.fixture
def hub(both_engines_app):
    """On each engine in turn."""
    with both_engines_app.app_context():
        yield both_engines_app.extensions["hub"]


def kept() -> list[TakenShare]:
    session = reading()
    session.rollback()
    return list(session.scalars(sa.select(TakenShare)))


def test_of_many_at_once_no_more_get_one_than_there_are(hub, both_engines_app, clock):
    got = []

    def ask() -> None:
        with both_engines_app.app_context():
            got.append(shares.take(hub.settings, LINE, clock.now()))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got.count(None) == LINE.most
    until = next(moment for moment in got if moment)
    assert clock.now() < until <= clock.now() + shares.WINDOW
    assert shares.take(hub.settings, Share("subscription", LINE.line, 3), clock.now()) is None, "another thing"
    assert shares.take(hub.settings, Share("report", "203.0.113.78", 3), clock.now()) is None, "another line"


def test_what_came_to_nothing_is_given_back(hub, clock):
    for _ in range(5):
        assert shares.take(hub.settings, LINE, clock.now()) is None
        shares.give_back(hub.settings, LINE, clock.now())


def test_what_is_kept_names_nobody_and_does_not_outlive_its_hour(hub, clock):
    shares.take(hub.settings, LINE, clock.now())
    (row,) = kept()
    first = row.key
    assert row.until - clock.now() <= shares.WINDOW
    clock.advance(timedelta(hours=1).total_seconds())
    shares.take(hub.settings, LINE, clock.now())
    (row,) = kept()
    assert row.key != first, "the same line in another hour is not recognised"
    clock.advance(timedelta(hours=1).total_seconds())
    shares.sweep(clock)
    assert kept() == []
