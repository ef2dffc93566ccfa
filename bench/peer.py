"""A quick receiver in a process of its own: answers each post after a while, keeps connections open.

Usage: python -m bench.peer DELAY_SECONDS [CERTIFICATE_FILE]; prints its port, serves until its input ends.
With a certificate it speaks TLS and closes the connection after each answer. What is posted under /slow is answered
after 8 seconds.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OPEN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
SLOW = b"POST /slow"
SLOW_SECONDS = 8.0


class Receiver(asyncio.Protocol):
    """One connection; requests come one after the other."""

    def __init__(self, delay: float, *, close: bool) -> None:
        self.delay = delay
        self.close = close
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Waits for a whole request, then for the delay."""
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        start = head.lower().index(b"content-length:") + len(b"content-length:")
        if len(body) >= int(head[start:].split(b"\r\n", 1)[0]):
            self.buffer = b""
            delay = SLOW_SECONDS if head.startswith(SLOW) else self.delay
            asyncio.get_running_loop().call_later(delay, self.answer)

    def answer(self) -> None:
        """Says yes."""
        if not self.transport.is_closing():
            self.transport.write(CLOSE if self.close else OPEN)
            if self.close:
                self.transport.close()


async def serve(delay: float, certificate: str | None) -> None:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    every_loopback_address = "0.0.0.0"  # noqa: S104 - 127.0.0.2, 127.0.0.3 ... are hosts of their own to the hub
    server = await loop.create_server(
        lambda: Receiver(delay, close=certificate is not None), every_loopback_address, 0, ssl=context, backlog=4096
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def running_peer(delay: float, certificate: str = "") -> Iterator[int]:
    """The port of a receiver that runs in a process of its own."""
    command = [sys.executable, "-m", "bench.peer", str(delay), *filter(None, [certificate])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None))
