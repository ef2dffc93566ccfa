"""Claims and leases: one claim a row, whatever happens to the dispatcher that made it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from hub.channels.contract import Acceptance
from hub.dispatch.lease import Ask, Shelf, claim, take_back
from hub.dispatch.models import FAST_LANE, SLOW_LANE, deliveries
from hub.dispatch.reasons import restored
from hub.dispatch.retry import Verdict
from hub.dispatch.sender import Result
from hub.dispatch.states import AttemptOutcome, DeliveryState
from hub.dispatch.writer import store
from hub.kernel.db import end_if_held, reading, transaction
from hub.kernel.phrase import Phrase
from tests.dispatch.post import PATIENCE

ASK = Ask(lane=FAST_LANE, limit=100, per_host=100, saturated=frozenset(), lease=timedelta(seconds=45))


def claimed(post, **changes):
    with post.app.app_context(), transaction() as session:
        return claim(session, replace(ASK, **changes), Shelf(), post.clock.now())


def given_back(post, one, reason):
    stands = Verdict(DeliveryState.DUE, post.clock.now(), doubtful=False)
    result = Result(one, AttemptOutcome.TRANSIENT, stands, one.lane, post.clock.now(), reason)
    with post.app.app_context(), transaction() as session:
        store(session, [result])


def swept(post):
    with post.app.app_context(), transaction() as session:
        return take_back(session, post.channels, post.clock.now())


def stored(post, one, outcome=AttemptOutcome.ACCEPTED, state=DeliveryState.ACCEPTED, *, doubtful=False):
    now = post.clock.now()
    acceptance = Acceptance("proof") if state == DeliveryState.ACCEPTED else None
    result = Result(one, outcome, Verdict(state, now, doubtful=doubtful), FAST_LANE, now, acceptance=acceptance)
    with post.app.app_context(), transaction() as session:
        return store(session, [result])


def test_a_claim_leases_the_row_and_writes_the_attempt_first(post):
    post.destinations("a/1")
    post.publish()
    (one,) = claimed(post)
    (row,) = post.rows()
    assert (row.state, row.attempts, row.lease_token, row.first_attempt_at) == (
        "leased",
        1,
        one.token,
        post.clock.now(),
    )
    assert row.lease_until == one.lease_until == post.clock.now() + ASK.lease
    assert post.outcomes(row.id) == ["started"]
    assert claimed(post) == []


def test_a_claim_gives_all_that_an_attempt_needs(post):
    (destination_id,) = post.destinations("a/1")
    post.publish()
    post.run()
    post.publish("a2", follows="a1", msg_type="Update")
    (one,) = claimed(post)
    assert (one.publication_id, one.status, one.number) == ("a2", "Actual", 1)
    assert (one.destination.id, one.destination.address) == (destination_id, "a/1")
    assert dict(one.body) == {"text": "http://hub.example/a2"}
    assert one.follows == Acceptance(f"r{destination_id}", "")
    assert one.idempotency_key == f"a2-{destination_id}"


def test_the_most_urgent_comes_first(post):
    post.destinations("a/1")
    for number, (urgency, severity) in enumerate(
        [("Future", "Minor"), ("Immediate", "Extreme"), ("Immediate", "Minor")]
    ):
        post.publish(f"p{number}", urgency=urgency, severity=severity)
    assert [one.publication_id for one in claimed(post, limit=2)] == ["p1", "p2"]
    assert [one.publication_id for one in claimed(post)] == ["p0"]


def test_a_claim_takes_no_more_than_asked_and_a_hosts_share_of_it(post):
    post.destinations("a/1", "a/2", "a/3", "a/4", "b/1", "c/1", "d/1")
    post.publish()
    assert [one.host for one in claimed(post, limit=3, per_host=2)] == ["a", "b", "c"]
    assert [one.host for one in claimed(post, per_host=2)] == ["d", "a", "a"]
    assert claimed(post, saturated=frozenset({"a"})) == []
    assert [one.host for one in claimed(post)] == ["a"]


def test_a_full_lane_takes_only_what_is_more_urgent(post):
    post.destinations("a/1")
    post.publish("p1", severity="Severe")
    post.publish("p2", severity="Extreme")
    priority = post.rows("p1")[0].priority
    assert [one.publication_id for one in claimed(post, floor=priority + 1)] == ["p2"]
    assert claimed(post, floor=priority + 1) == []


def test_a_saturated_host_is_passed_over_but_for_what_is_more_urgent(post):
    post.destinations("a/1", "b/1")
    post.publish("p1", severity="Severe")
    post.publish("p2", severity="Extreme")
    priority = post.rows("p1")[0].priority
    found = claimed(post, saturated=frozenset({"a"}), above=priority)
    assert [(one.publication_id, one.host) for one in found] == [("p2", "a"), ("p2", "b"), ("p1", "b")]


def test_the_oldest_are_those_that_were_overlooked(post):
    post.destinations("a/1")
    post.publish("p1", urgency="Future", severity="Minor")
    post.clock.advance(30)
    post.publish("p2", urgency="Expected", severity="Minor")
    post.clock.advance(30)
    post.publish("p3", urgency="Immediate", severity="Extreme")
    assert [one.publication_id for one in claimed(post, limit=1, oldest=True)] == ["p1"]
    # Nobody else has waited for a minute: the most urgent goes first again.
    assert [one.publication_id for one in claimed(post, limit=1, oldest=True)] == ["p3"]
    post.clock.advance(30)
    assert [one.publication_id for one in claimed(post, limit=1, oldest=True)] == ["p2"]


def test_lanes_are_claimed_apart(post):
    post.destinations("a/1", "b/1")
    post.publish()
    with post.app.app_context(), transaction() as session:
        session.execute(sa.update(deliveries).where(deliveries.c.host == "a").values(lane=SLOW_LANE))
    assert [one.host for one in claimed(post)] == ["b"]
    assert [one.host for one in claimed(post, lane=SLOW_LANE)] == ["a"]


@pytest.mark.parametrize(
    ("values", "seconds", "number"),
    [
        ({}, 0, 1),
        ({"lane": SLOW_LANE}, 0, 0),
        ({"state": "leased"}, 0, 0),
        ({"state": "cancelled"}, 0, 0),
        ({}, -1, 0),
        ({}, 6 * 3600 - 1, 1),
        ({}, 6 * 3600, 0),
    ],
    ids=["due", "other lane", "leased", "cancelled", "not yet", "just before the end", "the alert has ended"],
)
def test_what_is_claimed(post, values, seconds, number):
    post.destinations("a/1")
    post.publish()
    if values:
        with post.app.app_context(), transaction() as session:
            session.execute(sa.update(deliveries).values(**values))
    post.clock.advance(seconds)
    assert len(claimed(post)) == number


@pytest.mark.parametrize(
    ("state", "number"),
    [("due", 0), ("leased", 0), ("accepted", 1), ("failed", 1), ("unknown", 1), ("expired", 1), ("cancelled", 1)],
)
def test_a_follow_up_waits_while_the_message_before_it_is_open(post, state, number):
    post.destinations("a/1")
    post.publish("a1")
    post.publish("a2", follows="a1", msg_type="Update", urgency="Immediate", severity="Extreme")
    later = post.clock.now() + timedelta(minutes=5)
    with post.app.app_context(), transaction() as session:
        first = deliveries.c.publication_id == "a1"
        session.execute(sa.update(deliveries).where(first).values(state=state, next_attempt_at=later))
    assert [one.publication_id for one in claimed(post)] == ["a2"] * number


def test_two_dispatchers_never_claim_the_same_row(post):
    post.destinations(*(f"h{n}/1" for n in range(120)))
    post.publish()
    found: list[int] = []
    start = threading.Barrier(4)

    def work():
        start.wait()
        while mine := claimed(post, limit=7):
            found.extend(one.delivery_id for one in mine)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(row.id for row in post.rows())


# channel, minutes since the first attempt, withdrawn -> the state after the lease has ended.
LOST = [
    ("obedient", 1, False, "due"),
    ("once", 1, False, "unknown"),
    ("window", 1, False, "due"),
    ("window", 51, False, "unknown"),
    ("obedient", 51, False, "due"),
    ("obedient", 1, True, "unknown"),
    ("obedient", 6 * 60, False, "unknown"),
]


@pytest.mark.parametrize(("channel_id", "minutes", "withdrawn", "state"), LOST)
def test_a_lost_lease(post, channel_id, minutes, withdrawn, state):
    post.destinations("a/1", channel_id=channel_id)
    post.publish("a1", (channel_id,))
    (one,) = claimed(post)
    with post.app.app_context(), transaction() as session:
        session.execute(sa.update(deliveries).values(withdrawn=withdrawn))
    assert swept(post) == 0
    post.clock.advance(minutes * 60)
    assert swept(post) == 1
    (row,) = post.rows()
    assert (row.state, row.doubtful, row.finished_at is None) == (state, True, state == "due")
    assert row.error is not None
    assert post.outcomes(row.id) == ["unknown"]
    if state == "due":
        (again,) = claimed(post)
        assert (again.number, again.idempotency_key) == (2, one.idempotency_key)
        assert again.token != one.token


def test_past_the_alerts_end_nothing_is_due(post):
    post.destinations("a/1", "b/1")
    post.publish()
    with post.app.app_context(), transaction() as session:
        session.execute(sa.update(deliveries).where(deliveries.c.host == "b").values(doubtful=True))
    post.clock.advance(6 * 3600)
    swept(post)
    assert post.states() == ["expired", "unknown"]
    assert [str(restored(row.error)) for row in post.rows()] == ["the alert ended before this could be sent"] * 2


def test_what_the_last_attempt_said_is_not_lost_at_the_alert_s_end(post):
    post.destinations("a/1")
    post.publish()
    (one,) = claimed(post)
    given_back(post, one, Phrase("the host was away"))
    post.clock.advance(6 * 3600)
    swept(post)
    assert (post.states(), [str(restored(row.error)) for row in post.rows()]) == (["expired"], ["the host was away"])


def test_whoever_lost_the_lease_has_no_say(post):
    post.destinations("a/1")
    post.publish()
    (slow,) = claimed(post)
    post.clock.advance(60)
    swept(post)
    (fast,) = claimed(post)
    assert stored(post, slow, AttemptOutcome.PERMANENT, DeliveryState.FAILED) == 0
    (row,) = post.rows()
    assert (row.state, row.lease_token) == ("leased", fast.token)
    assert stored(post, fast) == 1
    assert post.states() == ["accepted"]
    assert post.outcomes(row.id) == ["permanent", "accepted"]


@pytest.mark.parametrize(
    ("outcome", "state", "after"),
    [("accepted", "accepted", "accepted"), ("permanent", "failed", "unknown"), ("transient", "due", "unknown")],
)
def test_only_a_late_proof_ends_a_doubt(post, outcome, state, after):
    post.destinations("a/1", channel_id="once")
    post.publish("a1", ("once",))
    (one,) = claimed(post)
    post.clock.advance(60)
    swept(post)
    stored(post, one, AttemptOutcome(outcome), DeliveryState(state))
    assert post.states() == [after]


def test_an_outcome_is_stored_once(post):
    post.destinations("a/1")
    post.publish()
    (one,) = claimed(post)
    assert stored(post, one) == 1
    assert stored(post, one, AttemptOutcome.PERMANENT, DeliveryState.FAILED) == 0
    assert post.states() == ["accepted"]


@pytest.mark.parametrize(("doubtful", "state"), [(False, "cancelled"), (True, "unknown")])
def test_a_withdrawn_delivery_is_not_tried_again(post, doubtful, state):
    post.destinations("a/1")
    post.publish("a1")
    (one,) = claimed(post)
    post.publish("a2", follows="a1", msg_type="Cancel", withdraw=True)
    stored(post, one, AttemptOutcome.TRANSIENT, DeliveryState.DUE, doubtful=doubtful)
    (row,) = post.rows("a1")
    assert (row.state, row.finished_at) == (state, post.clock.now())


def test_bodies_are_read_once_and_few_are_kept(post):
    post.destinations("a/1")
    shelf = Shelf()
    for number in range(40):
        post.publish(f"p{number}")
        with post.app.app_context(), transaction() as session:
            (one,) = claim(session, ASK, shelf, post.clock.now())
            assert shelf.body(session, one.publication_id, one.channel_id) is one.body
    assert len(shelf._bodies) == 32


def test_whoever_is_held_in_the_middle_of_a_claim_locks_no_row_for_long(post):
    post.destinations("a/1", "b/1")
    post.publish()
    with post.app.app_context():
        if reading().get_bind().dialect.name != "postgresql":
            pytest.skip("on SQLite the one process that may be held is the only one")
    with pytest.raises(DBAPIError, match="idle-in-transaction"), post.app.app_context(), transaction() as session:
        end_if_held(session, 0.1)
        assert len(claim(session, ASK, Shelf(), post.clock.now())) == 2
        assert claimed(post) == []
        end = time.monotonic() + PATIENCE
        while not (found := claimed(post)):
            assert time.monotonic() < end
            time.sleep(0.02)
    assert len(found) == 2
