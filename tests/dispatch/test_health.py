"""What the health page and the metrics read: how destinations stand, what waits."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from hub.channels.contract import Acceptance, PermanentChannelError, TransientChannelError
from hub.dispatch import health
from hub.dispatch.destinations import disable_destination
from hub.dispatch.health import Check
from hub.dispatch.models import deliveries
from hub.kernel.db import reading, transaction
from hub.kernel.phrase import Phrase


def read(post, query):
    with post.app.app_context():
        return query(reading())


class TestStandings:
    def standings(self, post):
        return {one.label: one for one in read(post, lambda session: health.standings(session, post.channels))}

    def forecast(self, post):
        found = read(post, lambda session: health.standings(session, post.channels))
        told = health.forecast(found, {})
        return told.accepting, told.total, told.untried

    def test_the_latest_telling_delivery_decides(self, post):
        post.destinations("good/1", "bad/1", "slow/1", "new/1")
        post.adapter().answer = self.answer
        post.publish("a1")
        post.run()
        found = self.standings(post)
        assert {label: str(one.state) for label, one in found.items()} == {
            "good/1": "accepted",
            "bad/1": "failed",
            "slow/1": "due",
            "new/1": "accepted",
        }
        assert self.forecast(post) == (2, 4, 0)
        # What was cancelled says nothing about the far side; what is accepted later does.
        with post.app.app_context(), transaction() as session:
            session.execute(sa.update(deliveries).where(deliveries.c.state == "due").values(state="cancelled"))
        assert self.standings(post)["slow/1"].state is None
        post.adapter().answer = lambda _: Acceptance("id")
        post.clock.advance(60)
        post.publish("a2")
        post.run()
        assert self.forecast(post) == (4, 4, 0)
        assert self.standings(post)["bad/1"].accepted_at == post.clock.now()
        assert self.standings(post)["bad/1"].took == timedelta(0)

    def answer(self, outgoing):
        host = outgoing.destination.address.partition("/")[0]
        if host == "bad":
            raise PermanentChannelError(Phrase("no"))
        if host == "slow":
            raise TransientChannelError(Phrase("later"))
        return Acceptance("id")

    def test_closed_destinations_and_unknown_channels_do_not_count(self, post):
        first, _ = post.destinations("a/1", "b/1")
        with post.app.app_context():
            disable_destination(first, post.clock.now())
        assert self.forecast(post) == (1, 1, 1)
        assert read(post, lambda session: health.standings(session, ["other"])) == []

    def test_queues(self, post):
        post.destinations("a/1", "b/1", "c/1", "d/1")
        post.publish()
        early = post.clock.now()
        post.clock.advance(30)
        now = post.clock.now()
        ids = [row.id for row in post.rows()]
        with post.app.app_context(), transaction() as session:

            def change(delivery_id, **values):
                session.execute(sa.update(deliveries).where(deliveries.c.id == delivery_id).values(**values))

            change(ids[1], next_attempt_at=now + timedelta(seconds=1))
            change(ids[2], state="leased", lease_until=now + timedelta(seconds=1), lease_token="t")
            change(ids[3], state="leased", lease_until=now, lease_token="t")
        found = read(post, lambda session: health.queues(session, now))
        assert found == {"obedient": health.Queue(due=1, later=1, leased=2, lapsed=1, since=early)}


def test_a_failed_check_speaks_for_all_destinations_of_its_channel(post):
    post.destinations("a/1", "b/1")
    post.destinations("c/1", channel_id="once")
    found = read(post, lambda session: health.standings(session, post.channels))
    fault = Phrase("the token is not known")
    for looks, accepting in (
        ({}, 3),
        ({"obedient": Check(post.clock.now(), None)}, 3),
        ({"obedient": Check(post.clock.now(), fault)}, 1),
        ({"once": Check(post.clock.now(), fault), "gone": Check(post.clock.now(), fault)}, 2),
    ):
        assert health.forecast(found, looks) == health.Forecast(3, accepting, accepting)


def test_the_latest_delivery_of_a_destination_is_found_by_an_index(post):
    numbers = post.destinations("a/1")
    with post.app.app_context(), transaction() as session:
        latest = "SELECT max(id) FROM delivery WHERE destination_id = :id"
        if session.get_bind().dialect.name == "sqlite":
            told = session.execute(sa.text("EXPLAIN QUERY PLAN " + latest), {"id": numbers[0]})
        else:
            session.execute(sa.text("SET LOCAL enable_seqscan = off"))  # an empty table is read whole
            told = session.execute(sa.text("EXPLAIN " + latest), {"id": numbers[0]})
        assert "ix_delivery_destination" in str(told.all())
