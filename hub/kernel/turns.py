"""A lock that serves whoever came first.

SQLite lets a waiting writer look again after pauses of up to 100 ms; beside a dispatcher that writes all the time, an
officer was seen to wait for two seconds. Within one process writers therefore queue up here first.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One holder at a time; those who wait are served in the order in which they came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    @contextmanager
    def turn(self, patience: float) -> Iterator[bool]:
        """Waits for a turn and holds it.

        Args:
            patience: the longest wait, in seconds.

        Yields:
            Whether it is our turn; after the longest wait we go on all the same, and the database decides.
        """
        mine = self._take(patience)
        try:
            yield mine
        finally:
            if mine:
                self._pass_on()

    def waiting(self) -> int:
        """How many wait."""
        with self._guard:
            return len(self._waiting)

    def _take(self, patience: float) -> bool:
        with self._guard:
            if not self._held:
                self._held = True
                return True
            called = threading.Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=patience):
            return True
        with self._guard:
            if called in self._waiting:
                self._waiting.remove(called)
                return False
            return True  # called at the last moment

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
