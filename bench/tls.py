"""One TLS post through the guarded client, beside a bare `requests` session with one shared context.

Every post makes a new connection, on both sides.
"""

from __future__ import annotations

import ssl
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import requests
import trustme
from requests.adapters import HTTPAdapter

from bench.peer import running_peer
from bench.table import Line
from hub.kernel.http import GuardedClient

POSTS = 40
ROUNDS = 15
MOST = 1.1
BODY = b"x" * 6000
HEADERS = {"Content-Type": "application/json"}


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


def measure() -> list[Line]:
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as directory:
        ca_file, certificate = Path(directory) / "ca.pem", Path(directory) / "peer.pem"
        authority.cert_pem.write_to_path(ca_file)
        authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
        with running_peer(0, str(certificate)) as port:
            url = f"https://127.0.0.1:{port}/"
            return [beside_the_floor(url, str(ca_file))]


def beside_the_floor(url: str, ca_file: str) -> Line:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", SharedContextAdapter(ssl.create_default_context(cafile=ca_file)))
    client = GuardedClient(["127.0.0.0/8"], extra_ca_file=ca_file)
    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(milliseconds(lambda: session.post(url, data=BODY, headers=HEADERS, timeout=15)))
        ours.append(milliseconds(lambda: client.request("POST", url, deadline=15, headers=HEADERS, data=BODY)))
    session.close()
    return Line("one TLS post, new connection (ms)", median(ours[1:]), median(floor[1:]), MOST)


def milliseconds(post: Callable[[], requests.Response]) -> float:
    """The mean of some posts in a row."""
    start = time.perf_counter()
    for _ in range(POSTS):
        assert post().status_code == 200
    return 1000 * (time.perf_counter() - start) / POSTS
