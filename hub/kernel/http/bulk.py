"""The way out for what is sent by the thousand: one request in one write, the standard library's reader of answers.

Under the same rules as `hub.kernel.http.guarded` and with the same outcomes, at about a third of its CPU a post. What
it does not have is what `requests` is good at: sessions, cookies, authentication, streaming.

A connection is used again only while that is honest: the answer before was read to its end and did not say "close",
the connection has not been idle for long, and nothing has come over it since.
"""

from __future__ import annotations

import http.client
import json
import re
import select
import socket
import ssl
import threading
import weakref
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from hub.kernel.addresses import Networks
from hub.kernel.deadline import WATCHDOG, Guard, open_connection
from hub.kernel.http.failures import AnswerTooLarge, HttpFailure, lost, not_sent, unwritten
from hub.kernel.http.reading import ALWAYS_SENT, LARGEST_ANSWER, Headers, WholeAnswer
from hub.kernel.http.targets import Target, target
from hub.kernel.http.tls import tls_context
from hub.kernel.phrase import Phrase

# Connections kept open for the next request, over all hosts; beyond it the host that was used longest ago loses one.
MOST_IDLE = 128
# Servers close idle connections after 5 s (Apache, Node), 15 s or 75 s; a request that crosses with that is lost.
IDLE_SECONDS = 4.0
# RFC 9110, sections 5.6.2 (token) and 5.5 (field value), and what may stand in a request line.
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
VISIBLE = re.compile(r"[\x21-\x7e]+")
COMPRESSED = frozenset({"gzip", "x-gzip", "deflate"})
# For `zlib`: find out by the head whether it is gzip or zlib.
EITHER_FORMAT = zlib.MAX_WBITS | 32

Place = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """A complete answer; see `hub.kernel.http.reading.Answer`."""

    status_code: int
    url: str
    headers: Headers
    content: bytes

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.content)


class _Idle:
    """Connections that wait for the next request, shared by all threads; the one used last is taken first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # The host that was used longest ago comes first, and of its connections the one idle for longest.
        self._by_place: dict[Place, list[tuple[float, socket.socket]]] = {}
        self._number = 0

    def take(self, place: Place) -> socket.socket | None:
        """A connection to this place that can be used, if there is one."""
        while True:
            with self._lock:
                waiting = self._by_place.get(place)
                if not waiting:
                    return None
                since, sock = waiting.pop()
                self._forget_empty(place)
            if monotonic() - since < IDLE_SECONDS and _is_silent(sock):
                return sock
            sock.close()

    def give(self, place: Place, sock: socket.socket) -> None:
        """Takes a connection in."""
        now = monotonic()
        with self._lock:
            waiting = self._by_place.pop(place, [])
            waiting.append((now, sock))
            self._by_place[place] = waiting
            self._number += 1
            old = self._oldest(now)
        if old:
            old.close()

    def close(self) -> None:
        """Closes all of them."""
        with self._lock:
            for waiting in self._by_place.values():
                for _, sock in waiting:
                    sock.close()
            self._by_place.clear()
            self._number = 0

    def _oldest(self, now: float) -> socket.socket | None:
        """Takes out the connection that nobody will want, if there is one."""
        place, waiting = next(iter(self._by_place.items()))
        since, sock = waiting[0]
        if self._number <= MOST_IDLE and now - since < IDLE_SECONDS:
            return None
        del waiting[0]
        self._forget_empty(place)
        return sock

    def _forget_empty(self, place: Place) -> None:
        self._number -= 1
        if not self._by_place[place]:
            del self._by_place[place]


class BulkClient:
    """Makes requests under all the rules of `hub.kernel.http`. One for the process, shared by all threads.

    Args:
        allowed_networks: networks in CIDR form that may be reached although they are not public, on any port.
        extra_ca_file: a PEM file with one more certificate authority.
    """

    def __init__(self, allowed_networks: Iterable[str] = (), *, extra_ca_file: str | None = None) -> None:
        self._networks = Networks(allowed_networks)
        self._context = tls_context(extra_ca_file)
        self._idle = _Idle()
        weakref.finalize(self, self._idle.close)

    def request(
        self,
        method: str,
        url: str,
        *,
        deadline: float,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> BulkAnswer:
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
        there = target(url)
        place = (there.scheme, there.host, there.port)
        message = _on_the_wire(method, there, {**ALWAYS_SENT, **(headers or {})}, data)
        with WATCHDOG.guard(deadline) as guard:
            sock = self._idle.take(place) or self._connected(there, guard)
            answer, stays = _exchange(sock, guard, method, there, message)
        if stays:  # only now: the guard's end must not hit whoever uses it next
            self._idle.give(place, sock)
        return answer

    def _connected(self, there: Target, guard: Guard) -> socket.socket:
        """A new connection; whatever goes wrong here went wrong before the first byte."""
        try:
            sock = open_connection(there.host, there.port, guard, self._networks.permits)
            return self._secured(sock, there.host, guard) if there.scheme == "https" else sock
        except (OSError, ValueError) as error:
            raise not_sent(error, there.host, guard.seconds) from error

    def _secured(self, sock: socket.socket, host: str, guard: Guard) -> ssl.SSLSocket:
        """TLS over a connection, with the far side's certificate and name verified."""
        with sock:  # without effect once TLS has taken it over
            secured = self._context.wrap_socket(sock, server_hostname=host.rstrip("."), do_handshake_on_connect=False)
        try:
            guard.watch(secured)
            secured.settimeout(guard.remaining())
            secured.do_handshake()
        except BaseException:
            secured.close()
            raise
        return secured


