"""Unknown outcomes settled by asking the far side: what is found, who asks, and what follows."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.channels.contract import Acceptance, PermanentChannelError, TransientChannelError, UnknownOutcomeError
from hub.dispatch import doubts, service
from hub.dispatch.doubt_models import doubts as table
from hub.dispatch.models import deliveries
from hub.dispatch.states import MOVES, DeliveryState
from hub.dispatch.watch import Lookout
from hub.kernel.db import reading, transaction
from hub.kernel.phrase import Phrase
from tests.dispatch.post import OFFICER, PATIENCE, OnceAdapter, make_channel

REASON = Phrase("no")
PROOF = Acceptance("r7", "https://there.example/r7")
MINUTES = timedelta(minutes=1)


class AskedAdapter(OnceAdapter):
    """A far side that is asked: ``found`` is what it says, or raises."""

    kind = "asked"
    can_read_back = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.found = None
        self.looks = []
        self.gate = None

    def read_back(self, outgoing):
        with self.lock:
            self.looks.append(outgoing)
        if self.gate:
            self.gate(outgoing)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def lose(_outgoing):
    raise UnknownOutcomeError(REASON)


@pytest.fixture
def far(post):
    """The adapter of the channel `asked`, which loses every answer, and its one destination."""
    post.channels["asked"] = make_channel(AskedAdapter, post.clock)
    post.destinations("a/1", channel_id="asked")
    far = post.adapter("asked")
    far.answer = lose
    return far


@pytest.fixture
def lookout(post, far):
    """Makes lookouts of dispatchers that have given their first sign of life."""
    made = []

    def make():
        one = Lookout(post.app.app_context, post.channels, post.clock, 0)
        made.append(one)
        one.come_round()
        return one

    yield make
    for one in made:
        one.leave()


def look(one):
    """One round of a dispatcher, and the end of the looks that it took on."""
    one.come_round()
    one._doubts.join(PATIENCE)


def entries(post):
    with post.app.app_context():
        found = reading().execute(sa.select(AuditEntry).order_by(AuditEntry.seq)).scalars()
        return [(entry.actor_kind, entry.action, json.loads(entry.detail)) for entry in found]


def found_words(post):
    return [detail["found"] for _, action, detail in entries(post) if action == "delivery.read_back"]


def asked(post):
    (row,) = post.rows()
    with post.app.app_context():
        return doubts.asked(reading(), [row.id])[row.id]


def doubtful(post, publication_id="a1", **changes):
    post.publish(publication_id, ("asked",), **changes)
    post.run()
    assert post.states(publication_id) == ["unknown"]


def test_what_is_there_is_accepted_with_its_proof(post, far, lookout):
    doubtful(post)
    far.found = PROOF
    look(lookout())
    (row,) = post.rows()
    assert (row.state, row.remote_id, row.remote_url, row.doubtful, row.error) == (
        "accepted",
        PROOF.remote_id,
        PROOF.remote_url,
        False,
        None,
    )
    ((kind, action, detail),) = entries(post)
    assert (kind, action, detail["found"], detail["state"]) == ("hub", "delivery.read_back", "there", "accepted")
    (sent,), (looked,) = far.seen, far.looks
    assert (looked.body, looked.idempotency_key, looked.destination) == (
        sent.body,
        sent.idempotency_key,
        sent.destination,
    )
    assert looked.first_attempt_at == sent.first_attempt_at


def test_not_there_is_believed_only_after_a_while_and_then_it_is_due_again(post, far, lookout):
    doubtful(post)
    one = lookout()
    look(one)
    assert post.states() == ["unknown"]
    assert (asked(post).looking, found_words(post)) == (True, [])
    post.clock.advance(119)
    look(one)
    assert (post.states(), len(far.looks)) == (["unknown"], 1)
    post.clock.advance(1)
    look(one)
    assert (post.states(), len(far.looks), found_words(post)) == (["due"], 2, ["absent"])
    far.answer = lambda _: PROOF
    post.run()
    assert post.states() == ["accepted"]
    first, second = far.seen
    assert first.idempotency_key == second.idempotency_key


def test_each_attempt_has_a_doubt_of_its_own(post, far, lookout):
    doubtful(post)
    one = lookout()
    post.clock.advance(120)
    look(one)
    post.run()
    assert post.states() == ["unknown"]
    far.found = PROOF
    look(one)
    assert (post.states(), found_words(post)) == (["accepted"], ["absent", "there"])


@pytest.mark.parametrize("withdrawn", [True, False])
def test_what_is_not_there_and_has_no_time_left_is_never_sent(post, far, lookout, withdrawn):
    doubtful(post)
    with post.app.app_context(), transaction() as session:
        session.execute(sa.update(deliveries).values(withdrawn=withdrawn))
    post.clock.advance(6 * 3600)
    look(lookout())
    post.run()
    assert (post.states(), len(far.seen)) == (["cancelled" if withdrawn else "expired"], 1)


def test_what_was_followed_meanwhile_is_not_sent_after_it(post, far, lookout):
    doubtful(post)
    far.answer = lambda _: PROOF
    post.publish("a2", ("asked",), follows="a1", msg_type="Update")
    post.run()
    post.clock.advance(120)
    look(lookout())
    assert (post.states(), post.states("a2"), len(far.seen)) == (["failed"], ["accepted"], 2)


def test_a_proof_of_another_alert_with_the_same_text_proves_nothing(post, far, lookout):
    far.answer = lambda _: PROOF
    post.publish("b1", ("asked",))
    post.run()
    far.answer = lose
    doubtful(post)
    far.found = PROOF
    look(lookout())
    assert (post.states(), found_words(post)) == (["unknown"], ["unclear"])
    assert "another alert" in str(asked(post).reason)


@pytest.mark.parametrize("error", [PermanentChannelError(REASON), ZeroDivisionError(), KeyError("x")])
def test_what_cannot_be_told_is_left_to_a_person(post, far, lookout, error):
    doubtful(post)
    far.found = error
    one = lookout()
    look(one)
    post.clock.advance(3600)
    look(one)
    assert (post.states(), len(far.looks), found_words(post)) == (["unknown"], 1, ["unclear"])
    shown = asked(post)
    assert (shown.looking, shown.attempted_at) == (False, post.clock.now() - 60 * MINUTES)


@pytest.mark.parametrize("error", [TransientChannelError(REASON), UnknownOutcomeError(REASON)])
def test_who_does_not_answer_is_asked_again_with_growing_pauses(post, far, lookout, error):
    doubtful(post)
    far.found = error
    one = lookout()
    for number, pause in enumerate((0, 30, 60, 120, 240, 480), start=1):
        if pause:
            post.clock.advance(pause - 1)
            look(one)
            assert len(far.looks) == number - 1
            post.clock.advance(1)
        assert found_words(post) == []
        look(one)
        assert len(far.looks) == number
    assert (post.states(), asked(post).looking, found_words(post)) == (["unknown"], False, ["unclear"])


def test_a_pause_that_is_asked_for_is_kept(post, far, lookout):
    doubtful(post)
    far.found = TransientChannelError(REASON, 300)
    one = lookout()
    look(one)
    post.clock.advance(299)
    look(one)
    assert len(far.looks) == 1
    post.clock.advance(1)
    look(one)
    assert len(far.looks) == 2


def test_a_person_may_be_quicker(post, far, lookout):
    doubtful(post)
    far.found = PROOF
    one = lookout()
    (row,) = post.rows()

    def settle_meanwhile(_outgoing):
        with post.app.app_context():
            service.settle(row.id, there=False, actor=OFFICER, now=post.clock.now())

    far.gate = settle_meanwhile
    look(one)
    assert post.states() == ["failed"]
    assert [action for _, action, _ in entries(post)] == ["delivery.settled"]
    look(one)
    assert len(far.looks) == 1


def test_one_look_however_many_dispatchers(post, far, lookout):
    doubtful(post)
    many = [lookout() for _ in range(5)]
    start = threading.Barrier(len(many))

    def come(one):
        start.wait()
        look(one)

    threads = [threading.Thread(target=come, args=[one]) for one in many]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(far.looks) == 1


def test_another_dispatcher_looks_when_the_first_one_died(post, far, lookout):
    doubtful(post)
    with post.app.app_context(), transaction() as session:  # a dispatcher took it on, and was killed
        assert doubts.Doubts(post.app.app_context, post.channels, post.clock).claim(session, post.clock.now())
    one = lookout()
    look(one)
    assert far.looks == []
    post.clock.advance(300)
    far.found = PROOF
    look(one)
    assert post.states() == ["accepted"]


def test_the_far_side_is_asked_with_no_transaction_open(post, far, lookout):
    doubtful(post)
    far.found = PROOF
    written = []

    def write_meanwhile(_outgoing):
        with post.app.app_context(), transaction() as session:  # would wait for a writer, and fail inside another one
            session.execute(sa.update(table).values(looks=table.c.looks))
        written.append(True)

    far.gate = write_meanwhile
    look(lookout())
    assert (written, post.states()) == ([True], ["accepted"])


def test_channels_that_cannot_be_asked_are_left_alone(post, far, lookout):
    post.destinations("b/1", channel_id="once")
    post.adapter("once").answer = lose
    post.publish("b1", ("once",))
    post.run()
    look(lookout())
    assert post.states("b1") == ["unknown"]
    with post.app.app_context():
        assert reading().execute(sa.select(table)).all() == []


def test_old_doubts_are_history(post, far, lookout):
    doubtful(post)
    post.clock.advance(24 * 3600)
    look(lookout())
    assert far.looks == []


def test_every_move_is_an_allowed_one():
    for state in (
        DeliveryState.ACCEPTED,
        DeliveryState.DUE,
        DeliveryState.CANCELLED,
        DeliveryState.EXPIRED,
        DeliveryState.FAILED,
    ):
        assert state in MOVES[DeliveryState.UNKNOWN]
