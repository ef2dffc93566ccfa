"""The way out through `requests`, for everything that is not sent by the thousand.

Three habits of `requests` are changed: it loads the bundle of certificate authorities for every new connection pool
(38 ms of CPU a post were measured; here one context serves the process), it re-posts bodies on redirects (here none is
followed), and it prepares each request through cookies, proxies and authentication hooks (here a request is its method,
address, headers and bytes).
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from hub.kernel.addresses import PUBLIC_PORTS, Networks
from hub.kernel.deadline import WATCHDOG, Guard, open_connection
from hub.kernel.http.bulk import BulkAnswer, BulkClient
from hub.kernel.http.failures import AddressRefused, AnswerTooLarge, HttpFailure, lost, not_sent, unwritten
from hub.kernel.http.reading import ALWAYS_SENT, LARGEST_ANSWER, WholeAnswer
from hub.kernel.http.targets import target
from hub.kernel.http.tls import tls_context
from hub.kernel.phrase import Phrase

# Hosts to which one thread keeps a connection open; the least recently used one is closed first.
HOSTS_PER_THREAD = 16


class _Exchange:
    """One request under way in this thread: its time limit, where it may go, whether anything was written."""

    __slots__ = ("begun", "guard", "networks")

    def __init__(self, guard: Guard, networks: Networks) -> None:
        self.guard = guard
        self.networks = networks
        self.begun = False


class _Present(threading.local):
    """The exchange of this thread. urllib3 makes the connection objects, so it cannot be handed to them."""

    exchange: _Exchange


_present = _Present()


class _Guarded(HTTPConnection):
    """A connection that looks at its peer before it writes and is shut down when the time of its exchange is over."""

    response_class = WholeAnswer

    def _new_conn(self) -> socket.socket:
        exchange = _present.exchange
        return open_connection(self._dns_host, self.port, exchange.guard, exchange.networks.permits)

    def connect(self) -> None:
        """Connects, with TLS where it is due; whatever goes wrong here went wrong before the first byte.

        Raises:
            NotSent: says what went wrong; urllib3 lets it pass as it is.
        """
        try:
            super().connect()
        except (HTTPError, OSError, UnicodeError) as error:
            raise not_sent(error, self.host, _present.exchange.guard.seconds) from error
        self._watch()

    def request(self, *arguments: Any, **options: Any) -> None:
        self._watch()
        super().request(*arguments, **options)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _present.exchange.begun = True
        super().send(data)

    def _watch(self) -> None:
        if self.sock is not None:
            _present.exchange.guard.watch(self.sock)


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same over TLS; the handshake has the time that is left when it begins."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


class _Adapter(HTTPAdapter):
    """`requests` without what we do not use: no proxies, no bundle of authorities loaded again for each pool."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=HOSTS_PER_THREAD, pool_maxsize=1)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to do: the shared context verifies."""

    def get_connection_with_tls_context(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> Any:
        found = target(str(request.url))
        return self.poolmanager.connection_from_host(found.host, found.port, found.scheme)

    def request_url(self, request: requests.PreparedRequest, *_: Any) -> str:
        return target(str(request.url)).path


class GuardedClient:
    """Makes requests under all the rules of this module. One for the process; threads share it, each with its own pool.

    Args:
        allowed_networks: networks in CIDR form that may be reached although they are not public, on any port.
        extra_ca_file: a PEM file with one more certificate authority.
    """

    def __init__(self, allowed_networks: Iterable[str] = (), *, extra_ca_file: str | None = None) -> None:
        self._networks = Networks(allowed_networks)
        self._context = tls_context(extra_ca_file)
        self._threads = threading.local()
        self._bulk = BulkClient(map(str, self._networks.allowed), extra_ca_file=extra_ca_file)

    def request(
        self,
        method: str,
        url: str,
        *,
        deadline: float,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> requests.Response:
        """One exchange. The answer is read completely; any status is an answer, a redirect too.

        Args:
            method: in upper case.
            url: absolute, http or https, without credentials.
            deadline: seconds for everything: look-up, connection, TLS, writing, reading.
            headers: sent as they are, over a few of our own.
            data: the body, byte for byte.

        Raises:
            AddressRefused, NotSent, AnswerTooLarge, AnswerLost: see the classes.
        """
        prepared = requests.PreparedRequest()
        prepared.method = method
        prepared.url = target(url).url
        prepared.headers = CaseInsensitiveDict(ALWAYS_SENT)
        prepared.headers.update(headers or {})
        prepared.body = data
        if data is not None:
            prepared.headers["Content-Length"] = str(len(data))
        with WATCHDOG.guard(deadline) as guard:
            exchange = _present.exchange = _Exchange(guard, self._networks)
            try:
                return self._exchange(prepared, exchange)
            except (requests.RequestException, HTTPError, http.client.HTTPException, OSError, ValueError) as error:
                raise _lost(exchange, target(url).host, error) from error

    def bulk(
        self,
        method: str,
        url: str,
        *,
        deadline: float,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> BulkAnswer:
        """One exchange of many, through the leaner engine; everything as for `request`."""
        return self._bulk.request(method, url, deadline=deadline, headers=headers, data=data)

    def refusal(self, url: str) -> Phrase | None:
        """Why this address could never be posted to, judged without the network, or ``None``.

        Plain http and unusual ports are for networks that the operator allows; with http the address must be a numeric
        one, because a name could lead anywhere on the day of the alert.
        """
        try:
            found = target(url)
        except AddressRefused as error:
            return error.reason
        numeric = found.host.replace(".", "").isdigit() or ":" in found.host
        allowed = self._networks.allows(found.host)
        if numeric and not allowed and not self._networks.permits(found.host, found.port):
            return Phrase("%(host)s is not a public address", host=found.host)
        if found.scheme == "http" and not allowed:
            return Phrase("the address must start with https://")
        if found.port not in PUBLIC_PORTS and not self._networks.allowed:
            return Phrase("the port %(port)s is not allowed", port=found.port)
        return None

    def _exchange(self, prepared: requests.PreparedRequest, exchange: _Exchange) -> requests.Response:
        guard = exchange.guard
        response = self._adapter().send(prepared, stream=True, timeout=guard.seconds)
        try:
            content = _read(response.raw)
            guard.remaining()  # a body without a length, cut by the watchdog, looks complete
        except BaseException:
            response.close()
            raise
        response._content = content  # noqa: SLF001 - read here, because `requests` knows no limit
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    def _adapter(self) -> _Adapter:
        adapter: _Adapter | None = getattr(self._threads, "adapter", None)
        if adapter is None:
            adapter = self._threads.adapter = _Adapter(self._context)
        return adapter


def _read(raw: Any) -> bytes:
    """The whole body, decompressed, at most `LARGEST_ANSWER` bytes of it ever in memory."""
    chunks = []
    left = LARGEST_ANSWER + 1
    while left > 0 and (chunk := raw.read(left, decode_content=True)):
        chunks.append(chunk)
        left -= len(chunk)
    if left <= 0:
        raise AnswerTooLarge(Phrase("the answer is larger than 1 MB"))
    return b"".join(chunks)


def _lost(exchange: _Exchange, host: str, error: Exception) -> HttpFailure:
    """Names what happened to a request after the connection stood."""
    if not exchange.begun:
        return unwritten(host)
    late = exchange.guard.fired or isinstance(error, requests.Timeout)
    return lost(host, exchange.guard.seconds, late=late)
