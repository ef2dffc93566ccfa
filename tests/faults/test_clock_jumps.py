"""The clock of a host jumps (fault F21): no delivery is lost and none is doubled without the database saying so."""

from __future__ import annotations

from tests.conftest import FixedClock
from tests.dispatch.post import PATIENCE, Gate

HOUR = 3600


def test_an_hour_ahead_while_a_request_is_under_way(post):
    """The lease seems to have ended. Another dispatcher repeats it with its key where that is safe, and only there."""
    post.destinations("x/1", channel_id="obedient")
    post.destinations("y/1", channel_id="once")
    gates = {name: Gate() for name in ("obedient", "once")}
    for name, gate in gates.items():
        post.adapter(name).answer = gate
    post.publish(channel_ids=("obedient", "once"))
    # On a host whose clock stays: one that jumps as well takes its own attempt back, now and then before the other one.
    held = post.engine(clock=FixedClock(post.clock.now()))
    held.start()
    for gate in gates.values():
        gate.wait_for(1)
    post.clock.advance(HOUR)
    for name in gates:
        post.adapter(name).answer = type(post.adapter(name))(name, {}, ("fr",), post.adapter(name).hub).answer
    post.run()
    assert sorted(post.states()) == ["accepted", "unknown"]
    for gate in gates.values():
        gate.opened.set()
    assert held.drain(PATIENCE)
    assert post.states() == ["accepted", "accepted"], "the late proof settles what was unknown"
    assert len(post.adapter("once").seen) == 1
    assert len({outgoing.idempotency_key for outgoing in post.adapter().seen}) == 1
    assert len(post.adapter().seen) == 2


def test_an_hour_back_delays_and_doubles_nothing(post):
    """Due moments and leases of before seem far ahead: they wait, and are served once when the clock is right again."""
    post.destinations("x/1", "x/2")
    gate = Gate()
    post.adapter().answer = gate
    post.publish()
    held = post.engine(per_host=1, batch=1)
    held.start()
    gate.wait_for(1)
    post.clock.advance(-HOUR)
    post.run()
    assert "accepted" not in post.states()
    assert len(post.adapter().seen) == 1
    gate.opened.set()
    assert held.drain(PATIENCE)
    post.clock.advance(HOUR)
    post.run()
    assert post.states() == ["accepted", "accepted"]
    assert sorted(post.adapter().addresses()) == ["x/1", "x/2"]
