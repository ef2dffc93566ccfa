"""An HTTP server on loopback that misbehaves as it is told, over real sockets, plain or with TLS.

Each request takes the next behaviour of `HttpPeer.script`; when the script is at its end, `HttpPeer.otherwise` decides.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

# How often a dripping or hanging behaviour looks whether the peer is being stopped, and the pace of its drip.
DRIP_SECONDS = 0.05
MEGABYTE = 1024 * 1024
# The first byte of a TLS client; a plain server makes nothing of it.
TLS_HANDSHAKE = 0x16


@dataclass(frozen=True)
class Received:
    """One complete request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Line:
    """The connection that a behaviour answers on."""

    sock: socket.socket
    stopping: threading.Event

    def drip(self, data: bytes) -> None:
        for byte in data:
            if self.stopping.wait(DRIP_SECONDS):
                return
            self.sock.sendall(bytes([byte]))


# A behaviour answers, and says whether the connection stays open.
Behaviour = Callable[[Line, Received], bool]


def head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Behaviour:
    """A complete answer. Header names are given with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def behave(line: Line, _request: Received) -> bool:
        start = head(status, {"Content-Length": str(len(body)), **named})
        if len(body) > MEGABYTE:  # without a copy: memory is measured in this process
            line.sock.sendall(start)
            line.sock.sendall(body)
        else:
            line.sock.sendall(start + body)
        return True

    return behave


def json_answer(content: Any, status: int = 200, **headers: str) -> Behaviour:
    return answer(status, json.dumps(content).encode(), Content_Type="application/json", **headers)


def html_page() -> Behaviour:
    return answer(200, b"<html><body>Welcome to the hotel network</body></html>", Content_Type="text/html")


def redirect(status: int, to: str) -> Behaviour:
    return answer(status, b"", Location=to)


def close_after_request() -> Behaviour:
    """Takes the request and closes without a word."""
    return lambda _line, _request: False


def reset_after_request() -> Behaviour:
    """Takes the request and resets the connection."""

    def behave(line: Line, _request: Received) -> bool:
        line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return behave


def hang() -> Behaviour:
    """Takes the request and never answers."""

    def behave(line: Line, _request: Received) -> bool:
        line.stopping.wait()
        return False

    return behave


def header_drip() -> Behaviour:
    def behave(line: Line, _request: Received) -> bool:
        line.drip(head(200, {f"X-Drip-{number}": "slow" for number in range(1000)}))
        return False

    return behave


def body_drip(*, with_length: bool = True) -> Behaviour:
    def behave(line: Line, _request: Received) -> bool:
        line.sock.sendall(head(200, {"Content-Length": "100000"} if with_length else {"Connection": "close"}))
        line.drip(b"x" * 100_000)
        return False

    return behave


def cut_body() -> Behaviour:
    def behave(line: Line, _request: Received) -> bool:
        line.sock.sendall(head(200, {"Content-Length": "1000"}) + b'{"id": "1"')
        return False

    return behave


def cut_head() -> Behaviour:
    """Stops in the middle of a header: the standard library takes this for a complete, empty answer."""

    def behave(line: Line, _request: Received) -> bool:
        line.sock.sendall(b"HTTP/1.0 200 OK\r\nServer: pe")
        return False

    return behave


def endless_head() -> Behaviour:
    def behave(line: Line, _request: Received) -> bool:
        line.sock.sendall(head(200, {f"X-{number}": "y" * 8000 for number in range(60)}))
        return False

    return behave


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> Behaviour:
    """An answer in chunks; cut if its ``end`` is missing."""

    def behave(line: Line, _request: Received) -> bool:
        line.sock.sendall(head(200, {"Transfer-Encoding": "chunked"}))
        line.sock.sendall(b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end)
        return bool(end)

    return behave


def bare(answer: bytes, *, stays: bool = True) -> Behaviour:
    """Exactly these bytes."""

    def behave(line: Line, _request: Received) -> bool:
        line.sock.sendall(answer)
        return stays

    return behave


def large(megabytes: int = 10) -> Behaviour:
    return answer(200, b"x" * (megabytes * MEGABYTE))


def gzip_bomb(megabytes: int = 50) -> Behaviour:
    return answer(200, gzip.compress(b"\0" * (megabytes * MEGABYTE)), Content_Encoding="gzip")


class HttpPeer:
    """The server. ``requests`` holds every complete request, ``connections`` counts the connections."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.script: deque[Behaviour] = deque()
        self.otherwise: Callable[[Received], Behaviour] = lambda _request: answer()
        self.requests: list[Received] = []
        self.connections = 0
        self._context = context
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._server.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._start(self._accept)

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._server.close()

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._server.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(DRIP_SECONDS)
        with contextlib.suppress(OSError), sock:
            if self._context is not None:
                sock.settimeout(5)
                sock = self._context.wrap_socket(sock, server_side=True)
            with sock:
                sock.settimeout(DRIP_SECONDS)
                self._converse(sock)

    def _converse(self, sock: socket.socket) -> None:
        line = Line(sock, self._stopping)
        pending = b""
        while True:
            pending, request = self._read(sock, pending)
            if request is None:
                return
            with self._lock:
                self.requests.append(request)
                behaviour = self.script.popleft() if self.script else self.otherwise(request)
            sock.settimeout(5)
            stays = behaviour(line, request)
            sock.settimeout(DRIP_SECONDS)
            if not stays:
                return

    def _read(self, sock: socket.socket, pending: bytes) -> tuple[bytes, Received | None]:
        while b"\r\n\r\n" not in pending:
            chunk = self._receive(sock)
            if not chunk or chunk[0] == TLS_HANDSHAKE:
                return pending, None
            pending += chunk
        start, _, rest = pending.partition(b"\r\n\r\n")
        first, _, fields = start.partition(b"\r\n")
        headers = BytesParser(policy=HTTP).parsebytes(fields + b"\r\n\r\n")
        length = int(headers.get("content-length", "0"))
        while len(rest) < length:
            chunk = self._receive(sock)
            if not chunk:
                return rest, None
            rest += chunk
        method, path, _ = first.decode().split(" ", 2)
        lower = {name.lower(): value for name, value in headers.items()}
        return rest[length:], Received(method, path, lower, rest[:length])

    def _receive(self, sock: socket.socket) -> bytes:
        while not self._stopping.is_set():
            try:
                return sock.recv(65536)
            except TimeoutError:
                continue
        return b""


@contextmanager
def running_http_peer(context: ssl.SSLContext | None = None) -> Iterator[HttpPeer]:
    peer = HttpPeer(context)
    try:
        yield peer
    finally:
        peer.stop()
