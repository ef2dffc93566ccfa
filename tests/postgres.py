"""A real PostgreSQL for the tests: Debian's server, in a temporary directory, on a unix socket, gone afterwards.

Works as root (the server then runs as ``nobody``, because ``initdb`` refuses root) and as anyone else.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

START_SECONDS = 30
# The tests kill our own processes, never the server: it need not wait for the disk.
OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")
# Where tests kill the server itself: what it has promised must be in the operating system's hands by then.
DURABLE = ("fsync=off", "max_connections=200", "shared_buffers=64MB")


class PostgresMissingError(RuntimeError):
    """No PostgreSQL server is installed."""


@dataclass
class PostgresServer:
    """A server that can be stopped and started again under the same address, as an operator would."""

    directory: Path
    options: tuple[str, ...]
    person: Mapping[str, Any]
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers. Twice is once."""
        if self._process is not None:
            return
        command = [programs() / "postgres", "-D", self.directory / "cluster", "-k", self.directory, "-h", ""]
        for option in self.options:
            command += ["-c", option]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.directory, stdout=log, stderr=log, **self.person)
        _wait_until_it_answers(self.directory, self._process)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stops it. Twice is once.

        Args:
            number: SIGINT ends the connections and keeps the data ("fast"); SIGQUIT drops everything where it stands
                ("immediate"), and the next start recovers as after a power cut.
        """
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def url(self, database: str) -> str:
        """The SQLAlchemy address of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.directory}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The address of a new, empty database, dropped at the end."""
        name = f"hub_{secrets.token_hex(6)}"
        self._execute("CREATE DATABASE {}", name)
        try:
            yield self.url(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: str, name: str) -> None:
        conninfo = f"host={self.directory} user=postgres dbname=postgres"
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def programs() -> Path:
    """The directory of the newest installed server.

    Raises:
        PostgresMissingError: none is installed; says what to do.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).parent
    msg = "PostgreSQL is not installed: apt-get install postgresql (15 or newer)"
    raise PostgresMissingError(msg)


@contextmanager
def running_postgres(options: tuple[str, ...] = OPTIONS) -> Iterator[PostgresServer]:
    """Starts a server and stops it at the end.

    Raises:
        PostgresMissingError: no server is installed.
    """
    initdb = programs() / "initdb"
    # A unix socket's path holds about 100 characters, so the directory's own must be short.
    directory = Path(tempfile.mkdtemp(prefix="hubpg"))
    person: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(directory, "nobody", "nogroup")
        person = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    try:
        cluster = directory / "cluster"
        setup = [initdb, "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        subprocess.run(setup, cwd=directory, check=True, capture_output=True, **person)
        server = PostgresServer(directory, options, person)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _wait_until_it_answers(directory: Path, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            psycopg.connect(f"host={directory} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)  # the server is starting and tells nobody when it is ready
        else:
            return
    msg = "PostgreSQL did not start:\n" + (directory / "log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(msg)
