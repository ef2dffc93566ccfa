"""Bulkheads: what may start, and what is held apart."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from hub.channels.contract import Destination
from hub.dispatch.lanes import NOTHING, Lanes
from hub.dispatch.lease import Claimed
from hub.dispatch.models import FAST_LANE, SLOW_LANE
from tests.dispatch.post import PATIENCE

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)


def attempt(
    number: int, host: str, lane: int = FAST_LANE, priority: int = 100, destination: int | None = None
) -> Claimed:
    return Claimed(
        delivery_id=number,
        publication_id="p",
        status="Actual",
        channel_id="c",
        host=host,
        destination=Destination(destination or number, host),
        body={},
        token="t",
        lease_until=NOW,
        number=1,
        lane=lane,
        priority=priority,
        resends=0,
        doubtful=False,
        first_attempt_at=NOW,
        expires=NOW,
        follows=None,
    )


class Calls:
    def __init__(self) -> None:
        self.number = 0

    def __call__(self) -> None:
        self.number += 1


def lanes(calls: Calls | None = None, **changes) -> Lanes:
    return Lanes(**({"threads": (4, 4), "room": 10, "per_host": 2, "on_room": calls or Calls()} | changes))


def wait_until(true) -> None:
    """Until another thread has done it; bounded."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def taken(lanes: Lanes, number: int, lane: int = FAST_LANE) -> list[int]:
    return [lanes.take(lane).delivery_id for _ in range(number)]


def test_one_attempt_at_a_time_goes_to_a_destination():
    queue = lanes()
    first = attempt(1, "town", destination=9)
    queue.put([first, attempt(2, "town", destination=9), attempt(3, "town")])
    assert taken(queue, 2) == [1, 3]
    queue.done(first)
    assert taken(queue, 1) == [2]


def test_the_lanes_share_one_place_at_a_destination():
    queue = lanes()
    slow, fast = attempt(1, "town", SLOW_LANE, destination=9), attempt(2, "town", priority=500, destination=9)
    queue.put([slow])
    assert taken(queue, 1, SLOW_LANE) == [1]
    queue.put([fast, attempt(3, "town")])
    assert taken(queue, 1) == [3]
    assert queue.most_urgent(FAST_LANE) == 500
    queue.done(slow)
    assert taken(queue, 1) == [2]


def test_what_waits_behind_a_destination_is_given_back_too():
    queue = lanes()
    queue.put([attempt(1, "town", destination=9), attempt(2, "town", destination=9), attempt(3, "town")])
    assert taken(queue, 2) == [1, 3]
    assert [one.delivery_id for one in queue.clear()] == [2]


def test_a_full_host_is_passed_over_until_one_of_its_attempts_is_done():
    queue = lanes()
    first = attempt(1, "slow")
    queue.put([first, attempt(2, "slow"), attempt(3, "slow"), attempt(4, "slow"), attempt(5, "quick")])
    assert taken(queue, 3) == [1, 2, 5]
    queue.done(first)
    assert taken(queue, 1) == [3]


def test_the_slow_lane_gives_one_host_only_a_part_of_itself():
    queue = lanes(threads=(4, 8), per_host=16)
    queue.put([attempt(n, "hung", SLOW_LANE) for n in range(5)] + [attempt(9, "other", SLOW_LANE)])
    assert taken(queue, 3, SLOW_LANE) == [0, 1, 9]


def test_lanes_share_a_hosts_places():
    queue = lanes()
    first = attempt(1, "h")
    queue.put([first, attempt(2, "h", SLOW_LANE), attempt(3, "h")])
    assert taken(queue, 1) == [1]
    assert taken(queue, 1, SLOW_LANE) == [2]
    queue.done(first)
    assert taken(queue, 1) == [3]


def test_saturated_hosts_are_those_that_have_their_share_waiting_or_under_way():
    queue = lanes()
    assert queue.saturated() == frozenset()
    queue.put([attempt(1, "a"), attempt(2, "a"), attempt(3, "b"), attempt(4, "b")])
    assert queue.saturated() == frozenset()
    queue.put([attempt(5, "a")])
    taken(queue, 2)
    assert queue.saturated() == {"a"}


def test_a_lane_has_room_when_it_runs_low_and_says_so_once():
    calls = Calls()
    queue = lanes(calls)
    assert queue.room(FAST_LANE) == 10
    queue.put(attempt(n, f"h{n}") for n in range(5))
    assert queue.room(FAST_LANE) == 0
    taken(queue, 1)
    assert calls.number == 0
    taken(queue, 2)
    assert calls.number == 1
    assert queue.room(FAST_LANE) == 8


def test_a_host_that_was_passed_over_calls_when_it_has_room():
    calls = Calls()
    queue = lanes(calls, threads=(8, 4))
    ours = [attempt(n, "a") for n in range(1, 5)]
    queue.put(ours)
    assert queue.saturated() == {"a"}
    queue.put([])
    taken(queue, 2)
    queue.done(ours[0])
    assert calls.number == 0
    queue.done(ours[1])
    assert calls.number == 1
    assert taken(queue, 1) == [3]
    assert queue.saturated() == frozenset()


def test_a_full_lane_calls_for_no_host_before_it_runs_low():
    calls = Calls()
    queue = lanes(calls, room=20)
    ours = [attempt(n, "a") for n in range(1, 4)]
    queue.put([*ours, *(attempt(n, f"h{n}") for n in range(4, 9))])
    assert queue.saturated() == {"a"}
    queue.put([])
    assert taken(queue, 2) == [1, 2]
    queue.done(ours[0])
    assert calls.number == 0, "six wait for four threads"
    taken(queue, 3)
    assert calls.number == 1


