"""What one transaction records: who receives, in which order, what is withdrawn."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from hub.dispatch import outbox
from hub.dispatch.models import bodies, deliveries
from hub.kernel.db import db, reading, transaction
from tests.dispatch.post import make_app


def test_a_first_message_goes_to_the_open_destinations_of_its_channels(post):
    open_ids = post.destinations("a/1", "b/1")
    post.destinations("c/1", channel_id="once")
    with post.app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE destination SET enabled = (address <> 'b/1')"))
    post.publish("a1", ("obedient", "window"))
    rows = post.rows()
    assert [(row.destination_id, row.host, row.state, row.waits_for_id) for row in rows] == [
        (open_ids[0], "a", "due", None)
    ]
    assert rows[0].expires == post.message().expires


def test_hosts_take_turns_in_the_outbox(post):
    """Where half of all receivers are at one host, a look at the first rows still finds work for the others."""
    post.destinations("a/1", "a/2", "a/3", "b/1", "b/2", "c/1")
    post.publish()
    assert [row.host for row in sorted(post.rows(), key=lambda row: row.id)] == ["a", "b", "c", "a", "b", "a"]


def test_bodies_are_stored_once_a_channel_byte_for_byte(post):
    post.destinations(*(f"h/{n}" for n in range(20)))
    frozen = {"obedient": {"z": 'é\u2028"', "a": [1, None, {"b": True}]}}
    with post.app.app_context(), transaction() as session:
        outbox.record(session, post.message(), frozen, follows_id=None, withdraw=False, now=post.clock.now())
    with post.app.app_context():
        assert reading().scalars(sa.select(bodies.c.body)).all() == ['{"z":"é\u2028\\"","a":[1,null,{"b":true}]}']
    post.run()
    assert {tuple(outgoing.body) for outgoing in post.adapter().seen} == {("z", "a")}
    assert all(dict(outgoing.body) == frozen["obedient"] for outgoing in post.adapter().seen)


def test_nothing_is_recorded_when_the_decision_is_rolled_back(post):
    post.destinations("a/1")
    with post.app.app_context(), pytest.raises(ZeroDivisionError), transaction() as session:
        outbox.record(session, post.message(), {"obedient": {}}, follows_id=None, withdraw=False, now=post.clock.now())
        raise ZeroDivisionError
    assert post.rows() == []


@pytest.mark.parametrize(
    ("higher", "lower"),
    [
        (("Actual", "Immediate", "Minor"), ("Actual", "Expected", "Extreme")),
        (("Actual", "Expected", "Extreme"), ("Actual", "Expected", "Severe")),
        (("Actual", "Unknown", "Unknown"), ("Exercise", "Immediate", "Extreme")),
        (("Actual", "Future", "Minor"), ("Actual", "Past", "Extreme")),
    ],
)
def test_what_is_more_urgent_goes_first(higher, lower):
    assert outbox.priority(*higher) > outbox.priority(*lower)


def test_a_follow_up_goes_where_the_incident_went_and_never_to_new_ones(post):
    post.destinations("a/1", "b/1")
    post.publish("a1")
    post.run()
    post.destinations("new/1")
    post.publish("a2", follows="a1", msg_type="Update")
    first, second = post.rows("a1"), post.rows("a2")
    assert [row.address for row in second] == ["a/1", "b/1"]
    assert [row.waits_for_id for row in second] == [row.id for row in first]


def test_a_follow_up_leaves_out_a_closed_destination(post):
    post.destinations("a/1", "b/1")
    post.publish("a1")
    with post.app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE destination SET enabled = (address <> 'b/1')"))
    post.publish("a2", follows="a1", msg_type="Update")
    assert [row.address for row in post.rows("a2")] == ["a/1"]


# What was withdrawn -> (state of the first delivery afterwards, whether the follow-up goes there).
WITHDRAWN = [
    ("never left, corrected", "Update", {}, ("cancelled", True)),
    ("never left, cancelled", "Cancel", {}, ("cancelled", False)),
    ("may have left, corrected", "Update", {"doubtful": True}, ("unknown", True)),
    ("may have left, cancelled", "Cancel", {"doubtful": True}, ("unknown", True)),
    ("under way, cancelled", "Cancel", {"state": "leased"}, ("leased", True)),
    ("accepted, cancelled", "Cancel", {"state": "accepted"}, ("accepted", True)),
    ("failed, cancelled", "Cancel", {"state": "failed"}, ("failed", True)),
]


@pytest.mark.parametrize(
    ("msg_type", "before", "after"), [case[1:] for case in WITHDRAWN], ids=[c[0] for c in WITHDRAWN]
)
def test_withdrawing(post, msg_type, before, after):
    post.destinations("a/1")
    post.publish("a1")
    if before:
        with post.app.app_context(), transaction() as session:
            session.execute(sa.update(deliveries).values(**before))
    post.publish("a2", follows="a1", msg_type=msg_type, withdraw=True, urgency="Past")
    (first,) = post.rows("a1")
    assert (first.state, bool(post.rows("a2"))) == after
    assert first.withdrawn is (before.get("state", "due") in {"due", "leased"})


def test_a_plain_update_withdraws_nothing(post):
    post.destinations("a/1")
    post.publish("a1")
    post.publish("a2", follows="a1", msg_type="Update")
    assert [(row.state, row.withdrawn) for row in post.rows("a1")] == [("due", False)]


def test_taking_back_a_false_alarm_is_as_urgent_as_the_alarm(post):
    post.destinations("a/1")
    post.publish("a1", urgency="Immediate", severity="Extreme")
    post.publish("a2", follows="a1", msg_type="Update", withdraw=True, urgency="Past", severity="Minor")
    assert post.rows("a2")[0].priority == post.rows("a1")[0].priority


def test_a_follow_up_waits_for_the_last_message_that_was_not_cancelled(post):
    post.destinations("a/1")
    post.publish("a1")
    post.run()
    post.publish("a2", follows="a1", msg_type="Update")
    post.publish("a3", follows="a2", msg_type="Update", withdraw=True)
    assert post.states("a2") == ["cancelled"]
    assert [row.waits_for_id for row in post.rows("a3")] == [row.id for row in post.rows("a1")]


def test_the_claim_reads_an_index_of_open_rows_in_its_order(tmp_path, stages):
    """SQLite says so itself: the partial index, and no sorting."""
    stages.enter(make_app(f"sqlite:///{tmp_path / 'plan.sqlite'}"), "tables", db.create_all)
    with closing(sqlite3.connect(tmp_path / "plan.sqlite")) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT id FROM delivery WHERE state = 'due' AND lane = 0 AND next_attempt_at <= 'x' "
            "ORDER BY priority DESC, next_attempt_at"
        ).fetchall()
    assert "ix_delivery_due" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