def _exchange(sock: socket.socket, guard: Guard, method: str, there: Target, message: bytes) -> tuple[BulkAnswer, bool]:
    """Writes a request and reads its answer; also whether the connection may be used again. Else it is closed."""
    stays = begun = False
    try:
        guard.watch(sock)
        sock.settimeout(guard.remaining())
        begun = True
        _write(sock, message)
        response = WholeAnswer(sock, method=method)
        try:
            response.begin()
            content = _body(response)
            guard.remaining()  # a body without a length, cut by the watchdog, looks complete
            stays = not response.will_close and response.isclosed()
        finally:
            response.close()
    except HttpFailure:
        raise
    except (http.client.HTTPException, OSError, ValueError, zlib.error) as error:
        if not begun:
            raise not_sent(error, there.host, guard.seconds) from error
        late = guard.fired or isinstance(error, TimeoutError)
        raise lost(there.host, guard.seconds, late=late) from error
    finally:
        if not stays:
            sock.close()
    return BulkAnswer(response.status, there.url, response.headers, content), stays


def _write(sock: socket.socket, message: bytes) -> None:
    try:
        sock.sendall(message)
    except BrokenPipeError:
        """A far side that refuses a body may answer before it has read all of it: the answer tells."""


def _body(response: WholeAnswer) -> bytes:
    """The whole body, decompressed, little more than `LARGEST_ANSWER` bytes of it ever in memory.

    Raises:
        AnswerTooLarge: it is larger.
        http.client.HTTPException, OSError, ValueError, zlib.error: it was cut, or is not what it claims to be.
    """
    known = response.length
    raw = b"" if known and known > LARGEST_ANSWER else response.read(LARGEST_ANSWER + 1 if known is None else None)
    coding = (response.headers.get("Content-Encoding") or "").strip().lower()
    content = _inflated(raw) if raw and coding in COMPRESSED else raw
    if max(known or 0, len(raw), len(content)) > LARGEST_ANSWER:
        raise AnswerTooLarge(Phrase("the answer is larger than 1 MB"))
    return content


def _inflated(raw: bytes) -> bytes:
    """The beginning of what a compressed body holds, enough of it to see that it is too large."""
    inflating = zlib.decompressobj(EITHER_FORMAT)
    content = inflating.decompress(raw, LARGEST_ANSWER + 1)
    if not inflating.eof and len(content) <= LARGEST_ANSWER:
        msg = "the compressed body was cut"
        raise ValueError(msg)
    return content


def _on_the_wire(method: str, there: Target, headers: Mapping[str, str], data: bytes | None) -> bytes:
    """A request as it is written, in one piece (RFC 9112).

    Raises:
        NotSent: a part of it cannot be written without becoming something else.
    """
    fields = {"Host": there.authority, **headers}
    if data is not None:
        fields["Content-Length"] = str(len(data))
    good = TOKEN.fullmatch(method) and VISIBLE.fullmatch(there.path)
    if not good or not all(TOKEN.fullmatch(key) and FIELD_VALUE.fullmatch(text) for key, text in fields.items()):
        raise unwritten(there.host)
    lines = [f"{method} {there.path} HTTP/1.1", *(f"{key}: {text}" for key, text in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + (data or b"")


def _is_silent(sock: socket.socket) -> bool:
    """Whether nothing has come over an idle connection: no end of it, and no answer that nobody asked for."""
    try:
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return not poll.poll(0)
    except (OSError, ValueError):
        return False