def test_room_that_comes_while_a_claim_looks_is_told_at_its_end():
    calls = Calls()
    queue = lanes(calls)
    ours = [attempt(n, "a") for n in range(1, 4)]
    queue.put(ours)
    taken(queue, 2)
    assert queue.saturated() == {"a"}
    queue.done(ours[0])
    assert calls.number == 0
    queue.put([])
    assert calls.number == 1


def test_a_full_lane_calls_when_the_urgent_that_it_took_have_started():
    """A claim takes a share of each host: there may be more."""
    calls = Calls()
    queue = lanes(calls, room=20)
    queue.put(attempt(n, f"h{n}") for n in range(1, 9))
    assert queue.room(FAST_LANE) == 0
    queue.put([attempt(10, "u", priority=144), attempt(11, "v", priority=144)])
    queue.press(FAST_LANE, 144)
    assert taken(queue, 1) == [10]
    assert calls.number == 0
    assert taken(queue, 1) == [11]
    assert calls.number == 1
    taken(queue, 1)
    assert calls.number == 1


def test_the_most_urgent_starts_first_whenever_it_came():
    queue = lanes(room=20)
    queue.put([attempt(1, "a"), attempt(2, "b"), attempt(3, "c")])
    queue.put([attempt(4, "d", priority=144), attempt(5, "e", priority=120)])
    assert taken(queue, 5) == [4, 5, 1, 2, 3]


def test_the_most_urgent_goes_before_the_others_of_a_full_host():
    queue = lanes()
    first = attempt(1, "a")
    queue.put([first, attempt(2, "a"), attempt(3, "a"), attempt(4, "b")])
    assert taken(queue, 3) == [1, 2, 4]
    queue.put([attempt(5, "a", priority=144)])
    queue.done(first)
    assert taken(queue, 1) == [5]


def test_reserved_threads_start_only_what_is_more_urgent_than_something_under_way():
    queue = lanes(room=20)
    queue.put([attempt(1, "a"), attempt(2, "b"), attempt(3, "c")])
    assert taken(queue, 2) == [1, 2]
    queue.put([attempt(4, "d", priority=144), attempt(5, "e", priority=144), attempt(6, "f", priority=100)])
    assert [queue.take(FAST_LANE, reserved=True).delivery_id for _ in range(2)] == [4, 5]
    started = []
    threading.Thread(target=lambda: started.append(queue.take(FAST_LANE, reserved=True)), daemon=True).start()
    assert taken(queue, 2) == [3, 6]
    assert started == []
    queue.put([attempt(7, "g", priority=120)])
    wait_until(lambda: [one.delivery_id for one in started] == [7])


def test_one_start_in_eight_is_for_whoever_has_waited_longest():
    queue = lanes(room=30)
    queue.put([attempt(1, "x", priority=0), attempt(2, "y", priority=0)])
    queue.put([attempt(n, f"h{n}", priority=144) for n in range(10, 30)])
    started = taken(queue, 16)
    assert [n for n in started if n < 10] == [1, 2]
    assert started.index(1) == 7
    assert started.index(2) == 15


def test_what_is_urgent_is_known_while_it_waits_and_then_while_it_is_under_way():
    queue = lanes()
    assert queue.most_urgent(FAST_LANE) == NOTHING
    one = attempt(1, "a", priority=144)
    queue.put([one, attempt(2, "a", priority=100), attempt(3, "a", priority=120)])
    assert (queue.most_urgent(FAST_LANE), queue.most_urgent(SLOW_LANE)) == (144, NOTHING)
    assert taken(queue, 2) == [1, 3]
    assert queue.most_urgent(FAST_LANE) == 100
    queue.clear()
    assert queue.most_urgent(FAST_LANE) == 144
    queue.done(one)
    assert queue.most_urgent(FAST_LANE) == 120


def test_a_full_lane_has_a_second_batch_of_room_for_what_is_more_urgent():
    queue = lanes()
    queue.put(attempt(n, f"h{n}") for n in range(7))
    assert (queue.room(FAST_LANE), queue.spare(FAST_LANE)) == (0, 13)


def test_what_waits_can_be_taken_out_and_what_is_under_way_stays():
    queue = lanes()
    first = attempt(1, "a")
    queue.put([first, attempt(2, "a"), attempt(3, "a"), attempt(4, "b", SLOW_LANE)])
    taken(queue, 1)
    assert sorted(one.delivery_id for one in queue.clear()) == [2, 3, 4]
    assert queue.room(FAST_LANE) == 10
    queue.done(first)
    queue.put([attempt(5, "a"), attempt(6, "a")])
    assert taken(queue, 2) == [5, 6]


def test_the_places_of_a_host_are_divided_among_the_dispatchers():
    queue = lanes(per_host=5)
    queue.share(2)
    assert queue.per_host() == 2
    queue.put(attempt(n, "a") for n in range(1, 7))
    queue.put([attempt(9, "b")])
    assert taken(queue, 3) == [1, 2, 9]
    queue.share(1)  # the other one has ended: what was held apart may start at once
    assert taken(queue, 3) == [3, 4, 5]
    queue.share(9)
    assert queue.per_host() == 1


def test_a_closed_lane_sends_its_threads_home():
    queue = lanes()
    queue.put([attempt(1, "a")])
    queue.close()
    assert queue.take(FAST_LANE) is None
