"""The messages that an incident may begin with, and what stands in the way of using one."""

from __future__ import annotations

from hub.message_maps.model import Kind, Message, Situation
from hub.message_maps.readiness import OPENERS, obstacles

__all__ = ["OPENERS", "obstacles", "openers"]


def openers(situation: Situation) -> list[Message]:
    """The messages of a situation that an incident may begin with: alerts first, the highest level last."""
    kinds = [Kind.ALERT, Kind.PREVENTION, Kind.DEBUNK, Kind.RECOVERY]
    return sorted(
        (message for message in situation.messages if message.kind in OPENERS),
        key=lambda message: (kinds.index(message.kind), situation.level_of(message).rank),
    )
