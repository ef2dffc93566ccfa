"""A mail server in a process of its own: aiosmtpd, which takes every mail and counts.

Usage: python -m bench.mail_peer; prints its port, then for each line that it reads the mails and connections so far.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session


class Counter:
    """What came in."""

    def __init__(self) -> None:
        self.mails = 0
        self.connections = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - its name
        """A mail is taken."""
        self.mails += 1
        return f"250 2.0.0 Ok: queued as 4Zx{self.mails}"


async def serve() -> None:
    counter = Counter()
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        counter.connections += 1
        return SMTP(counter, hostname="peer.example", loop=loop)

    server = await loop.create_server(protocol, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(counter.mails, counter.connections, flush=True)
    server.close()


@dataclass
class MailPeer:
    """The server, seen from outside."""

    process: subprocess.Popen[str]
    port: int

    def counts(self) -> tuple[int, int]:
        """Mails and connections so far."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        mails, connections = self.process.stdout.readline().split()
        return int(mails), int(connections)


@contextmanager
def running_mail_peer() -> Iterator[MailPeer]:
    command = [sys.executable, "-m", "bench.mail_peer"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield MailPeer(process, int(process.stdout.readline()))
        finally:
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve())
