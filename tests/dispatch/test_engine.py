"""The engine at work: real threads, a real database, adapters that obey the test."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from hub.channels.contract import (
    Acceptance,
    PermanentChannelError,
    TransientChannelError,
    UnknownOutcomeError,
)
from hub.dispatch.models import SLOW_LANE
from hub.kernel.phrase import Phrase
from tests.dispatch.post import PATIENCE, Gate, ObedientAdapter, make_channel

REASON = Phrase("%(host)s says no", host="h")


def raising(error):
    def answer(_outgoing):
        raise error

    return answer


OUTCOMES = [
    ("obedient", lambda _: Acceptance("id", "http://x/1"), "accepted", "accepted"),
    ("once", lambda _: Acceptance("id"), "accepted", "accepted"),
    ("obedient", raising(PermanentChannelError(REASON)), "permanent", "failed"),
    ("once", raising(PermanentChannelError(REASON)), "permanent", "failed"),
    ("obedient", raising(TransientChannelError(REASON)), "transient", "due"),
    ("once", raising(TransientChannelError(REASON)), "transient", "due"),
    ("obedient", raising(UnknownOutcomeError(REASON)), "unknown", "due"),
    ("window", raising(UnknownOutcomeError(REASON)), "unknown", "due"),
    ("once", raising(UnknownOutcomeError(REASON)), "unknown", "unknown"),
    # What an adapter must not do, and may do once: nobody knows whether it was sent.
    ("once", raising(ValueError("flaw")), "unknown", "unknown"),
    ("once", raising(SystemExit(1)), "unknown", "unknown"),
    ("once", lambda _: None, "unknown", "unknown"),
    ("obedient", raising(ValueError("flaw")), "unknown", "due"),
]


@pytest.mark.parametrize(("channel_id", "answer", "outcome", "state"), OUTCOMES)
def test_every_attempt_ends_in_one_of_three_ways(post, channel_id, answer, outcome, state):
    post.destinations("a/1", channel_id=channel_id)
    post.adapter(channel_id).answer = answer
    post.publish("a1", (channel_id,))
    engine = post.engine()
    engine.start()
    assert engine.run_until_idle(PATIENCE)
    assert engine.alive()
    (row,) = post.rows()
    assert (row.state, post.outcomes(row.id), row.lease_token) == (state, [outcome], None)
    assert (row.finished_at is None) == (state == "due")
    assert (row.remote_id is not None) == (state == "accepted")
    assert (row.error is None) == (state == "accepted")
    assert row.doubtful is (outcome == "unknown")


def test_a_proof_is_kept_however_odd_it_is(post):
    post.destinations("a/1", "b/1")
    post.adapter().answer = lambda outgoing: Acceptance(
        "\0\ud800é'\"" if outgoing.destination.address == "a/1" else "b"
    )
    post.publish()
    post.run()
    assert [(row.state, row.remote_id) for row in post.rows()] == [("accepted", "?é'\""), ("accepted", "b")]


def test_an_adapter_that_breaks_the_contract_holds_up_no_other(post):
    post.destinations("number/1", "text/1", "good/1", channel_id="once")

    def answer(outgoing):
        if outgoing.destination.address == "text/1":
            text = "no phrase"
            raise PermanentChannelError(text)
        return Acceptance(7 if outgoing.destination.address == "number/1" else "id")

    post.adapter("once").answer = answer
    post.publish("a1", ("once",))
    post.run()
    assert [(row.state, row.remote_id) for row in post.rows()] == [
        ("accepted", "7"),
        ("leased", None),
        ("accepted", "id"),
    ]
    post.clock.advance(60)
    post.run()
    assert post.states() == ["accepted", "unknown", "accepted"]


def test_an_unknown_outcome_is_repeated_with_the_same_key(post):
    post.destinations("a/1")
    answers = [raising(UnknownOutcomeError(REASON)), lambda _: Acceptance("id")]

    def answer(outgoing):
        return answers.pop(0)(outgoing)

    post.adapter().answer = answer
    post.publish()
    post.run()
    post.clock.advance(2)
    post.run()
    first, second = post.adapter().seen
    assert first.idempotency_key == second.idempotency_key
    assert first.first_attempt_at == second.first_attempt_at
    assert post.states() == ["accepted"]


def test_outside_its_window_an_unknown_outcome_stays_unknown_and_unsent(post):
    post.destinations("a/1", channel_id="window")
    post.adapter("window").answer = raising(UnknownOutcomeError(REASON))
    post.publish("a1", ("window",))
    post.run()
    post.clock.advance(50 * 60)
    post.run()
    assert len(post.adapter("window").seen) == 1
    (row,) = post.rows()
    assert (row.state, post.outcomes(row.id)) == ("unknown", ["unknown", "not_sent"])


def test_a_pause_that_was_asked_for_is_kept(post):
    post.destinations("a/1")
    post.adapter().answer = raising(TransientChannelError(REASON, retry_after=60))
    post.publish()
    for seconds, attempts in [(0, 1), (59, 1), (1.5, 2)]:
        post.clock.advance(seconds)
        post.run()
        assert len(post.adapter().seen) == attempts


def test_an_expired_alert_is_never_sent(post):
    post.destinations("a/1", "b/1")
    post.adapter().answer = raising(TransientChannelError(REASON))
    post.publish()
    post.run()
    post.clock.advance(6 * 3600)
    post.run()
    assert len(post.adapter().seen) == 2
    assert post.states() == ["expired", "expired"]


def test_an_alert_that_expires_while_it_waits_for_its_turn_is_not_sent(post):
    post.destinations("a/1", "a/2")

    def answer(_outgoing):
        post.clock.advance(20)  # the lease of the other one has room for an attempt, its alert has ended
        return Acceptance("id")

    post.adapter().answer = answer
    post.publish(expires=post.clock.now() + timedelta(seconds=20))
    post.run(threads=1)
    assert post.adapter().addresses() == ["a/1"]
    assert sorted(post.states()) == ["accepted", "expired"]


def test_an_attempt_whose_lease_has_no_room_left_is_given_back(post):
    post.destinations("a/1", "a/2", channel_id="once")

    def answer(_outgoing):
        if len(post.adapter("once").seen) == 1:
            post.clock.advance(40)
        return Acceptance("id")

    post.adapter("once").answer = answer
    post.publish("a1", ("once",))
    # Both are claimed together, one may start: its clock leaves the other 5 of 45 seconds for an attempt of up to 15.
    post.run(threads=1)
    first, second = post.rows()
    assert (first.state, second.state) == ("accepted", "accepted")
    assert post.outcomes(second.id) == ["not_sent", "accepted"]
    assert post.adapter("once").addresses() == ["a/1", "a/2"]


def test_messages_arrive_at_each_destination_in_their_order(post):
    addresses = [f"h{n}/1" for n in range(20)]
    post.destinations(*addresses)
    failing = iter(range(10**6))

    def answer(outgoing):
        if next(failing) % 3 == 0:
            raise TransientChannelError(REASON)
        return Acceptance(outgoing.publication_id)

    post.adapter().answer = answer
    post.publish("a1", severity="Minor")
    post.publish("a2", follows="a1", msg_type="Update")
    post.publish("a3", follows="a2", msg_type="Update", severity="Extreme")
    engine = post.engine()
    engine.start()
    for _ in range(60):
        assert engine.run_until_idle(PATIENCE)
        if set(post.states("a3")) == {"accepted"}:
            break
        post.clock.advance(300)
    arrived: dict[str, list[str]] = {address: [] for address in addresses}
    for outgoing in post.adapter().seen:
        known = arrived[outgoing.destination.address]
        if outgoing.publication_id not in known:
            known.append(outgoing.publication_id)
        if outgoing.publication_id != "a1":
            assert outgoing.follows == Acceptance({"a2": "a1", "a3": "a2"}[outgoing.publication_id])
    assert set(map(tuple, arrived.values())) == {("a1", "a2", "a3")}


def test_a_hung_host_delays_no_other(post):
    gate = Gate()
    post.destinations(*(f"hung/{n}" for n in range(30)), *(f"h{n}/1" for n in range(30)))
    post.adapter().answer = lambda out: gate(out) if out.destination.address.startswith("hung") else Acceptance("id")
    post.publish()
    engine = post.engine()
    engine.start()
    engine.ring()
    gate.wait_for(post.settings.per_host)
    for _ in range(int(PATIENCE / 0.02)):  # until the healthy ones are stored; the hung ones are still hanging
        states = Counter((row.host == "hung", row.state) for row in post.rows())
        if states[False, "accepted"] == 30:
            break
        gate.opened.wait(0.02)
    assert states[False, "accepted"] == 30
    assert states[True, "accepted"] == 0
    assert sum(address.startswith("hung") for address in post.adapter().addresses()) == post.settings.per_host
    gate.opened.set()
    assert engine.run_until_idle(PATIENCE)
    assert set(post.states()) == {"accepted"}


def test_after_a_time_out_the_retry_has_the_full_time_in_the_slow_lane(post):
    post.destinations("a/1")
    never = threading.Event()

    def answer(outgoing):
        if len(post.adapter().seen) == 1:
            never.wait(outgoing.deadline)
            raise UnknownOutcomeError(REASON)
        return Acceptance(threading.current_thread().name)

    post.adapter().answer = answer
    post.publish()
    times = {"first_try_seconds": 0.1, "deadline_seconds": 5.0}
    post.run(**times)
    assert [row.lane for row in post.rows()] == [SLOW_LANE]
    post.clock.advance(5)
    post.run(**times)
    assert [outgoing.deadline for outgoing in post.adapter().seen] == [0.1, 5.0]
    assert post.rows()[0].remote_id.startswith(f"dispatch-sender-{SLOW_LANE}")


def test_a_channel_that_must_not_be_repeated_has_the_full_time_at_once(post):
    post.destinations("a/1", channel_id="once")
    post.publish("a1", ("once",))
    post.run()
    assert [outgoing.deadline for outgoing in post.adapter("once").seen] == [15.0]


def test_a_channel_that_is_gone_fails_and_says_so(post):
    post.destinations("a/1")
    post.publish()
    del post.channels["obedient"]
    post.run()
    (row,) = post.rows()
    assert (row.state, "no longer set up" in row.error, post.outcomes(row.id)) == ("failed", True, ["not_sent"])


def test_an_exercise_cannot_reach_a_channel_that_takes_none(post, clock):
    post.channels["obedient"] = make_channel(ObedientAdapter, clock, exercise=False)
    post.destinations("a/1")
    post.publish("a1", status="Exercise")
    post.run()
    assert post.states() == ["failed"]
    assert post.adapter().seen == []


def test_two_engines_on_one_database_send_each_once(post):
    post.destinations(*(f"h{n}/1" for n in range(150)), channel_id="once")
    post.publish("a1", ("once",))
    engines = [post.engine(batch=10), post.engine(batch=10)]
    for engine in engines:
        engine.start()
    # Twice: on PostgreSQL a look passes over what the other one has locked, and may find it free the next time.
    for engine in engines * 2:
        assert engine.run_until_idle(PATIENCE)
    assert set(post.states()) == {"accepted"}
    assert max(Counter(post.adapter("once").addresses()).values()) == 1
