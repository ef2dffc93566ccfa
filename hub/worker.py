"""A process that only sends: ``flask hub worker`` in a fleet, ``flask hub dispatch --forever`` without Redis.

The engine runs all the time and polls; a job in Redis merely wakes it. So there is no fork, and no database connection
that a fork could share; and a Redis that is wiped, stopped or full of rubbish delays nothing by more than the polling
interval. Any number of these processes, on any number of hosts, work on one database: see `hub.dispatch.lease`.
"""

from __future__ import annotations

import logging
import signal
import threading

from hub.dispatch.engine import Engine
from hub.kernel.queue import Listener
from hub.kernel.settings import Settings

log = logging.getLogger(__name__)

# How often a process that sends looks whether its threads live.
WATCH_SECONDS = 1.0


def serve(engine: Engine, settings: Settings) -> bool:
    """Sends until SIGTERM or SIGINT, then drains: what is under way ends, what waits is given back.

    Must be called in the main thread. With a Redis in the settings it is rung from there as well.

    Returns:
        Whether it ended as it was told to, with every outcome stored. A stuck engine ends it too: whatever supervises
        the process should start it again, and the leases run out by themselves.
    """
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    listener = Listener(settings.redis.url, engine.ring) if settings.redis.url else None
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
