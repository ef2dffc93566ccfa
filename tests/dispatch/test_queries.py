"""What people see: progress, waiting work, trouble."""

from __future__ import annotations

import pytest

from hub.channels.contract import Acceptance, PermanentChannelError, TransientChannelError
from hub.dispatch import queries
from hub.dispatch.reasons import clean, restored, stored
from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase


def answer(outgoing):
    """Addresses say what happens there."""
    word = outgoing.destination.address.partition("/")[2]
    if word == "refuse":
        raise PermanentChannelError(Phrase("%(host)s refused", host=Phrase("the %(thing)s", thing="peer")))
    if word == "later":
        raise TransientChannelError(Phrase("later"))
    return Acceptance("id", "http://peer/id")


@pytest.fixture
def busy(post):
    for channel_id in ("obedient", "once"):
        post.adapter(channel_id).answer = answer
        post.destinations("a/ok", "b/ok", "c/later", "d/refuse", channel_id=channel_id)
    post.publish("a1", ("obedient", "once"))
    return post


def test_progress_counts_by_channel_and_shows_trouble_first(busy):
    busy.run()
    with busy.app.app_context():
        found = queries.progress(reading(), "a1", sample=3)
    assert (found.total, found.finished, found.done) == (8, 6, False)
    assert found.by_state == {"accepted": 4, "due": 2, "failed": 2}
    first = found.channels[0]
    assert (first.channel_id, first.total, first.finished) == ("obedient", 4, 3)
    assert [row.address for row in first.deliveries] == ["d/refuse", "c/later", "a/ok"]
    assert str(first.deliveries[0].error) == "the peer refused"
    assert first.deliveries[2].remote_url == "http://peer/id"


def test_progress_of_a_publication_that_nobody_receives(post):
    post.publish("a1")
    with post.app.app_context():
        found = queries.progress(reading(), "a1")
        assert (found.total, found.done, dict(found.by_state)) == (0, True, {})
        with pytest.raises(NotFound):
            queries.progress(reading(), "other")


def test_what_waits(busy):
    with busy.app.app_context():
        before = queries.waiting_summary(reading(), busy.clock.now())
    busy.run()
    with busy.app.app_context():
        after = queries.waiting_summary(reading(), busy.clock.now())
    assert (before.due, before.later, before.under_way, before.total) == (8, 0, 0, 8)
    assert before.since == busy.clock.now()
    assert before.by_channel == {"obedient": 4, "once": 4}
    assert (after.due, after.later, after.by_channel) == (2, 2, {"obedient": 1, "once": 1})


def test_nothing_waits(post):
    with post.app.app_context():
        assert queries.waiting_summary(reading(), post.clock.now()) == queries.Waiting(0, 0, 0, None)


def test_recent_failures_are_shown_until_they_are_settled(busy):
    busy.run()
    with busy.app.app_context():
        assert [row.address for row in queries.recent_failures(reading())] == ["d/refuse", "d/refuse"]
        assert len(queries.recent_failures(reading(), limit=1)) == 1


def test_one_delivery_is_read_by_its_number(busy):
    busy.run()
    with busy.app.app_context():
        failed = queries.recent_failures(reading())[0]
        assert queries.delivery_row(reading(), failed.id) == failed
        with pytest.raises(NotFound):
            queries.delivery_row(reading(), 999)


@pytest.mark.parametrize(
    "phrase",
    [
        Phrase("plain"),
        Phrase("%(n)s of %(what)s", n=3, what=Phrase("%(x)s", x=1.5)),
        Phrase("%(t)s", t="100 % \u2028 'quoted' \"\\"),
    ],
)
def test_a_reason_comes_back_as_it_was(phrase):
    assert restored(stored(phrase)) == phrase


def test_a_reason_cannot_break_the_database():
    found = restored(stored(Phrase("%(page)s", page="\0\ud800" + "x" * 10_000)))
    assert str(found) == "?" + "x" * 499
    assert clean("a\0b") == "ab"
    assert restored(None) is None


def test_when_each_channel_last_accepted_something(busy):
    with busy.app.app_context():
        assert queries.last_acceptances(reading()) == {}
    busy.run()
    moment = busy.clock.now()
    busy.clock.advance(60)
    with busy.app.app_context():
        assert queries.last_acceptances(reading()) == {"obedient": moment, "once": moment}


def test_the_bodies_are_shown_as_they_were_frozen(busy):
    with busy.app.app_context():
        text = {"text": "http://hub.example/a1"}
        assert queries.frozen_bodies(reading(), "a1") == {"obedient": text, "once": text}
