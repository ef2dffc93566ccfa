"""A real Redis for the tests: Debian's server on a unix socket in a temporary directory, gone afterwards.

It can be stopped and started again under the same address, as an operator would.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

START_SECONDS = 30


class RedisMissingError(RuntimeError):
    """No Redis server is installed."""


class RedisServer:
    """A server that keeps nothing on the disk."""

    def __init__(self, directory: Path) -> None:
        self.socket = directory / "redis"
        self.url = f"unix://{self.socket}"
        self._log = directory / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers.

        Raises:
            RedisMissingError: none is installed; says what to do.
        """
        program = shutil.which("redis-server")
        if program is None:
            msg = "Redis is not installed: apt-get install redis-server"
            raise RedisMissingError(msg)
        options = ["--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([program, *options], stdout=log, stderr=log, cwd=self.socket.parent)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with self.client() as client:
                    client.ping()
            except (RedisError, OSError):
                time.sleep(0.02)  # the server is starting and tells nobody when it is ready
            else:
                return
        msg = "Redis did not start:\n" + self._log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(msg)

    def stop(self) -> None:
        """Stops it at once; everything in it is lost. Twice is once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> Redis:
        """A client of a test's own; to be closed."""
        return Redis(unix_socket_path=str(self.socket))


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Starts a server and stops it at the end.

    Raises:
        RedisMissingError: no server is installed.
    """
    # A unix socket's path holds about 100 characters, so the directory's own must be short.
    directory = Path(tempfile.mkdtemp(prefix="hubredis"))
    server = RedisServer(directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)
