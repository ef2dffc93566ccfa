"""Work that comes round by the clock: once in its time, whoever looks."""

from __future__ import annotations

from datetime import timedelta

from hub.dispatch.rounds import Round

HOUR = timedelta(hours=1)


class Counted:
    def __init__(self, fails=False):
        self.times = 0
        self.fails = fails

    def __call__(self):
        self.times += 1
        if self.fails:
            raise RuntimeError


def test_a_round_is_done_once_in_its_time_by_one_of_many(post):
    sweep, broken = Counted(), Counted(fails=True)
    hosts = [
        Round(name, HOUR, work, post.app.app_context, post.clock)
        for name, work in (("sweep", sweep), ("broken", broken))
        for _ in range(3)
    ]

    def come_round():
        for one in hosts:
            one()
            one.join(20)

    come_round()
    come_round()
    assert (sweep.times, broken.times) == (1, 1)
    post.clock.advance(3599)
    come_round()
    assert (sweep.times, broken.times) == (1, 1)
    post.clock.advance(1)
    come_round()
    assert (sweep.times, broken.times) == (2, 2), "one that failed has its next round"
