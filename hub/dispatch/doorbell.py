"""The doorbell: it says that there may be work, and carries no message. A lost ring costs one polling interval."""

from __future__ import annotations

import threading
from typing import Protocol


class Doorbell(Protocol):
    """Wakes a dispatcher, in this process or another."""

    def ring(self) -> None:
        """There may be work. Never blocks, never raises."""
        ...

    def wait(self, seconds: float) -> None:
        """Returns at the first ring since the last wait, or after ``seconds``."""
        ...


class LocalDoorbell:
    """A doorbell within one process."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        """Wakes the waiting thread, or the next one that waits."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Waits for a ring, at most ``seconds``."""
        self._event.wait(seconds)
        self._event.clear()
