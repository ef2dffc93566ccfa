"""The HTTP engines: many posts through the lean one beside bare `requests`, in the clear and over TLS.

Over TLS every post makes a new connection, on both sides; the floor is a bare pool with one shared context.
"""

from __future__ import annotations

import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests
import trustme
from requests.adapters import HTTPAdapter

from bench.bare import BODY, HEADERS, bare_post, cpu_seconds, in_threads
from bench.hub_under_test import address
from bench.peer import running_peer
from bench.table import Line
from hub.kernel.http import BulkClient

POSTS = 1000
ROUNDS = 7
MOST_PLAIN = 0.6
MOST_TLS = 1.2
LOOPBACK = ["127.0.0.0/8"]


class SharedContextAdapter(HTTPAdapter):
    """`requests` with one context for all connections, as its documentation suggests."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Hands the context to the pools."""
        super().init_poolmanager(*arguments, ssl_context=self.context, **options)

    def cert_verify(self, *_arguments: Any) -> None:
        """The context verifies; the default would load all authorities again for each connection."""


def measure() -> Iterator[Line]:
    """Wall time and CPU of a thousand posts by 64 threads, answered at once."""
    yield from plain()
    yield tls()


def plain() -> Iterator[Line]:
    with running_peer(0) as port:
        addresses = [address(port, number) for number in range(POSTS)]
        client = BulkClient(LOOPBACK)
        ours, floor = alternately(lambda: lean(client), bare_post, addresses)
    for unit, place in (("wall time (s)", 0), ("CPU (s)", 1)):
        pairs = [[each[place] for each in side] for side in (ours, floor)]
        yield Line.of_rounds(f"{POSTS} posts by the lean HTTP engine, answered at once, {unit}", *pairs, MOST_PLAIN)


def tls() -> Line:
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as directory:
        ca_file, certificate = Path(directory) / "ca.pem", Path(directory) / "peer.pem"
        authority.cert_pem.write_to_path(ca_file)
        authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
        client = BulkClient(LOOPBACK, extra_ca_file=str(ca_file))
        context = ssl.create_default_context(cafile=str(ca_file))
        with running_peer(0, str(certificate)) as port:
            addresses = [f"https://127.0.0.1:{port}/{number}" for number in range(POSTS)]
            ours, floor = alternately(lambda: lean(client), lambda: sharing(context), addresses)
    pairs = [[wall for wall, _ in side] for side in (ours, floor)]
    return Line.of_rounds(f"{POSTS} TLS posts on connections of their own, wall time (s)", *pairs, MOST_TLS)


def alternately(
    ours: Callable[[], Callable[[str], None]], floor: Callable[[], Callable[[str], None]], addresses: list[str]
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Seconds and CPU seconds of each round of both; the first round of each does not count."""
    spent: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for number in range(ROUNDS + 1):
        for side, post in zip(spent, (ours, floor), strict=True):
            before = cpu_seconds()
            wall = in_threads(post(), addresses)
            if number:
                side.append((wall, cpu_seconds() - before))
    return spent


def lean(client: BulkClient) -> Callable[[str], None]:
    def post(url: str) -> None:
        assert client.request("POST", url, deadline=15, headers=HEADERS, data=BODY).status_code == 200

    return post


def sharing(context: ssl.SSLContext) -> Callable[[str], None]:
    mine = threading.local()

    def post(url: str) -> None:
        session = getattr(mine, "session", None)
        if session is None:
            session = mine.session = requests.Session()
            session.trust_env = False
            session.mount("https://", SharedContextAdapter(context))
        assert session.post(url, data=BODY, headers=HEADERS, timeout=15).status_code == 200

    return post
