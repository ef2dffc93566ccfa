"""A process that only sends: ``flask hub worker`` in a fleet, ``flask hub dispatch --forever`` without Redis.

Both commands turn into ``python -m hub.worker``, or ``python -m hub.fleet`` where there is a Redis.

The engine runs all the time and polls; a job in Redis merely wakes it. So there is no fork, and no database connection
that a fork could share; and a Redis that is wiped, stopped or full of rubbish delays nothing by more than the polling
interval. Any number of these processes, on any number of hosts, work on one database: see `hub.dispatch.lease`.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn, Protocol

from hub.channels.registry import ChannelsError
from hub.dispatch.engine import Engine
from hub.kernel.settings import ROOT, Settings, SettingsError
from hub.sending import Sending, create_sending

# Not `__name__`: as a process of its own this module is called otherwise.
log = logging.getLogger("hub.worker")

# What the process ends with when an outcome could not be stored.
NOT_DRAINED = 4
# The C library keeps memory apart for each of many threads, and much of it empty; two parts are enough for one
# interpreter lock (mallopt(3)).
MEMORY_PARTS = {"MALLOC_ARENA_MAX": "2"}

# How often a process that sends looks whether its threads live.
WATCH_SECONDS = 1.0


class Listener(Protocol):
    """Rings the engine from outside: `hub.kernel.queue.Listener`."""

    def start(self) -> None:
        """Starts listening."""
        ...

    def stop(self) -> None:
        """Stops listening."""
        ...


def serve(engine: Engine, settings: Settings, listener: Listener | None = None) -> bool:
    """Sends until SIGTERM or SIGINT, then drains: what is under way ends, what waits is given back.

    Must be called in the main thread.

    Returns:
        Whether it ended as it was told to, with every outcome stored. A stuck engine ends it too: whatever supervises
        the process should start it again, and the leases run out by themselves.
    """
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    engine.start()
    if listener:
        listener.start()
    log.info("sending", extra={"doorbell": bool(listener)})
    while engine.alive() and not enough.wait(WATCH_SECONDS):
        pass
    if not enough.is_set():
        log.error("the dispatcher is stuck; the process ends and should be started again")
    well = engine.drain(settings.delivery.deadline_seconds)
    if listener:
        listener.stop()
    log.info("stopped", extra={"drained": well})
    return well and enough.is_set()


def become(settings: Settings) -> NoReturn:
    """Turns this process into one that only sends: without the pages and commands it needs half the memory."""
    module = "hub.fleet" if settings.redis.url else "hub.worker"
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    sys.stdout.flush()
    sys.stderr.flush()
    environment = {**MEMORY_PARTS, **os.environ, "PYTHONPATH": path}
    os.execve(sys.executable, [sys.executable, "-m", module], environment)  # noqa: S606 - ourselves


def main(listening: Callable[[Sending], Listener] | None = None) -> int:
    """Sends until it is told to stop; the exit code.

    Args:
        listening: makes what rings the engine from outside.
    """
    try:
        sending = create_sending()
    except (SettingsError, ChannelsError) as error:
        raise SystemExit(str(error)) from None
    listener = listening(sending) if listening else None
    return 0 if serve(sending.engine, sending.settings, listener) else NOT_DRAINED


if __name__ == "__main__":
    sys.exit(main())
