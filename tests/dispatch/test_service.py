"""What an officer decides: send again, settle, stop, go on; each with its audit entry."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.channels.contract import Acceptance, PermanentChannelError, UnknownOutcomeError
from hub.dispatch import queries, service
from hub.dispatch.models import deliveries
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Conflict, NotFound
from hub.kernel.phrase import Phrase
from tests.dispatch.post import OFFICER

REASON = Phrase("no")


def audited(post):
    with post.app.app_context():
        return list(reading().execute(sa.select(AuditEntry.actor_name, AuditEntry.action).order_by(AuditEntry.seq)))


def ended(post, error, channel_id="once"):
    """One delivery whose only attempt ended with ``error``."""
    post.destinations("a/1", channel_id=channel_id)

    def answer(_outgoing):
        raise error

    post.adapter(channel_id).answer = answer
    post.publish("a1", (channel_id,))
    post.run()
    post.adapter(channel_id).answer = lambda _: Acceptance("id")
    (row,) = post.rows()
    return row.id


def resend(post, delivery_id):
    with post.app.app_context():
        service.resend(delivery_id, actor=OFFICER, now=post.clock.now())


def settle(post, delivery_id, *, there):
    with post.app.app_context():
        service.settle(delivery_id, there=there, actor=OFFICER, now=post.clock.now())


def test_a_failed_delivery_is_sent_again_with_the_same_key(post):
    delivery_id = ended(post, PermanentChannelError(REASON))
    resend(post, delivery_id)
    post.run()
    first, second = post.adapter("once").seen
    assert first.idempotency_key == second.idempotency_key
    assert post.states() == ["accepted"]
    assert post.outcomes(delivery_id) == ["permanent", "accepted"]
    assert audited(post) == [("Anne Roy", "delivery.resent")]


def test_after_an_unknown_outcome_sending_again_takes_a_key_of_its_own(post):
    delivery_id = ended(post, UnknownOutcomeError(REASON))
    resend(post, delivery_id)
    post.run()
    keys = [outgoing.idempotency_key for outgoing in post.adapter("once").seen]
    assert keys[1] == f"{keys[0]}-1"
    assert post.states() == ["accepted"]


@pytest.mark.parametrize("state", ["due", "leased", "accepted", "cancelled", "expired"])
def test_only_what_failed_can_be_sent_again(post, state):
    delivery_id = ended(post, PermanentChannelError(REASON))
    with post.app.app_context(), transaction() as session:
        session.execute(sa.update(deliveries).values(state=state))
    with pytest.raises(Conflict):
        resend(post, delivery_id)
    assert post.states() == [state]
    assert audited(post) == []


def test_an_ended_alert_is_not_sent_again(post):
    delivery_id = ended(post, PermanentChannelError(REASON))
    post.clock.advance(6 * 3600)
    with pytest.raises(Conflict, match="has ended"):
        resend(post, delivery_id)


def test_a_message_that_was_followed_is_not_sent_again(post):
    delivery_id = ended(post, PermanentChannelError(REASON))
    post.publish("a2", ("once",), follows="a1", msg_type="Update")
    with pytest.raises(Conflict, match="later message"):
        resend(post, delivery_id)


@pytest.mark.parametrize(("there", "state"), [(True, "accepted"), (False, "failed")])
def test_a_doubt_is_settled_by_looking(post, there, state):
    delivery_id = ended(post, UnknownOutcomeError(REASON))
    settle(post, delivery_id, there=there)
    (row,) = post.rows()
    assert (row.state, row.doubtful, "Anne Roy" in row.error) == (state, False, True)
    assert audited(post) == [("Anne Roy", "delivery.settled")]
    with pytest.raises(Conflict):
        settle(post, delivery_id, there=there)


@pytest.mark.parametrize("command", [resend, lambda post, one: settle(post, one, there=True)])
def test_a_delivery_that_does_not_exist(post, command):
    with pytest.raises(NotFound):
        command(post, 12345)


def test_nothing_is_sent_while_sending_is_stopped(post):
    post.destinations("a/1")
    for number in (1, 2):
        with post.app.app_context():
            service.stop_all(reason=f"reason {number}", actor=OFFICER, now=post.clock.now())
    post.publish()
    post.run()
    assert post.states() == ["due"]
    with post.app.app_context():
        assert queries.sending_stopped(reading()) == queries.Stop("Anne Roy", post.clock.now(), "reason 2")
        service.resume(actor=OFFICER, now=post.clock.now())
        assert queries.sending_stopped(reading()) is None
    post.run()
    assert post.states() == ["accepted"]
    assert [action for _, action in audited(post)] == ["sending.stopped", "sending.stopped", "sending.resumed"]
