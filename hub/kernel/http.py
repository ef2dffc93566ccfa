"""The one way out to HTTP: guarded addresses, a total deadline, a bounded answer, verified TLS, no redirect, no proxy.

What a caller must know about a failure is whether the far side can have acted on the request. So there are two
families: `NotSent` (nothing of the request was written), `AnswerLost` (it was, and no complete valid answer came).

`requests` does the protocol. Three of its habits are changed: it loads the bundle of certificate authorities for every
new connection pool (38 ms of CPU a post were measured; here one context serves the process), it re-posts bodies on
redirects (here none is followed), and it prepares each request through cookies, proxies and authentication hooks (here
a request is its method, address, headers and bytes).
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from hub.kernel.addresses import PUBLIC_PORTS, Networks
from hub.kernel.deadline import WATCHDOG, Guard, open_connection
from hub.kernel.phrase import Phrase

LARGEST_ANSWER = 1024 * 1024
LARGEST_HEAD = 64 * 1024
LONGEST_URL = 2000
# Hosts to which one thread keeps a connection open; the least recently used one is closed first.
HOSTS_PER_THREAD = 16
DEFAULT_PORTS = {"http": 80, "https": 443}
ALWAYS_SENT = {"User-Agent": "Tocsin", "Accept-Encoding": "identity"}
# A host name as it goes on the wire: letters, digits, hyphens, dots, an underscore for old internal names, IPv6 digits.
HOST = re.compile(r"[A-Za-z0-9._:%-]{1,253}")


class HttpFailure(Exception):
    """Base of every exchange that did not end in an answer. ``reason`` can be shown to an officer."""

    def __init__(self, reason: Phrase) -> None:
        self.reason = reason
        super().__init__(str(reason))


class NotSent(HttpFailure):
    """Nothing of the request was written: look-up, connection or TLS failed. The far side cannot have acted on it."""


class AddressRefused(NotSent):
    """The address is not one that may be reached; trying again will not help."""


class AnswerLost(HttpFailure):
    """The request was written and no complete valid answer came: the far side may have acted on it."""


class AnswerTooLarge(AnswerLost):
    """The answer, decompressed, is larger than `LARGEST_ANSWER`; the rest was not read."""


class _SharedContext(ssl.SSLContext):
    """A TLS context that many threads may use: urllib3 sets the protocols anew for each connection, which is a race."""

    _protocols_set = False

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        if not self._protocols_set:
            super().set_alpn_protocols(alpn_protocols)
            self._protocols_set = True


@lru_cache(maxsize=8)
def tls_context(extra_ca_file: str | None = None) -> ssl.SSLContext:
    """The context of this process for outgoing TLS: certificates and names verified, TLS 1.2 at least.

    Args:
        extra_ca_file: a PEM file with one more authority, for servers under a private one.
    """
    context = _SharedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    if extra_ca_file is not None:
        context.load_verify_locations(extra_ca_file)
    return context


class _Target(NamedTuple):
    """An address, taken apart once."""

    url: str
    scheme: str
    host: str
    port: int
    path: str


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


class _HeadReader:
    """Counts the head of an answer and remembers its last line: `http.client` takes a cut head for a whole one."""

    __slots__ = ("last", "size", "stream")

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self.stream = stream
        self.last = b""
        self.size = 0

    def readline(self, limit: int) -> bytes:
        self.last = self.stream.readline(limit)
        self.size += len(self.last)
        if self.size > LARGEST_HEAD:
            msg = "the head of the answer is too large"
            raise http.client.HTTPException(msg)
        return self.last

    def close(self) -> None:
        self.stream.close()


class _WholeAnswer(http.client.HTTPResponse):
    """An answer whose head must end with the blank line."""

    def begin(self) -> None:
        stream: Any = self.fp
        reader: Any = _HeadReader(stream)
        self.fp = reader
        try:
            super().begin()
        finally:
            if self.fp is reader:
                self.fp = stream
        if reader.last not in {b"\r\n", b"\n"}:
            self.close()
            msg = "the head of the answer was cut"
            raise http.client.HTTPException(msg)


class _Guarded(HTTPConnection):
    """A connection that looks at its peer before it writes and is shut down when the time of its exchange is over."""

    response_class = _WholeAnswer

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
            raise _not_sent(error, self.host, _present.exchange.guard.seconds) from error
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
        target = _target(str(request.url))
        return self.poolmanager.connection_from_host(target.host, target.port, target.scheme)

    def request_url(self, request: requests.PreparedRequest, *_: Any) -> str:
        return _target(str(request.url)).path


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
        prepared.url = _target(url).url
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
                raise _lost(exchange, urlsplit(url).hostname or "", error) from error

    def refusal(self, url: str) -> Phrase | None:
        """Why this address could never be posted to, judged without the network, or ``None``.

        Plain http and unusual ports are for networks that the operator allows; with http the address must be a numeric
        one, because a name could lead anywhere on the day of the alert.
        """
        try:
            target = _target(url)
        except AddressRefused as error:
            return error.reason
        numeric = target.host.replace(".", "").isdigit() or ":" in target.host
        allowed = self._networks.allows(target.host)
        if numeric and not allowed and not self._networks.permits(target.host, target.port):
            return Phrase("%(host)s is not a public address", host=target.host)
        if target.scheme == "http" and not allowed:
            return Phrase("the address must start with https://")
        if target.port not in PUBLIC_PORTS and not self._networks.allowed:
            return Phrase("the port %(port)s is not allowed", port=target.port)
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


@lru_cache(maxsize=4096)
def _target(url: str) -> _Target:
    """An address taken apart and put in its normal form (international names in ASCII).

    Raises:
        AddressRefused: it is not a usable http or https address.
    """
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        parts = urlsplit(prepared.url or "")
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except (requests.RequestException, ValueError) as error:
        raise AddressRefused(Phrase("this is not a usable address")) from error
    host = parts.hostname or ""
    if parts.scheme not in DEFAULT_PORTS or not port or not HOST.fullmatch(host) or len(url) > LONGEST_URL:
        raise AddressRefused(Phrase("this is not a usable http or https address"))
    if "@" in parts.netloc or parts.fragment:
        raise AddressRefused(Phrase("the address must not contain a user name, a password or a # part"))
    return _Target(prepared.url or "", parts.scheme, host, port, prepared.path_url)


def _lost(exchange: _Exchange, host: str, error: Exception) -> HttpFailure:
    """Names what happened to a request after the connection stood."""
    if not exchange.begun:
        return NotSent(Phrase("the request to %(host)s could not be written", host=host))
    if exchange.guard.fired or isinstance(error, requests.Timeout):
        seconds = f"{exchange.guard.seconds:g}"
        return AnswerLost(Phrase("%(host)s gave no complete answer within %(seconds)s s", host=host, seconds=seconds))
    return AnswerLost(Phrase("%(host)s closed the connection without a complete, valid answer", host=host))


def _not_sent(error: Exception, host: str, seconds: float) -> NotSent:
    """Names what kept a connection from standing."""
    if isinstance(error, PermissionError):
        return AddressRefused(Phrase("%(host)s is not a public address", host=host))
    if isinstance(error, ssl.SSLError):
        detail = getattr(error, "verify_message", "") or error.reason or "TLS"
        return NotSent(Phrase("the secure connection to %(host)s failed: %(detail)s", host=host, detail=detail))
    if isinstance(error, socket.gaierror | UnicodeError):
        return NotSent(Phrase("the name %(host)s cannot be found", host=host))
    if isinstance(error, TimeoutError):
        return NotSent(Phrase("%(host)s could not be reached within %(seconds)s s", host=host, seconds=f"{seconds:g}"))
    return NotSent(Phrase("%(host)s refused the connection or cannot be reached", host=host))
