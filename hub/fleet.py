"""A process that only sends, rung through Redis. Apart from `hub.worker`, which does without RQ and its memory."""

from __future__ import annotations

import sys

from hub.kernel.queue import Listener
from hub.sending import Sending
from hub.worker import main


def listening(sending: Sending) -> Listener:
    """What hears the rings of the fleet."""
    return Listener(sending.settings.redis.url, sending.engine.ring)


if __name__ == "__main__":
    sys.exit(main(listening))
