"""What holds deliveries back, on real tables with the whole engine: breakers, rates, paces."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hub.channels.contract import (
    Acceptance,
    Outgoing,
    PermanentChannelError,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from hub.dispatch import queries
from hub.dispatch.gate_models import buckets
from hub.dispatch.gates import Gates
from hub.dispatch.lease import Ask, Shelf, claim
from hub.dispatch.models import FAST_LANE
from hub.kernel.db import reading, transaction
from hub.kernel.phrase import Phrase

DOWN = TransientChannelError(Phrase("%(host)s cannot be reached", host="a"), trouble=Trouble.HOST)
REFUSED = PermanentChannelError(Phrase("credentials refused"), trouble=Trouble.HOST)
TOO_FAST = TransientChannelError(Phrase("too fast"), 20, Trouble.PACE)
ASK = Ask(lane=FAST_LANE, limit=100, per_host=100, saturated=frozenset(), lease=timedelta(seconds=45))


class Host:
    """What the host ``a`` answers is set by the test; all others accept."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.seen: list[str] = []

    def __call__(self, outgoing: Outgoing) -> Acceptance:
        if outgoing.destination.address.startswith("a/"):
            self.seen.append(outgoing.publication_id)
            if self.error is not None:
                raise self.error
        return Acceptance("id")


def host_a(post: Any, error: Exception | None) -> Host:
    post.destinations("a/0", "b/0")
    host = post.adapter().answer = Host(error)
    return host


def failing(post: Any, error: Exception = DOWN, times: int = 5) -> Host:
    """The host ``a`` has failed so often, with one publication each time; what is stored is known before the next."""
    host = host_a(post, error)
    for number in range(times):
        post.publish(f"p{number}")
        post.run()
    assert len(host.seen) == times
    return host


def broken(post: Any) -> list[queries.Broken]:
    with post.app.app_context():
        return queries.broken_hosts(reading())


def slowed(post: Any) -> list[queries.Slowed]:
    with post.app.app_context():
        return queries.slowed_hosts(reading(), post.clock.now())


def claimed(post: Any, **changes: Any) -> list[Any]:
    now = post.clock.now()
    gates = Gates(post.channels, post.settings, post.clock)
    with post.app.app_context(), transaction() as session:
        return claim(session, replace(ASK, **changes), Shelf(), now, gates.read(session, now))


@pytest.mark.parametrize(("error", "state"), [(DOWN, "due"), (REFUSED, "failed")])
def test_a_host_that_fails_is_left_alone_and_others_are_not(post, error, state):
    host = failing(post, error)
    post.destinations(*(f"a/{n}" for n in range(1, 20)))
    post.publish("a1")
    post.run()
    assert len(host.seen) == 5
    assert post.states("p4") == [state, "accepted"]
    # They wait, they have not failed.
    assert sorted(post.states("a1")) == ["accepted"] + ["due"] * 20
    (seen,) = broken(post)
    assert (seen.host, seen.failures, seen.closed_off()) == ("a", 5, True)
    assert seen.open_until == post.clock.now() + timedelta(seconds=30)
    assert seen.reason == error.reason


def test_after_the_pause_one_probe_goes_and_its_success_opens_the_way(post):
    host = failing(post)
    for seconds, seen in ((29, 5), (2, 6), (59, 6), (2, 7)):
        post.clock.advance(seconds)
        post.run()
        assert len(host.seen) == seen
    host.error = None
    post.clock.advance(121)
    post.run()
    assert broken(post) == []
    post.clock.advance(300)
    post.run()
    assert {state for n in range(5) for state in post.states(f"p{n}")} == {"accepted"}


def test_the_most_urgent_is_the_probe_and_nobody_else_has_one_meanwhile(post):
    failing(post)
    post.publish("a2", severity="Extreme")
    post.clock.advance(30)
    assert [one.publication_id for one in claimed(post) if one.host == "a"] == ["a2"]
    assert [one for one in claimed(post) if one.host == "a"] == []
    post.clock.advance(45)  # its outcome never came: another one
    assert len([one for one in claimed(post) if one.host == "a"]) == 1


