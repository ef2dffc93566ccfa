"""A total time limit on a conversation over a socket, name look-up and connecting included.

A socket's own time-out starts again with every byte: a far side that sends one byte a second holds a thread for ever
(with ``timeout=2`` a header drip was seen to last 10 s). Here one watchdog thread for the whole process shuts a socket
down when its time is over, which wakes the thread that reads from it.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import math
import os
import socket
import threading
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

# A resolver's answer: address family and the address as `socket.connect` wants it.
Resolved = tuple[int, tuple[str, int] | tuple[str, int, int, int]]
SHORTEST = 0.001
# So many guards may lie in the heap although they are no longer needed before it is looked through.
MOST_RELEASED = 256


class Guard:
    """The time limit of one conversation. Use it as a context manager; tell it the socket by `watch`."""

    __slots__ = ("_watchdog", "ends", "fired", "released", "seconds", "sock")

    def __init__(self, watchdog: Watchdog, seconds: float) -> None:
        self._watchdog = watchdog
        self.seconds = seconds
        self.ends = monotonic() + seconds
        self.fired = False
        self.released = False
        self.sock: socket.socket | None = None

    def remaining(self) -> float:
        """Seconds left.

        Raises:
            TimeoutError: none are.
        """
        left = self.ends - monotonic()
        if self.fired or left <= 0:
            self.fired = True
            raise TimeoutError
        return max(left, SHORTEST)

    def watch(self, sock: socket.socket) -> None:
        """From now on this socket is shut down at the end of the time; one that comes too late is shut down at once."""
        self.sock = sock
        if self.fired:
            shut(sock)

    def __enter__(self) -> Self:
        self._watchdog.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watchdog.release(self)


class Watchdog:
    """One thread and one heap for all guards of the process. The thread starts with the first guard."""

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._heap: list[tuple[float, int, Guard]] = []
        self._numbers = itertools.count()
        self._released = 0
        self._wakes_at = -math.inf
        self._thread: threading.Thread | None = None

    def guard(self, seconds: float) -> Guard:
        """A new guard; its time runs from now."""
        return Guard(self, seconds)

    def add(self, guard: Guard) -> None:
        """Takes a guard under watch."""
        with self._lock:
            heapq.heappush(self._heap, (guard.ends, next(self._numbers), guard))
            earlier = guard.ends < self._wakes_at
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadline-watchdog", daemon=True)
                self._thread.start()
        if earlier:
            self._wake.set()

    def release(self, guard: Guard) -> None:
        """Forgets a guard: its socket may be used again by another conversation."""
        with self._lock:
            guard.sock = None
            guard.released = True
            self._released += 1
            if self._released > max(MOST_RELEASED, len(self._heap) // 2):
                self._heap = [entry for entry in self._heap if not entry[2].released]
                heapq.heapify(self._heap)
                self._released = 0

    def _run(self) -> None:
        while True:
            with self._lock:
                now = monotonic()
                self._fire_all(now)
                self._wakes_at = self._heap[0][0] if self._heap else math.inf
            self._wake.wait(None if self._wakes_at == math.inf else self._wakes_at - now)
            self._wake.clear()

    def _fire_all(self, now: float) -> None:
        """Shuts down what is over. Runs under the lock, so that a released socket cannot be hit."""
        while self._heap and self._heap[0][0] <= now:
            guard = heapq.heappop(self._heap)[2]
            guard.fired = True
            if guard.sock is not None:
                shut(guard.sock)


WATCHDOG = Watchdog()


def shut(sock: socket.socket) -> None:
    """Ends both directions of a connection and wakes whoever waits on it.

    Calls the plain socket's method: the one of `ssl.SSLSocket` takes the TLS object away under the reader's feet.
    """
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def resolve(host: str, port: int, guard: Guard) -> list[Resolved]:
    """The addresses of a host, numeric ones at once, names by a look-up that is abandoned when the time is over.

    Raises:
        socket.gaierror: the name has no address.
        TimeoutError: the resolver did not answer in time.
    """
    with contextlib.suppress(socket.gaierror):
        return _looked_up(host, port, socket.AI_NUMERICHOST)
    found: list[list[Resolved] | Exception] = []

    def look_up() -> None:
        try:
            found.append(_looked_up(host, port, 0))
        except (OSError, UnicodeError) as error:
            found.append(error)

    # `getaddrinfo` cannot be interrupted; a thread of its own can at least be left behind until it gives up by itself.
    thread = threading.Thread(target=look_up, name="resolver", daemon=True)
    thread.start()
    thread.join(guard.remaining())
    if not found:
        raise TimeoutError
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


def open_connection(host: str, port: int, guard: Guard, permits: Callable[[str, int], bool]) -> socket.socket:
    """A connected TCP socket to the first address that is permitted and answers, its time-out set to the time left.

    An address that is not permitted is never even tried, and the connected peer is checked once more.

    Raises:
        PermissionError: no address of this host is permitted.
        TimeoutError: the time is over.
        OSError: the name has no address (`socket.gaierror`), or no address could be connected to.
    """
    addresses = [item for item in resolve(host, port, guard) if permits(str(item[1][0]), port)]
    if not addresses:
        raise PermissionError(host)
    failure: OSError = TimeoutError()
    for index, (family, address) in enumerate(addresses):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(guard.remaining() / (len(addresses) - index))
            sock.connect(address)
            if not permits(str(sock.getpeername()[0]), port):
                raise PermissionError(host)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(guard.remaining())
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def _looked_up(host: str, port: int, flags: int) -> list[Resolved]:
    # Also yields IPv6 addresses on a machine without IPv6: connecting to one then fails and the next is tried.
    answers = socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM, 0, flags)
    return [(family, address) for family, _, _, _, address in answers]  # type: ignore[misc]
