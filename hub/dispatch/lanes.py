"""Two lanes of waiting attempts, with a bulkhead around every host: a hung host delays no other.

An attempt holds one of its host's places from the moment that it may start until it is done. Attempts beyond the host's
places are held apart, so that no thread ever stands in front of a full host.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable

from hub.dispatch.lease import Claimed
from hub.dispatch.models import FAST_LANE, SLOW_LANE

LANES = (FAST_LANE, SLOW_LANE)

# A hung host's retries take at most this share of the slow lane: one part in so many.
SLOW_LANE_PARTS = 4


class Lanes:
    """The bounded queues between the claimer and the senders.

    Args:
        threads: senders of the fast and of the slow lane.
        room: how many attempts may wait in a lane.
        per_host: attempts under way at once to one host.
        on_room: called, without blocking, when there is room that is worth a claim.
    """

    def __init__(self, threads: tuple[int, int], room: int, per_host: int, on_room: Callable[[], None]) -> None:
        self._places = (per_host, max(1, min(per_host, threads[SLOW_LANE] // SLOW_LANE_PARTS)))
        self._low_water = threads
        self._room = room
        self._on_room = on_room
        lock = threading.Lock()
        self._lock = lock
        self._change = tuple(threading.Condition(lock) for _ in LANES)
        self._ready: tuple[deque[Claimed], ...] = tuple(deque() for _ in LANES)
        self._held: dict[tuple[int, str], deque[Claimed]] = {}
        self._waiting = [0, 0]
        self._under_way: Counter[str] = Counter()
        self._slow_under_way: Counter[str] = Counter()
        self._hungry = [False, False]
        self._passed_over: frozenset[str] = frozenset()
        self._open = True

    def room(self, lane: int) -> int:
        """How many more attempts the lane takes; 0 while it has enough to do: it calls when that has changed."""
        with self._lock:
            self._hungry[lane] = not self._is_low(lane)
            return 0 if self._hungry[lane] else self._room - self._waiting[lane]

    def saturated(self) -> frozenset[str]:
        """The hosts for which nothing more is to be claimed for now."""
        with self._lock:
            count = self._under_way.copy()
            for (_, host), held in self._held.items():
                count[host] += len(held)
            self._passed_over = frozenset(host for host, number in count.items() if number >= self._places[FAST_LANE])
            return self._passed_over

    def put(self, claimed: Iterable[Claimed]) -> None:
        """Takes attempts in, in the order of their urgency."""
        with self._lock:
            for one in claimed:
                self._waiting[one.lane] += 1
                if self._has_place(one.lane, one.host):
                    self._admit(one)
                else:
                    self._held.setdefault((one.lane, one.host), deque()).append(one)

    def take(self, lane: int) -> Claimed | None:
        """The next attempt of a lane; waits for one. ``None`` when the lanes are closed."""
        with self._lock:
            while self._open and not self._ready[lane]:
                self._change[lane].wait()
            if not self._open:
                return None
            one = self._ready[lane].popleft()
            self._waiting[lane] -= 1
            call = self._hungry[lane] and self._is_low(lane)
            if call:
                self._hungry[lane] = False
        if call:
            self._on_room()
        return one

    def done(self, one: Claimed) -> None:
        """Frees the place of an attempt that has ended."""
        with self._lock:
            self._release(one)
            for lane in LANES:
                held = self._held.get((lane, one.host))
                if held and self._has_place(lane, one.host):
                    self._admit(held.popleft())
                    if not held:
                        del self._held[lane, one.host]
            wanted = one.host in self._passed_over and not any((lane, one.host) in self._held for lane in LANES)
            if wanted:
                self._passed_over -= {one.host}
        if wanted:
            self._on_room()

    def clear(self) -> list[Claimed]:
        """Takes out everything that waits and returns it; what is under way goes on."""
        with self._lock:
            out = [one for held in self._held.values() for one in held]
            for ready in self._ready:
                for one in ready:
                    self._release(one)
                out += ready
                ready.clear()
            self._held.clear()
            self._waiting = [0, 0]
            return out

    def close(self) -> None:
        """Sends the threads home."""
        with self._lock:
            self._open = False
            for change in self._change:
                change.notify_all()

    def _is_low(self, lane: int) -> bool:
        return self._waiting[lane] < min(self._low_water[lane], self._room)

    def _has_place(self, lane: int, host: str) -> bool:
        if self._under_way[host] >= self._places[FAST_LANE]:
            return False
        return lane == FAST_LANE or self._slow_under_way[host] < self._places[SLOW_LANE]

    def _admit(self, one: Claimed) -> None:
        self._under_way[one.host] += 1
        if one.lane == SLOW_LANE:
            self._slow_under_way[one.host] += 1
        self._ready[one.lane].append(one)
        self._change[one.lane].notify()

    def _release(self, one: Claimed) -> None:
        for counter in (self._under_way, self._slow_under_way) if one.lane == SLOW_LANE else (self._under_way,):
            counter[one.host] -= 1
            if not counter[one.host]:
                del counter[one.host]
