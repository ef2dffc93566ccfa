"""A correction after an outcome that nobody knows (fault F24)."""

from __future__ import annotations

from hub.channels.contract import Acceptance, UnknownOutcomeError
from hub.kernel.phrase import Phrase


def test_a_correction_goes_where_the_alert_may_have_arrived(post):
    post.destinations("x/1", channel_id="once")

    def lost(_outgoing):
        raise UnknownOutcomeError(Phrase("no answer"))

    post.adapter("once").answer = lost
    post.publish(channel_ids=("once",))
    post.run()
    assert post.states() == ["unknown"]
    post.adapter("once").answer = lambda _outgoing: Acceptance("r1")
    post.publish("a2", ("once",), follows="a1", withdraw=True, msg_type="Update")
    post.run()
    assert (post.states(), post.states("a2")) == (["unknown"], ["accepted"])
    assert len(post.adapter("once").seen) == 2
