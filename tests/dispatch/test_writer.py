"""The writer: nothing that was handed over is dropped, whatever the database does."""

from __future__ import annotations

import threading
from datetime import timedelta

import sqlalchemy as sa

from hub.channels.contract import Acceptance
from hub.dispatch.lease import Ask, Shelf, claim
from hub.dispatch.models import FAST_LANE
from hub.dispatch.retry import Verdict
from hub.dispatch.sender import Result
from hub.dispatch.states import AttemptOutcome, DeliveryState
from hub.dispatch.writer import Writer
from hub.kernel.db import transaction
from tests.dispatch.post import PATIENCE


def nothing(_session, _results):
    pass


def claimed(post):
    ask = Ask(lane=FAST_LANE, limit=100, per_host=100, saturated=frozenset(), lease=timedelta(seconds=45))
    with post.app.app_context(), transaction() as session:
        return claim(session, ask, Shelf(), post.clock.now())


def result(post, one, state=DeliveryState.ACCEPTED):
    now = post.clock.now()
    return Result(
        one, AttemptOutcome.ACCEPTED, Verdict(state, now, doubtful=False), FAST_LANE, now, None, Acceptance("x")
    )


def run(writer):
    thread = threading.Thread(target=writer.run)
    thread.start()
    return thread


def test_outcomes_that_come_together_are_stored_together(post):
    post.destinations(*(f"h{n}/1" for n in range(30)))
    post.publish()
    batches = []
    writer = Writer(post.app.app_context, 1, batches.append, nothing)
    for one in claimed(post):
        writer.put(result(post, one))
    writer.close()
    run(writer).join()
    assert batches == [30]
    assert set(post.states()) == {"accepted"}


def test_an_outcome_that_the_database_refuses_holds_up_no_other(post):
    post.destinations("a/1", "b/1", "c/1")
    post.publish()
    writer = Writer(post.app.app_context, 1, lambda _: None, nothing)
    first, second, third = claimed(post)
    for one, state in ((first, DeliveryState.ACCEPTED), (second, "no such state"), (third, DeliveryState.ACCEPTED)):
        writer.put(result(post, one, state))
    writer.close()
    run(writer).join()
    assert post.states() == ["accepted", "leased", "accepted"]


def test_a_database_that_is_away_is_waited_for(post):
    post.destinations("a/1")
    post.publish()
    stored = threading.Event()
    writer = Writer(post.app.app_context, 1, lambda _: stored.set(), nothing)
    (one,) = claimed(post)
    away = threading.Event()

    def rename(old, new):
        with post.app.app_context(), transaction() as session:
            session.execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}"))

    rename("attempt", "elsewhere")
    thread = run(writer)
    writer.put(result(post, one))
    for _ in range(int(PATIENCE / 0.02)):  # until it has met the fault once
        if not writer.well:
            break
        away.wait(0.02)
    assert not writer.well
    assert not stored.is_set()
    rename("elsewhere", "attempt")
    assert stored.wait(PATIENCE)
    assert writer.well
    writer.close()
    thread.join()
    assert post.states() == ["accepted"]
