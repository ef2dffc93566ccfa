"""What the commands of this package need beside their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.channels.contract import Channel
from hub.kernel.clock import Clock
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class SubscriptionDesk:
    """Where subscriptions are kept. ``ring`` wakes the engine that empties the outbox; it never fails."""

    settings: Settings
    clock: Clock
    channels: Mapping[str, Channel]
    ring: Callable[[], None]

    @property
    def offered(self) -> bool:
        """Whether there is a channel that writes to subscribers."""
        return any(channel.adapter.by_topic for channel in self.channels.values())

    @property
    def channel(self) -> Channel:
        """The channel by which subscribers are written to: the first one of the file.

        Raises:
            NotFound: there is none.
        """
        for channel in self.channels.values():
            if channel.adapter.by_topic:
                return channel
        raise NotFound(Phrase("Subscriptions by e-mail are not set up here."))
