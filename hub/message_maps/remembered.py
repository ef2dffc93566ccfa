"""What was worked out of a situation, kept as long as that very situation is in use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from hub.message_maps.model import Situation

Result = TypeVar("Result")

# A whole catalogue (84 situations) with its predecessors, as many as `hub.message_maps.versions` keeps parsed.
_KEPT = 256


class Remembered(Generic[Result]):
    """The results of ``work`` by situation.

    A situation never changes, so nothing goes stale; it is kept with its result, so that its identity stays its own.
    """

    def __init__(self, work: Callable[[Situation], Result], limit: int = _KEPT) -> None:
        self._work = work
        self._limit = limit
        self._found: OrderedDict[int, tuple[Situation, Result]] = OrderedDict()
        self._lock = Lock()

    def of(self, situation: Situation) -> Result:
        """The result for a situation; worked out outside the lock, so two threads may do it once each."""
        with self._lock:
            if known := self._found.get(id(situation)):
                self._found.move_to_end(id(situation))
                return known[1]
        result = self._work(situation)
        with self._lock:
            self._found[id(situation)] = situation, result
            if len(self._found) > self._limit:
                self._found.popitem(last=False)
        return result
