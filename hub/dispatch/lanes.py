"""Two lanes of waiting attempts, with bulkheads around every host and every destination: a hung one delays no other.

An attempt holds one of its host's places from its start until it is done. Attempts that meet a full host are held apart
until one of its places is free, so that no thread ever stands in front of a full host. One attempt at a time is under
way to a destination; others to it wait behind that one. The most urgent attempt starts
first, whenever it came in; one start in eight is for whoever has waited longest, so that nothing waits for ever.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from typing import TypeVar

from hub.dispatch.lease import Claimed
from hub.dispatch.models import FAST_LANE, SLOW_LANE

LANES = (FAST_LANE, SLOW_LANE)

# A hung host's retries take at most this share of the slow lane: one part in so many.
SLOW_LANE_PARTS = 4

# A host has its share when its places are taken and half as many attempts wait: with fewer, each place that becomes
# free would cost a claim of its own.
SHARE = 1.5

# One start in so many is for whoever has waited longest.
TURNS = 8

# Threads beside those of the fast lane that start only what is more urgent than something that is under way. Of 64 that
# wait 50 ms for an answer one comes free every 0.8 ms: the receivers of an extreme alert would queue for them.
RESERVED = 12

# What is below any priority: nothing waits.
NOTHING = -1

# An attempt and its place in a queue: the highest priority first, then the order in which they came.
Entry = tuple[int, int, Claimed]
K = TypeVar("K", str, int)


class Lanes:
    """The bounded queues between the claimer and the senders.

    Args:
        threads: senders of the fast and of the slow lane.
        room: how many attempts may wait in a lane.
        per_host: attempts under way at once to one host, by all dispatchers together.
        on_room: called, without blocking, when there is room that is worth a claim.
    """

    def __init__(self, threads: tuple[int, int], room: int, per_host: int, on_room: Callable[[], None]) -> None:
        self._per_host = per_host
        self._slow_places = max(1, threads[SLOW_LANE] // SLOW_LANE_PARTS)
        self._places = per_host
        self._low_water = threads
        self._room = room
        self._on_room = on_room
        lock = threading.Lock()
        self._lock = lock
        self._change = tuple(threading.Condition(lock) for _ in LANES)
        self._urgent = threading.Condition(lock)
        self._arrivals = itertools.count()
        self._turns = [0, 0]
        self._ready: tuple[list[Entry], ...] = tuple([] for _ in LANES)
        self._held: dict[tuple[int, str], list[Entry]] = {}
        self._busy: set[int] = set()  # destinations with an attempt under way
        self._behind: dict[int, list[Entry]] = {}
        self._waiting = [0, 0]
        self._here: Counter[str] = Counter()  # waiting or under way
        self._under_way: Counter[str] = Counter()
        self._slow_under_way: Counter[str] = Counter()
        self._priorities: Counter[int] = Counter()  # of what is under way
        self._hungry = [False, False]
        self._pressing = [NOTHING, NOTHING]  # there may be more of this priority in the table
        self._passed_over: frozenset[str] = frozenset()
        self._looking = False  # a claim is under way: what it misses is told at its end
        self._open = True

    def room(self, lane: int) -> int:
        """How many more attempts the lane takes; 0 while it has enough to do: it calls when that has changed."""
        with self._lock:
            self._hungry[lane] = not self._is_low(lane)
            return 0 if self._hungry[lane] else self._room - self._waiting[lane]

    def spare(self, lane: int) -> int:
        """How many attempts more urgent than all that wait a lane takes although it has enough to do."""
        with self._lock:
            return 2 * self._room - self._waiting[lane]

    def most_urgent(self, lane: int) -> int:
        """The highest priority that waits in a lane; when nothing waits, that is under way; else `NOTHING`."""
        with self._lock:
            return self._most_urgent(lane)

    def runs_low(self, lane: int) -> bool:
        """Whether another claim for a lane is worth while at once."""
        with self._lock:
            return self._is_low(lane)

    def press(self, lane: int, priority: int) -> None:
        """Calls as soon as nothing of this priority or above waits in a full lane any more: there may be more of it."""
        with self._lock:
            self._pressing[lane] = priority

    def share(self, dispatchers: int) -> None:
        """Divides the places of each host among so many dispatchers; each has one at least."""
        with self._lock:
            before, self._places = self._places, max(1, self._per_host // dispatchers)
            if self._places > before:
                held = [entry for entries in self._held.values() for entry in entries]
                self._held.clear()
                for entry in held:
                    self._admit(entry)

    def per_host(self) -> int:
        """How many attempts this dispatcher may have under way at once to one host."""
        with self._lock:
            return self._places

    def saturated(self) -> frozenset[str]:
        """The hosts for which nothing more is to be claimed for now."""
        with self._lock:
            self._passed_over = frozenset(host for host, number in self._here.items() if number >= self._enough())
            self._looking = True
            return self._passed_over

    def put(self, claimed: Iterable[Claimed]) -> None:
        """Takes attempts in, at the end of a claim."""
        with self._lock:
            for one in claimed:
                self._waiting[one.lane] += 1
                self._here[one.host] += 1
                self._admit((-one.priority, next(self._arrivals), one))
            # A lane that was filled calls when it runs low, without being asked for its room again.
            self._hungry = [not self._is_low(lane) for lane in LANES]
            self._looking = False
            missed = any(self._has_room_again(host) for host in self._passed_over)
            call = missed and self._is_low(FAST_LANE)
        if call:
            self._on_room()

    def take(self, lane: int, *, reserved: bool = False) -> Claimed | None:
        """The next attempt of a lane; waits for one. ``None`` when the lanes are closed.

        Args:
            lane: its number.
            reserved: only one that is more urgent than something that is under way.
        """
        with self._lock:
            while self._open:
                one = self._next(lane) if not reserved or self._overtakes(lane) else None
                if one is not None:
                    break
                (self._urgent if reserved else self._change[lane]).wait()
            else:
                return None
            self._waiting[lane] -= 1
            self._under_way[one.host] += 1
            self._busy.add(one.destination.id)
            self._priorities[one.priority] += 1
            if lane == SLOW_LANE:
                self._slow_under_way[one.host] += 1
            call = self._calls(lane)
        if call:
            self._on_room()
        return one

    def done(self, one: Claimed) -> None:
        """Frees the place of an attempt that has ended."""
        with self._lock:
            _less(self._here, one.host)
            _less(self._under_way, one.host)
            _less(self._priorities, one.priority)
            if one.lane == SLOW_LANE:
                _less(self._slow_under_way, one.host)
            self._busy.remove(one.destination.id)
            behind = self._behind.get(one.destination.id)
            if behind:
                self._admit(heappop(behind))
                if not behind:
                    del self._behind[one.destination.id]
            for lane in LANES:
                held = self._held.get((lane, one.host))
                if held:
                    # One place, one chance: whoever finds it taken is held again.
                    self._admit(heappop(held))
                    if not held:
                        del self._held[lane, one.host]
            # While the lane has enough to do, nothing could be claimed; it calls when that has changed.
            wanted = not self._looking and self._has_room_again(one.host) and self._is_low(one.lane)
            if wanted:
                self._passed_over -= {one.host}
        if wanted:
            self._on_room()

    def clear(self) -> list[Claimed]:
        """Takes out everything that waits and returns it; what is under way goes on."""
        with self._lock:
            queues = (*self._held.values(), *self._behind.values(), *self._ready)
            out = [one for entries in queues for _, _, one in entries]
            for one in out:
                _less(self._here, one.host)
            for ready in self._ready:
                ready.clear()
            self._held.clear()
            self._behind.clear()
            self._waiting = [0, 0]
            return out

    def close(self) -> None:
        """Sends the threads home."""
        with self._lock:
            self._open = False
            for change in (*self._change, self._urgent):
                change.notify_all()

    def _calls(self, lane: int) -> bool:
        pressing = self._pressing[lane]
        pressed = pressing != NOTHING and self._most_urgent(lane) < pressing
        hungry = self._hungry[lane] and self._is_low(lane)
        if pressed:
            self._pressing[lane] = NOTHING
        if hungry:
            self._hungry[lane] = False
        return pressed or hungry

    def _most_urgent(self, lane: int) -> int:
        held = [entries[0] for (of_lane, _), entries in self._held.items() if of_lane == lane]
        held += [entries[0] for entries in self._behind.values() if entries[0][2].lane == lane]
        waiting = [-entry[0] for entry in (*self._ready[lane][:1], *held)]
        return max(waiting or self._priorities, default=NOTHING)

    def _is_low(self, lane: int) -> bool:
        return self._waiting[lane] < min(self._low_water[lane], self._room)

    def _has_room_again(self, host: str) -> bool:
        return host in self._passed_over and self._here[host] < self._enough()

    def _enough(self) -> int:
        """From how many on, waiting or under way, a host has its share."""
        return int(SHARE * self._places)

    def _has_place(self, lane: int, host: str) -> bool:
        if self._under_way[host] >= self._places:
            return False
        return lane == FAST_LANE or self._slow_under_way[host] < self._slow_places

    def _admit(self, entry: Entry) -> None:
        lane = entry[2].lane
        heappush(self._ready[lane], entry)
        self._change[lane].notify()
        if lane == FAST_LANE and self._overtakes(lane):
            self._urgent.notify()

    def _overtakes(self, lane: int) -> bool:
        ready = self._ready[lane]
        return bool(ready and self._priorities) and -ready[0][0] > min(self._priorities)

    def _next(self, lane: int) -> Claimed | None:
        """The entry whose turn it is, if its destination is free and its host has a place.

        Those that are met before it are held apart.
        """
        ready = self._ready[lane]
        while ready:
            entry = self._oldest(ready) if self._turns[lane] % TURNS == TURNS - 1 else heappop(ready)
            one = entry[2]
            if one.destination.id in self._busy:
                heappush(self._behind.setdefault(one.destination.id, []), entry)
                continue
            if self._has_place(lane, one.host):
                self._turns[lane] += 1
                return one
            heappush(self._held.setdefault((lane, one.host), []), entry)
        return None

    @staticmethod
    def _oldest(ready: list[Entry]) -> Entry:
        entry = min(ready, key=lambda waiting: waiting[1])
        ready.remove(entry)
        heapify(ready)
        return entry


def _less(counter: Counter[K], key: K) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
