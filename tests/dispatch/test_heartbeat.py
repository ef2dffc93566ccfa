"""Signs of life, counts and channel checks, with engines that run on a real database."""

from __future__ import annotations

import random
import threading
from collections import Counter
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from hub.channels.contract import Acceptance, PermanentChannelError, TransientChannelError
from hub.dispatch import checks, health, service, tally
from hub.dispatch.engine import Engine
from hub.dispatch.states import DeliveryState
from hub.dispatch.tally import Kind
from hub.dispatch.watch import Lookout
from hub.dispatch.watch_models import channel_checks
from hub.kernel.db import reading, transaction
from hub.kernel.phrase import Phrase
from tests.dispatch.post import OFFICER, PATIENCE


class Looked:
    """A channel check that counts its calls and answers as it is told to."""

    def __init__(self):
        self.calls = 0
        self.answer = lambda: None
        self.called = threading.Event()
        self.lock = threading.Lock()

    def __call__(self):
        with self.lock:
            self.calls += 1
        self.called.set()
        return self.answer()


@pytest.fixture
def looked(post):
    """The check of the channel `obedient`."""
    look = Looked()
    post.adapter().check = look
    return look


@pytest.fixture
def lookout(post):
    """Makes lookouts; ends them all."""
    made = []

    def make(seconds=0.0):
        made.append(Lookout(post.app.app_context, post.channels, post.clock, seconds))
        return made[-1]

    yield make
    for engine in post.engines:
        engine.drain(PATIENCE)
    for one in made:
        one.leave()


def watched(post, watch):
    """An engine that is watched."""
    engine = Engine(post.app.app_context, post.channels, post.settings, post.clock, random.Random(7), watch=watch)
    post.engines.append(engine)
    return engine


def read(post, query):
    with post.app.app_context():
        return query(reading())


def until(condition):
    """Waits for what another thread does; a test never waits so long unless it is about to fail."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if condition():
            return True
        pause.wait(0.02)
    return False


def rows_of(post):
    return read(post, health.seen)


def looks(post):
    return read(post, health.checks)


def test_an_engine_gives_signs_of_life_and_signs_off(post, lookout):
    engine = watched(post, lookout())
    engine.start()
    assert until(lambda: rows_of(post))
    first = rows_of(post)[0]
    assert first.started_at == first.seen_at == post.clock.now()
    post.clock.advance(20)
    assert until(lambda: rows_of(post)[0].seen_at == post.clock.now())
    assert rows_of(post)[0].started_at == first.started_at
    assert read(post, health.last_sign) == post.clock.now()
    assert engine.drain(PATIENCE)
    assert rows_of(post) == []
    assert read(post, health.last_sign) is None


def test_a_stopped_switch_does_not_silence_a_dispatcher(post, lookout):
    with post.app.app_context():
        service.stop_all(reason="", actor=OFFICER, now=post.clock.now())
    watched(post, lookout()).start()
    assert until(lambda: rows_of(post))


def test_two_engines_are_two_dispatchers(post, lookout):
    for _ in range(2):
        watched(post, lookout()).start()
    assert until(lambda: len(rows_of(post)) == 2)


def test_an_engine_that_lost_a_thread_gives_no_sign(post, lookout):
    engine = watched(post, lookout())
    engine.start()
    assert until(lambda: rows_of(post))
    dead = threading.Thread(target=lambda: None)
    dead.start()
    dead.join()
    engine._threads["sender-0-0"] = dead
    assert engine.run_until_idle(PATIENCE)  # a round that was under way may still have given its sign
    post.clock.advance(60)
    assert engine.run_until_idle(PATIENCE)
    assert engine.run_until_idle(PATIENCE)
    assert rows_of(post)[0].seen_at < post.clock.now()


def test_a_database_without_the_tables_does_not_stop_sending(post, lookout):
    post.destinations("a/1")
    with post.app.app_context(), transaction() as session:
        session.execute(sa.text("DROP TABLE dispatcher"))
    post.publish()
    engine = watched(post, lookout())
    assert engine.run_until_idle(PATIENCE)
    assert post.states() == ["accepted"]


@pytest.mark.parametrize(("ago", "alive"), [(0, True), (29, True), (30, False), (3000, False)])
def test_how_long_a_sign_of_life_counts(post, lookout, ago, alive):
    lookout().come_round()
    post.clock.advance(ago)
    assert rows_of(post)[0].alive(post.clock.now()) is alive


def test_one_that_ended_without_a_word_is_forgotten_after_an_hour(post, lookout):
    killed, other = lookout(), lookout()
    killed.come_round()
    post.clock.advance(3601)
    other.come_round()
    assert len(rows_of(post)) == 1
    killed.come_round()  # it was only frozen
    assert len(rows_of(post)) == 2


def test_no_more_signs_than_are_needed(post, lookout):
    rare = lookout(seconds=3600)
    rare.come_round()
    first = post.clock.now()
    post.clock.advance(60)
    rare.come_round()
    assert rows_of(post)[0].seen_at == first


def test_all_dispatchers_together_keep_to_the_places_of_a_host(post, lookout):
    """Each has an engine's settings of four places; without sharing there would be eight under way."""
    most, under_way, lock = [0], Counter(), threading.Lock()

    def answer(outgoing):
        with lock:
            under_way["h"] += 1
            most[0] = max(most[0], under_way["h"])
        threading.Event().wait(0.02)
        with lock:
            under_way["h"] -= 1
        return Acceptance("r")

    post.adapter().answer = answer
    watches = [lookout(), lookout()]
    engines = [watched(post, watch) for watch in watches]
    for engine in engines:
        engine.start()
    assert until(lambda: [watch.dispatchers() for watch in watches] == [2, 2])
    post.destinations(*(f"h/{n}" for n in range(40)))
    post.publish()
    for engine in engines:
        engine.ring()
    assert until(lambda: set(post.states()) == {"accepted"})
    assert most[0] <= post.settings.per_host == 4
    engines[0].drain(PATIENCE)
    assert until(lambda: watches[1].dispatchers() == 1), "its places are free for the other"