def test_dispatchers_that_look_at_once_take_one_probe(post):
    failing(post)
    post.clock.advance(30)
    start, found = threading.Barrier(4), []

    def work():
        start.wait()
        found.extend(claimed(post))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.host for one in found] == ["a"]


def test_what_waits_for_a_broken_host_ends_with_its_alert(post):
    host = failing(post)
    post.publish(expires=post.clock.now() + timedelta(seconds=20))
    for seconds, states in ((19, ["due", "accepted"]), (1, ["expired", "accepted"])):
        post.clock.advance(seconds)
        post.run()
        assert post.states() == states
    assert len(host.seen) == 5


@pytest.mark.parametrize(
    "error",
    [
        TransientChannelError(Phrase("this mailbox is full")),
        PermanentChannelError(Phrase("no such address")),
        UnknownOutcomeError(Phrase("no answer")),
        ValueError("flaw"),
    ],
    ids=["transient", "permanent", "unknown", "flaw"],
)
def test_what_says_nothing_about_the_host_closes_nothing(post, error):
    failing(post, error, times=8)
    assert broken(post) == []


def test_failures_are_counted_over_dispatchers_and_until_a_success(post):
    host = failing(post, times=4)
    assert [one.failures for one in broken(post)] == [4]
    assert not broken(post)[0].closed_off()
    host.error = None
    post.publish("good")
    post.run()
    assert broken(post) == []


def limited(post: Any, per_minute: float | None) -> None:
    post.channels["obedient"] = replace(post.channels["obedient"], rate_per_minute=per_minute)


def test_a_channel_keeps_to_its_rate_over_all_dispatchers(post):
    limited(post, 60)
    post.destinations(*(f"h{n}/1" for n in range(40)))
    post.destinations("free/1", channel_id="once")
    post.publish("a1", ("obedient", "once"))
    for seconds, sent in ((0, 10), (0, 10), (1, 11), (5, 16), (100, 26), (3, 29)):
        post.clock.advance(seconds)
        post.run()
        assert len(post.adapter().seen) == sent
        assert len(post.adapter("once").seen) == 1


def test_dispatchers_that_look_at_once_share_the_tokens(post):
    limited(post, 60)
    post.destinations(*(f"h{n}/1" for n in range(40)))
    post.publish()
    start, found = threading.Barrier(4), []

    def work():
        start.wait()
        found.extend(claimed(post, limit=7))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10


def test_the_urgent_ones_get_the_tokens(post):
    limited(post, 6)
    post.destinations("a/1")
    post.publish("p1", severity="Minor")
    post.publish("p2", severity="Extreme")
    post.run()
    assert [one.publication_id for one in post.adapter().seen] == ["p2"]


def test_a_rate_that_is_changed_or_taken_away_counts_at_once(post):
    limited(post, 60)
    post.destinations(*(f"h{n}/1" for n in range(60)))
    post.publish()
    post.run()
    limited(post, 600)
    post.clock.advance(1)
    post.run()
    assert len(post.adapter().seen) == 20
    limited(post, None)
    post.run()
    assert len(post.adapter().seen) == 60
    with post.app.app_context():
        assert reading().execute(sa.select(buckets)).all() == []


def test_a_host_that_finds_us_too_fast_slows_everyone_down_and_recovers(post):
    host = failing(post, TOO_FAST, times=1)
    post.destinations(*(f"a/{n}" for n in range(1, 20)))
    post.publish("a1")
    (seen,) = slowed(post)
    assert (seen.host, seen.per_minute) == ("a", 60)
    assert seen.paused_until == post.clock.now() + timedelta(seconds=20)
    assert broken(post) == []  # it answers
    host.error = None
    for seconds, number in ((0, 1), (19, 1), (1, 1), (1, 2), (4, 6)):
        post.clock.advance(seconds)
        post.run()
        assert len(host.seen) == number
    post.clock.advance(200)
    post.run()
    assert set(post.states("a1")) | set(post.states("p0")) == {"accepted"}
    assert slowed(post) == []


def test_who_asks_again_is_sent_to_at_half_the_pace(post):
    host = failing(post, TOO_FAST, times=1)
    post.publish("a1")
    post.clock.advance(21)
    post.run()
    assert len(host.seen) == 2
    assert [one.per_minute for one in slowed(post)] == [30]
