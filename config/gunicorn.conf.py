"""Gunicorn: one process with threads, the dispatcher inside it (the embedded default).

More than one worker is safe, since claims are leases in the database, but it only pays on PostgreSQL.
"""

import os
from typing import Any

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "gthread"
# Live progress holds one thread a viewer (a bounded number of them); the rest answer requests.
threads = 24
# A stopping server finishes its requests and drains the dispatcher; attempts last 15 s at most.
graceful_timeout = 25
timeout = 60
# The batch of public pages under way may end; a killed one leaves every page whole.
keeper_timeout = 5
loglevel = "warning"
control_socket_disable = True  # nothing here is steered from outside


def post_worker_init(worker: Any) -> None:
    """Starts in the process that serves: the keepers of the public site and of the paper, the embedded dispatcher."""
    worker.app.callable.extensions["hub_site"].keeper.start()
    worker.app.callable.extensions["hub_paper"].start()
    parts = worker.app.callable.extensions["hub"]
    if parts.settings.delivery.embedded:
        parts.engine.start()


def worker_exit(_server: Any, worker: Any) -> None:
    """Ctrl-C or SIGTERM: what is under way ends, what is due stays in the outbox."""
    parts = worker.app.callable.extensions["hub"]
    worker.app.callable.extensions["hub_site"].keeper.stop(keeper_timeout)
    if parts.settings.delivery.embedded:
        parts.engine.drain(graceful_timeout)
