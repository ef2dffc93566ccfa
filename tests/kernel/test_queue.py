"""The doorbell on a real Redis: it is heard, it does not pile up, and nothing that ails Redis reaches who rings."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from redis import Redis

from hub.kernel import logs
from hub.kernel.queue import QUEUE, Listener, RedisDoorbell
from tests.redis_server import RedisServer, running_redis

PATIENCE = 30.0


@pytest.fixture(scope="module")
def redis_process() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_server(redis_process) -> RedisServer:
    redis_process.stop()
    redis_process.start()
    return redis_process


@pytest.fixture
def client(redis_server) -> Iterator[Redis]:
    with redis_server.client() as client:
        yield client


@pytest.fixture
def rung(redis_server) -> Iterator[threading.Event]:
    """Set by a listener at each ring; the listener has begun to listen."""
    heard = threading.Event()
    listener = Listener(redis_server.url, heard.set)
    listener.start()
    yield heard
    listener.stop()


def pending(client: Redis) -> int:
    return client.llen(f"rq:queue:{QUEUE}")


def ring_and_wait(bell: RedisDoorbell) -> None:
    bell.ring()
    for thread in threading.enumerate():
        if thread.name == "doorbell":
            thread.join(PATIENCE)


def test_a_ring_is_heard_and_leaves_nothing_behind(redis_server, client, rung):
    bell = RedisDoorbell(redis_server.url)
    for _ in range(3):
        rung.clear()
        bell.ring()
        assert rung.wait(PATIENCE)
    end = time.monotonic() + PATIENCE
    while client.keys("rq:job:*") and time.monotonic() < end:
        time.sleep(0.01)  # the listener rings first and tidies up afterwards
    assert client.keys("rq:job:*") == []
    assert client.keys("rq:results:*") == []


def test_rings_that_nobody_hears_do_not_pile_up(redis_server, client):
    bells = [RedisDoorbell(redis_server.url) for _ in range(2)]
    for bell in bells * 20:
        ring_and_wait(bell)
    assert pending(client) == 1
    assert len(client.keys("rq:job:*")) == 1


def test_a_ring_before_the_listener_came_is_heard(redis_server):
    ring_and_wait(RedisDoorbell(redis_server.url))
    heard = threading.Event()
    listener = Listener(redis_server.url, heard.set)
    listener.start()
    assert heard.wait(PATIENCE)
    listener.stop()


def test_a_listener_survives_a_restart_of_redis(redis_server, rung):
    bell = RedisDoorbell(redis_server.url)
    bell.ring()
    assert rung.wait(PATIENCE)
    redis_server.stop()
    ring_and_wait(bell)
    redis_server.start()
    rung.clear()
    end = time.monotonic() + PATIENCE
    while not rung.is_set() and time.monotonic() < end:
        ring_and_wait(bell)
        rung.wait(0.1)
    assert rung.is_set()


def test_a_queue_of_another_kind_is_survived(redis_server, client, rung):
    client.set(f"rq:queue:{QUEUE}", "not a list")
    ring_and_wait(RedisDoorbell(redis_server.url))
    client.delete(f"rq:queue:{QUEUE}")
    ring_and_wait(RedisDoorbell(redis_server.url))
    assert rung.wait(PATIENCE)


def test_orders_by_publish_do_not_reach_the_listener(redis_server, client, rung):
    ring_and_wait(RedisDoorbell(redis_server.url))
    assert rung.wait(PATIENCE)
    assert client.pubsub_channels() == []
    assert client.pubsub_numpat() == 0


@pytest.fixture
def silent_peer() -> Iterator[str]:
    """The address of something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def log_lines(tmp_path) -> Iterator[list[str]]:
    lines: list[str] = []

    class Lines:
        def write(self, text: str) -> None:
            lines.extend(text.splitlines())

        def flush(self) -> None:
            pass

    logs.configure("INFO", Lines())  # type: ignore[arg-type]
    yield lines
    logs.configure("INFO")


@pytest.mark.parametrize("away", ["nobody listens", "it hangs", "no such host"])
def test_a_dead_redis_costs_who_rings_nothing_and_is_logged_once(away, silent_peer, log_lines):
    urls = {
        "nobody listens": "redis://user:hunter2@127.0.0.1:1/0",
        "it hangs": silent_peer,
        "no such host": "redis://redis.invalid/0",
    }
    bell = RedisDoorbell(urls[away])
    for _ in range(3):
        ring_and_wait(bell)
    told = [line for line in log_lines if "Redis does not answer" in line]
    assert len(told) == 1
    assert "hunter2" not in told[0]


def test_ringing_does_not_wait_for_redis(silent_peer):
    """The thread that rings is still at it when the caller has gone on: no time is measured."""
    bell = RedisDoorbell(silent_peer)
    bell.ring()
    assert [thread for thread in threading.enumerate() if thread.name == "doorbell"]
    for thread in threading.enumerate():
        if thread.name == "doorbell":
            thread.join(PATIENCE)
