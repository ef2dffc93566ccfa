"""The doorbell of a fleet: the only place that knows RQ and Redis.

Redis keeps no truth. The one thing that is ever put there is a job that says "drain" and carries nothing; whoever takes
it looks at the database. Lose it, double it, wipe Redis: it costs a dispatcher's polling interval and nothing else.

RQ imports and calls whatever function a job names, and its callbacks and webhooks too: who can write to Redis could run
anything here. So the listener is RQ's worker with its execution taken out. A job is compared and never performed;
nothing that lies in Redis is imported, unpickled or called.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUE = "tocsin"
DRAIN = "drain"

# A bell that does not answer for this long is left alone: a dispatcher polls anyway.
RING_SECONDS = 0.5
# How old what is said of Redis may be.
LOOK_SECONDS = 5.0
# RQ waits for a job for its worker's time to live less 15 s; so a listener looks up every second.
WORKER_TTL_SECONDS = 16
# Between two tries of a Redis that does not answer.
PAUSE_SECONDS = 1.0
STOP_SECONDS = 2.0
LONGEST_NAME_LOGGED = 100


class _Fault:
    """Redis is away, or back: one line in the log for each change, however often somebody tries."""

    def __init__(self) -> None:
        self._away = False

    def there(self) -> None:
        if self._away:
            self._away = False
            log.info("Redis answers again")

    def away(self, error: BaseException) -> None:
        if not self._away:
            self._away = True
            # Its own words name the host, and never the password.
            log.warning("Redis does not answer; due work is found by polling", extra={"reason": str(error)})


class RedisDoorbell:
    """Wakes one worker of the fleet; the others find what it leaves by polling.

    A ring costs the caller the start of a thread (about 0.1 ms): the network is that thread's affair. Rings that come
    while one is under way become one more; while a job waits in Redis no second one is put there.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._fault = _Fault()
        self._lock = threading.Lock()
        self._wanted = False
        self._ringing = False
        self._answers: bool | None = None
        self._look_at = float("-inf")

    def ring(self) -> None:
        """There may be work. Never waits for Redis, never raises."""
        with self._lock:
            self._wanted = True
            if self._ringing:
                return
            self._ringing = True
        try:
            # Not a daemon: the ring of a command that ends at once must still go out.
            threading.Thread(target=self._ring_on, name="doorbell").start()
        except RuntimeError as error:  # no thread to be had
            with self._lock:
                self._ringing = False
            self._fault.away(error)

    def well(self) -> bool | None:
        """Whether Redis answered when last asked, ``None`` before the first time. Asks again, and does not wait."""
        present = time.monotonic()
        with self._lock:
            due = present >= self._look_at
            if due:
                self._look_at = present + LOOK_SECONDS
        if due:
            threading.Thread(target=self._look, name="doorbell-look", daemon=True).start()
        return self._answers

    def _look(self) -> None:
        try:
            with self._client() as client:
                client.ping()
        except (RedisError, OSError) as error:
            self._away(error)
        else:
            self._there()

    def _away(self, error: BaseException) -> None:
        self._answers = False
        self._fault.away(error)

    def _there(self) -> None:
        self._answers = True
        self._fault.there()

    def _client(self) -> Redis:
        # A connection of its own each time: no state that a fork, an idle firewall or a failover could spoil.
        return Redis.from_url(
            self._url,
            socket_timeout=RING_SECONDS,
            socket_connect_timeout=RING_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )

    def _ring_on(self) -> None:
        while self._next():
            try:
                self._push()
            except (RedisError, OSError) as error:
                self._away(error)
            except Exception:
                log.exception("the doorbell could not be rung")
            else:
                self._there()

    def _next(self) -> bool:
        with self._lock:
            wanted, self._wanted = self._wanted, False
            self._ringing = wanted
            return wanted

    def _push(self) -> None:
        with self._client() as client:
            queue = Queue(QUEUE, connection=client, serializer=JSONSerializer)
            # Whoever takes the waiting job looks at the database after that, and so after our commit.
            if not client.llen(queue.key):
                queue.enqueue_call(DRAIN, result_ttl=0, failure_ttl=0, description=DRAIN)


