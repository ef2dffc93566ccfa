"""Fairness of the whole engine: who goes first, who is never starved."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from hub.dispatch.models import deliveries
from hub.kernel.db import reading
from tests.dispatch.post import PATIENCE, Gate

BULK = 200
SMALL = {"threads": 4, "batch": 20}


def leased(post: Any, publication_id: str) -> int:
    with post.app.app_context():
        chosen = deliveries.c.publication_id == publication_id, deliveries.c.state == "leased"
        return reading().scalar(sa.select(sa.func.count()).select_from(deliveries).where(*chosen))


def wait_until(gate: Gate, condition: Any) -> None:
    """Looks again and again while the gate is shut."""
    for _ in range(int(PATIENCE / 0.02)):
        if condition():
            return
        gate.opened.wait(0.02)
    raise AssertionError


def order(post: Any) -> list[str]:
    return [outgoing.publication_id for outgoing in post.adapter().seen]


@pytest.mark.parametrize("one_host", [False, True], ids=["many hosts", "one host"])
def test_a_new_extreme_alert_goes_before_the_batch_that_waits(post, one_host):
    """The lanes are full of a bulk send when the alert comes; it is claimed and started all the same."""
    gate = Gate()
    post.destinations(*(f"{'h' if one_host else f'h{n}'}/{n}" for n in range(BULK)))
    post.adapter().answer = gate
    post.publish("bulk", severity="Minor")
    engine = post.engine(**SMALL, per_host=4)
    engine.start()
    engine.ring()
    gate.wait_for(SMALL["threads"])
    full = 4 if one_host else SMALL["batch"]
    wait_until(gate, lambda: leased(post, "bulk") >= full)
    post.publish("extreme", severity="Extreme")
    engine.ring()
    wait_until(gate, lambda: leased(post, "extreme") >= 4)
    gate.opened.set()
    assert engine.run_until_idle(PATIENCE)
    assert set(post.states("extreme")) | set(post.states("bulk")) == {"accepted"}
    started = order(post)
    # The four under way stay; then the alert has seven starts of eight.
    assert started[:4] == ["bulk"] * 4
    assert Counter(started[4:12])["extreme"] >= (3 if one_host else 7)
    assert started.index("extreme") <= 5


def test_a_stream_of_urgent_messages_does_not_starve_an_old_one(post):
    post.destinations(*(f"h{n}/1" for n in range(10)))
    post.publish("old", urgency="Future", severity="Minor")
    post.clock.advance(60)
    for number in range(20):
        post.publish(f"new{number}", severity="Extreme")
    post.run(threads=1, batch=10, per_host=10)
    started = order(post)
    # By urgency alone the old one would come last of 210.
    assert started.index("old") < 100
    assert len(started) == 210
