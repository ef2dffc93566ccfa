"""The body of every channel that carries a message: what alerts and answers to rumours freeze before they are sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.channels.contract import Body, Channel, OutboundMessage, PermanentChannelError
from hub.kernel.errors import Fault, InvalidInput


def bodies(channels: Mapping[str, Channel], message: OutboundMessage, carried: Iterable[str]) -> dict[str, Body]:
    """The body of each channel, by its id.

    Raises:
        InvalidInput: channels cannot carry their text; the fields are ``channels.<id>``.
    """
    found, faults = {}, []
    for channel_id in carried:
        try:
            found[channel_id] = channels[channel_id].adapter.render(message)
        except PermanentChannelError as error:
            faults.append(Fault(f"channels.{channel_id}", error.reason))
    if faults:
        raise InvalidInput(faults)
    return found