class TestChecks:
    def test_a_channel_is_looked_at_with_the_second_sign(self, post, lookout, looked):
        one = lookout()
        one.come_round()
        assert looked.calls == 0
        one.come_round()
        assert until(lambda: looks(post)["obedient"].checked_at == post.clock.now())
        assert looks(post)["obedient"].fault is None

    def test_what_is_wrong_is_kept_and_goes_when_it_is_well_again(self, post, lookout, looked):
        one = lookout()
        looked.answer = lambda: Phrase("the token is not known at %(host)s", host="a.example")
        one.come_round()
        one.come_round()
        assert until(lambda: looks(post)["obedient"].checked_at)
        assert looks(post)["obedient"].fault == Phrase("the token is not known at %(host)s", host="a.example")
        looked.answer = lambda: None
        post.clock.advance(600)
        one.come_round()
        assert until(lambda: looks(post)["obedient"].checked_at == post.clock.now())
        assert looks(post)["obedient"].fault is None

    def test_a_check_that_breaks_the_contract_is_a_fault(self, post, lookout, looked):
        def fail():
            raise ZeroDivisionError

        looked.answer = fail
        one = lookout()
        one.come_round()
        one.come_round()
        assert until(lambda: looks(post)["obedient"].checked_at)
        assert "the check itself failed" in str(looks(post)["obedient"].fault)

    def test_once_in_ten_minutes_however_many_dispatchers(self, post, lookout, looked):
        many = [lookout() for _ in range(5)]
        for one in many:
            one.come_round()
        for seconds in (0, 599, 1):
            looked.called.clear()
            post.clock.advance(seconds)
            start = threading.Barrier(len(many))

            def come(one, start=start):
                start.wait()
                one.come_round()

            threads = [threading.Thread(target=come, args=[one]) for one in many]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if seconds != 599:
                assert until(lambda: looks(post)["obedient"].checked_at == post.clock.now())
        assert looked.calls == 2

    def test_a_hung_check_holds_up_nothing_and_is_not_begun_again(self, post, lookout, looked):
        gate = threading.Event()
        looked.answer = lambda: gate.wait(PATIENCE) and None
        one = lookout()
        one.come_round()
        one.come_round()
        assert looked.called.wait(PATIENCE)
        assert until(lambda: looks(post)["once"].checked_at)
        post.clock.advance(700)
        one.come_round()
        assert until(lambda: looks(post)["once"].checked_at == post.clock.now())
        assert looked.calls == 1
        gate.set()

    def test_an_unfinished_check_is_left_to_others(self, post, lookout, looked):
        gate = threading.Event()
        looked.answer = lambda: gate.wait(PATIENCE) and None
        one, other = lookout(), lookout()
        one.come_round()
        one.come_round()
        assert looked.called.wait(PATIENCE)
        one.leave()
        other.come_round()
        other.come_round()
        assert until(lambda: looked.calls == 2)
        gate.set()

    def test_asked_for_by_a_person(self, post, lookout, looked):
        one = lookout()
        one.come_round()
        one.come_round()
        assert until(lambda: looks(post)["obedient"].checked_at)
        with post.app.app_context():
            assert not checks.ask("obedient", post.clock.now())  # only just done
            post.clock.advance(10)
            assert checks.ask("obedient", post.clock.now())
        one.come_round()
        assert until(lambda: looks(post)["obedient"].checked_at == post.clock.now())
        assert looked.calls == 2

    def test_asked_for_before_any_dispatcher_ran(self, post):
        with post.app.app_context():
            assert checks.ask("obedient", post.clock.now())
            found = reading().execute(sa.select(channel_checks)).one()
        assert (found.channel_id, found.next_at, found.checked_at) == ("obedient", post.clock.now(), None)


