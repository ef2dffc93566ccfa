"""An engine from its start to its end: stopped, drained, cut off from its database, started again."""

from __future__ import annotations

import threading
from collections import Counter

import sqlalchemy as sa

from hub.dispatch import service
from hub.kernel.db import transaction
from tests.dispatch.post import OFFICER, PATIENCE, Gate


def test_stopping_gives_back_what_waits_and_resuming_sends_it(post):
    gate = Gate()
    post.destinations(*(f"h{n}/1" for n in range(10)), channel_id="once")
    post.adapter("once").answer = gate
    post.publish("a1", ("once",))
    engine = post.engine(threads=2)  # claims all ten, begins two
    engine.start()
    engine.ring()
    gate.wait_for(2)
    with post.app.app_context():
        service.stop_all(reason="a mistake", actor=OFFICER, now=post.clock.now())
    engine.ring()
    for _ in range(int(PATIENCE / 0.02)):  # until what waited in the engine is in the table again
        if Counter(post.states()) == {"leased": 2, "due": 8}:
            break
        gate.opened.wait(0.02)
    gate.opened.set()
    assert engine.run_until_idle(PATIENCE)
    assert Counter(post.states()) == {"accepted": 2, "due": 8}
    assert len(post.adapter("once").seen) == 2
    with post.app.app_context():
        service.resume(actor=OFFICER, now=post.clock.now())
    assert engine.run_until_idle(PATIENCE)
    assert Counter(post.states()) == {"accepted": 10}
    assert len(post.adapter("once").seen) == 10


def test_draining_finishes_what_is_under_way_and_gives_back_the_rest(post):
    gate = Gate()
    post.destinations(*(f"h{n}/1" for n in range(10)), channel_id="once")
    post.adapter("once").answer = gate
    post.publish("a1", ("once",))
    engine = post.engine(threads=2)  # claims all ten, begins two
    engine.start()
    engine.ring()
    gate.wait_for(2)
    opener = threading.Timer(0.1, gate.opened.set)
    opener.start()
    assert engine.drain(PATIENCE)
    opener.join()
    assert not engine.alive()
    sent = len(post.adapter("once").seen)
    assert Counter(post.states()) == {"accepted": sent, "due": 10 - sent}
    post.run()
    assert Counter(post.adapter("once").addresses()) == {f"h{n}/1": 1 for n in range(10)}


def test_an_engine_that_cannot_finish_in_time_says_so_and_leaves_the_lease(post):
    gate = Gate()
    post.destinations("a/1", channel_id="once")
    post.adapter("once").answer = gate
    post.publish("a1", ("once",))
    engine = post.engine()
    engine.start()
    engine.ring()
    gate.wait_for(1)
    assert not engine.drain(0.05)
    assert post.states() == ["leased"]
    gate.opened.set()
    post.clock.advance(60)
    post.run()
    assert post.states() == ["unknown"]


def test_the_engine_survives_a_database_that_is_away(post):
    gate = Gate()
    post.destinations("a/1", "b/1", channel_id="once")
    post.adapter("once").answer = gate
    post.publish("a1", ("once",))
    engine = post.engine()
    engine.start()
    engine.ring()
    gate.wait_for(2)
    with post.app.app_context(), transaction() as session:
        session.execute(sa.text("ALTER TABLE sending_switch RENAME TO elsewhere"))
    gate.opened.set()
    assert not engine.run_until_idle(0.3)
    assert engine.alive()
    with post.app.app_context(), transaction() as session:
        session.execute(sa.text("ALTER TABLE elsewhere RENAME TO sending_switch"))
    assert engine.run_until_idle(PATIENCE)
    assert post.states() == ["accepted", "accepted"]


def test_polling_finds_work_without_a_ring(post):
    gate = Gate()
    post.destinations("a/1")
    post.adapter().answer = gate
    engine = post.engine()
    engine.start()
    engine.start()
    assert engine.run_until_idle(PATIENCE)
    post.publish()
    gate.wait_for(1)
    gate.opened.set()
    assert engine.drain(PATIENCE)
    assert post.states() == ["accepted"]


def test_an_engine_can_be_started_again(post):
    post.destinations("a/1")
    engine = post.engine()
    assert not engine.alive()
    assert engine.drain(0)
    assert engine.run_until_idle(PATIENCE)
    assert not engine.alive()
    post.publish()
    assert engine.run_until_idle(PATIENCE)
    assert post.states() == ["accepted"]
