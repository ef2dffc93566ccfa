"""The fan-out beside what towns would otherwise use: Apprise, and one RQ job a post.

Usage: python -m bench.others REDIS_URL; one RQ worker that performs the jobs of the queue `bench`.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apprise
import requests
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from bench.bare import BODY, HEADERS
from bench.databases import fresh_sqlite
from bench.hub_under_test import PATIENCE, PAYLOAD, address, running_hub
from bench.peer import running_peer
from bench.table import Line
from tests.redis_server import running_redis

RECEIVERS = 1000
ROUNDS = 2
WORKERS = 8
ANSWER_SECONDS = 0.05
MOST_BESIDE_APPRISE = 0.2
MOST_BESIDE_RQ = 0.25
QUEUE = "bench"
DONE = "bench:done"
LOOK_SECONDS = 0.01


def measure() -> Iterator[Line]:
    """The same receivers for all three, alternately."""
    logging.getLogger("apprise").setLevel(logging.ERROR)
    hub, through_apprise, through_rq = [], [], []
    with running_peer(ANSWER_SECONDS) as port, running_redis() as redis, rq_workers(redis.url):
        addresses = [address(port, number) for number in range(RECEIVERS)]
        for _ in range(ROUNDS):
            hub.append(hub_seconds(port))
            through_apprise.append(apprise_seconds(addresses))
            through_rq.append(rq_seconds(redis.url, addresses))
    yield Line.of_rounds(f"{RECEIVERS} webhooks beside Apprise's notify (s)", hub, through_apprise, MOST_BESIDE_APPRISE)
    title = f"{RECEIVERS} webhooks beside one RQ job a post, SimpleWorker x {WORKERS} (s)"
    yield Line.of_rounds(title, hub, through_rq, MOST_BESIDE_RQ)


def hub_seconds(port: int) -> float:
    with (
        fresh_sqlite() as url,
        tempfile.TemporaryDirectory() as directory,
        running_hub(Path(directory), RECEIVERS, port, url) as hub,
    ):
        return hub.fan_out("a1")


def apprise_seconds(addresses: list[str]) -> float:
    """One call of notify over all receivers, set up beforehand."""
    notifier = apprise.Apprise()
    for each in addresses:
        assert notifier.add(each.replace("http://", "json://"))
    start = time.perf_counter()
    assert notifier.notify(body=PAYLOAD, title="alert")
    return time.perf_counter() - start


def rq_seconds(redis_url: str, addresses: list[str]) -> float:
    """From the first job put on the queue until the last one is done; the workers run already."""
    with Redis.from_url(redis_url) as client:
        client.delete(DONE)
        queue = Queue(QUEUE, connection=client, serializer=JSONSerializer)
        start = time.perf_counter()
        jobs = [Queue.prepare_data(post, args=(redis_url, each), result_ttl=0) for each in addresses]
        queue.enqueue_many(jobs)
        end = time.monotonic() + PATIENCE
        while int(client.get(DONE) or 0) < len(addresses):
            assert time.monotonic() < end
            time.sleep(LOOK_SECONDS)
        return time.perf_counter() - start


_session = requests.Session()
_session.trust_env = False
_clients: dict[str, Redis] = {}


def post(redis_url: str, url: str) -> None:
    """The job."""
    assert _session.post(url, data=BODY, headers=HEADERS, timeout=15).status_code == 200
    _clients.setdefault(redis_url, Redis.from_url(redis_url)).incr(DONE)


@contextmanager
def rq_workers(redis_url: str) -> Iterator[None]:
    """Workers that wait for jobs."""
    workers = [subprocess.Popen([sys.executable, "-m", "bench.others", redis_url]) for _ in range(WORKERS)]
    try:
        with Redis.from_url(redis_url) as client:
            end = time.monotonic() + PATIENCE
            while client.scard("rq:workers") < WORKERS:
                assert time.monotonic() < end
                time.sleep(LOOK_SECONDS)
        yield
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def main(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        SimpleWorker([QUEUE], connection=client, serializer=JSONSerializer).work(logging_level="ERROR")


if __name__ == "__main__":
    main(sys.argv[1])
