"""What the commands of this package need beside their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.channels.contract import Channel
from hub.kernel.clock import Clock
from hub.kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class RumourDesk:
    """The desk at which rumours are worked on. ``ring`` wakes the engine that empties the outbox; it never fails."""

    settings: Settings
    clock: Clock
    channels: Mapping[str, Channel]
    ring: Callable[[], None]
