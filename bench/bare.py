"""The floor of a fan-out: the same posts with nothing around them, a `requests` session for each of 64 threads."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import requests

from bench.hub_under_test import PAYLOAD

THREADS = 64
BODY = PAYLOAD.encode()
HEADERS = {
    "Content-Type": "application/json",
    "webhook-id": "a1-1",
    "webhook-timestamp": "1700000000",
    "webhook-signature": "v1," + "x" * 44,
}


def bare_post() -> Callable[[str], None]:
    """What posts to one address, with sessions of its own."""
    mine = threading.local()

    def post(url: str) -> None:
        session = getattr(mine, "session", None)
        if session is None:
            session = mine.session = requests.Session()
            session.trust_env = False  # without it the floor would be higher
        assert session.post(url, data=BODY, headers=HEADERS, timeout=15).status_code == 200

    return post


def in_threads(post: Callable[[str], None], addresses: Sequence[str]) -> float:
    """Posts to all; the seconds it took."""
    with ThreadPoolExecutor(THREADS) as pool:
        start = time.perf_counter()
        list(pool.map(post, addresses))
        return time.perf_counter() - start


def bare_fan_out(addresses: Sequence[str]) -> float:
    """The floor: posts to all; the seconds it took."""
    return in_threads(bare_post(), addresses)


def cpu_seconds() -> float:
    """The CPU that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