class _Knock(Job):
    """An entry of the queue, whatever it is: reading it never fails, so that no entry can stop the listener."""

    genuine = False

    @classmethod
    def fetch(cls, id: str, connection: Redis | None = None, serializer: Any = None) -> Job:  # noqa: A002 - RQ's name
        """The job, if it is ours; an empty one and a line in the log if it is anything else."""
        try:
            job = super().fetch(id, connection=connection, serializer=serializer)
            # Read as JSON: a pickle is none, and is not opened.
            found = (job.func_name, job.instance, job.args, job.kwargs)
        except (RedisConnectionError, RedisTimeoutError):
            raise
        except Exception as error:  # noqa: BLE001 - anyone may have put anything there
            reason = type(error).__name__
        else:
            if isinstance(job, cls) and found == (DRAIN, None, [], {}):
                job.genuine = True
                return job
            reason = "it does not say drain, or says more"
        log.warning("refused a job that is not ours", extra={"job": id[:LONGEST_NAME_LOGGED], "reason": reason})
        return cls(connection=connection, serializer=serializer)


class _Bells(Queue):
    """The queue without RQ's list of jobs under way: a lost ring needs no rescue."""

    @classmethod
    def lmove(cls, connection: Redis, queue_key: str, timeout: int | None) -> Any:
        """Takes the next entry."""
        return cls.lpop([queue_key], timeout, connection=connection)


class _Worker(SimpleWorker):
    """RQ's worker: birth, heartbeat, dequeuing and death are RQ's, so that ``rq info`` shows the fleet.

    Left out: performing a job, orders by publish/subscribe, maintenance (it calls the callbacks that lost jobs name),
    signals (they are the process's), and RQ's own log.
    """

    job_class = _Knock
    queue_class = _Bells
    max_connection_wait_time = PAUSE_SECONDS

    def __init__(self, client: Redis, on_ring: Callable[[], None], stopping: threading.Event, fault: _Fault) -> None:
        super().__init__([QUEUE], connection=client, serializer=JSONSerializer, worker_ttl=WORKER_TTL_SECONDS)
        self.log = logging.getLogger("rq.silent")
        self.log.disabled = True
        self._on_ring = on_ring
        self._stopping = stopping
        self._fault = fault

    def execute_job(self, job: Job, queue: Queue) -> None:  # noqa: ARG002 - RQ's signature
        """Rings, whatever was on the queue: an entry that is not ours may stand where a ring was left out for it."""
        self._on_ring()
        if isinstance(job, _Knock) and job.genuine:
            self.connection.delete(job.key)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """RQ's heartbeat, before and after each wait: the place to end, and to see whether Redis is well."""
        if self._stopping.is_set():
            raise StopRequested
        try:
            super().heartbeat(timeout, pipeline)
        except (RedisError, OSError) as error:
            self._fault.away(error)
            raise
        self._fault.there()

    def subscribe(self) -> None:
        """Takes no orders from Redis."""

    def run_maintenance_tasks(self) -> None:
        """Nothing of RQ's needs maintenance."""

    def _install_signal_handlers(self) -> None:
        """Signals belong to the process, which drains."""


class Listener:
    """Hears the rings of a fleet, in a thread of its own, until it is stopped. Survives Redis, whatever it does.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        on_ring: called at each ring; must return at once.
    """

    def __init__(self, url: str, on_ring: Callable[[], None]) -> None:
        self._url = url
        self._on_ring = on_ring
        self._stopping = threading.Event()
        self._fault = _Fault()
        # A daemon: a Redis that hangs must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name="doorbell-listener", daemon=True)

    def start(self) -> None:
        """Starts listening; a Redis that is away is looked for again and again."""
        self._thread.start()

    def stop(self) -> None:
        """Stops listening; waits at most two seconds for it."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with Redis.from_url(self._url, socket_connect_timeout=RING_SECONDS) as client:
                    _Worker(client, self._on_ring, self._stopping, self._fault).work(logging_level="ERROR")
            except (RedisError, OSError) as error:
                self._fault.away(error)
            except Exception:
                log.exception("the listener at the doorbell failed; it starts again")
            self._stopping.wait(PAUSE_SECONDS)