class TestTally:
    def test_attempts_of_all_dispatchers_are_added_up(self, post, lookout):
        post.destinations("a/1", "b/1", "c/1")

        def answer(outgoing):
            if outgoing.destination.address == "b/1":
                raise PermanentChannelError(Phrase("no"))
            if outgoing.destination.address == "c/1":
                raise TransientChannelError(Phrase("later"))
            return Acceptance("id")

        post.adapter().answer = answer
        for number in (1, 2):
            post.publish(f"a{number}")
            engine = watched(post, lookout(seconds=3600))
            assert engine.run_until_idle(PATIENCE)
        ends = Counter()
        for kind, count in read(post, tally.read).items():
            ends[kind.outcome, kind.state] += count.number
            assert count.seconds >= 0
        assert ends == {("accepted", "accepted"): 2, ("permanent", "failed"): 2, ("transient", "due"): 2}

    def test_counts_survive_a_database_that_is_away(self, post, lookout):
        post.destinations("a/1")
        one = lookout(seconds=3600)
        with post.app.app_context(), transaction() as session:
            session.execute(sa.text("ALTER TABLE dispatcher RENAME TO elsewhere"))
        post.publish()
        engine = watched(post, one)
        engine.start()
        assert engine.run_until_idle(PATIENCE)
        with post.app.app_context(), transaction() as session:
            session.execute(sa.text("ALTER TABLE elsewhere RENAME TO dispatcher"))
        engine.drain(PATIENCE)
        assert sum(count.number for count in read(post, tally.read).values()) == 1

    @pytest.mark.parametrize(
        ("seconds", "le"), [(0.0, "0.01"), (0.01, "0.01"), (0.011, "0.05"), (60.0, "60.0"), (61.0, "+Inf")]
    )
    def test_bounds_are_upper_ones(self, post, seconds, le):
        one = tally.Tally()
        verdict, claimed = SimpleNamespace(state=DeliveryState.ACCEPTED), SimpleNamespace(channel_id="x")
        one.add(SimpleNamespace(outcome="accepted", seconds=seconds, verdict=verdict, claimed=claimed))
        assert list(one.taken()) == [Kind("x", "accepted", "accepted", le)]
        assert one.taken() == {}
