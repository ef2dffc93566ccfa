"""The log lines of a delivery: enough to follow it by its id, and nothing of whom it goes to."""

from __future__ import annotations

import io
import json

import pytest

from hub.channels.contract import Acceptance, TransientChannelError
from hub.kernel import logs
from hub.kernel.phrase import Phrase


@pytest.fixture
def lines():
    """What is logged, as the objects that it consists of."""
    stream = io.StringIO()
    logs.configure("INFO", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logs.configure("INFO")


def test_a_delivery_is_followed_by_its_id(post, lines):
    post.destinations("secret-host/secret-path", "other-host/2")
    answers = [TransientChannelError(Phrase("secret-host is full")), Acceptance("id")]

    def answer(outgoing):
        if outgoing.destination.address == "other-host/2":
            return Acceptance("id")
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    post.adapter().answer = answer
    post.publish("a1")
    post.run()
    post.clock.advance(3)
    post.run()
    [delivery] = [row.id for row in post.rows() if row.address == "secret-host/secret-path"]
    mine = [one for one in lines() if one.get("delivery") == delivery or delivery in one.get("deliveries", [])]
    assert all(one["publication"] == "a1" for one in mine)
    told = [
        (one["message"], one.get("channel"), one.get("attempt"), one.get("outcome"), one.get("state")) for one in mine
    ]
    assert told == [
        ("deliveries claimed", None, None, None, None),
        ("attempt ended", "obedient", 1, "transient", "due"),
        ("deliveries claimed", None, None, None, None),
        ("attempt ended", "obedient", 2, "accepted", "accepted"),
    ]
    assert all(one["ms"] >= 0 for one in mine if "attempt" in one)
    everything = json.dumps(lines())
    assert "secret" not in everything
    assert "other-host" not in everything
    assert "http://hub.example/a1" not in everything  # the body


def test_a_claim_names_the_deliveries_of_each_publication_apart(post, lines):
    post.destinations("a/1", "b/1", "c/1")
    post.publish("a1")
    post.publish("b1")
    post.run()
    claimed = {}
    for one in lines():
        if one["message"] == "deliveries claimed":
            claimed.setdefault(one["publication"], []).extend(one["deliveries"])
    assert {name: sorted(ids) for name, ids in claimed.items()} == {
        name: sorted(row.id for row in post.rows(name)) for name in ("a1", "b1")
    }
