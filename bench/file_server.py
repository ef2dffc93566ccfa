"""The example configuration of nginx with a bare nginx beside it, and wrk, which asks as fast as they answer."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.kernel.settings import ROOT
from tests.e2e.hub_process import free_port

# What is replaced in the example, as its own first lines tell people to do.
EXAMPLE = ROOT / "config" / "nginx.conf.example"
LISTEN, FILES, HUB = "listen 80;", "/srv/tocsin/var/public/site", "http://127.0.0.1:8000"
# One process of nginx: wrk has the other core. Temporary files are named since a packaged nginx writes to /var/lib.
AROUND = """
daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log {directory}/nginx.log; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; keepalive_requests 100000000;
  client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2; fastcgi_temp_path {directory}/t3;
  uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
  server {{ listen 127.0.0.1:{plain}; root {directory}/plain; }}
  include {directory}/site.conf;
}}
"""
START_SECONDS = 10.0
CONNECTIONS = 32
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class FileServer:
    """``site`` serves the built files, ``plain`` what lies in ``directory``, with nothing configured."""

    site: str
    plain: str
    directory: Path


@dataclass(frozen=True, slots=True)
class Pressure:
    """What wrk saw: microseconds a request, the 99th percentile in milliseconds, answers that were none."""

    microseconds: float
    p99: float
    errors: int


def check_programs() -> None:
    """Ends the run with what to install, if nginx or wrk is missing."""
    if missing := [name for name in ("nginx", "wrk") if program(name) is None]:
        message = f"this measure needs {' and '.join(missing)}: scripts/prepare bench, or apt install nginx-light wrk"
        raise SystemExit(message)


def program(name: str) -> str | None:
    # Debian keeps nginx where only an administrator's PATH looks.
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def running_nginx(site: Path, directory: Path, hub: int | None = None) -> Iterator[FileServer]:
    """Serves a built site by nginx; the hub that it asks for the rest listens on a port, or is not there."""
    port, plain = free_port(), free_port()
    example = EXAMPLE.read_text(encoding="utf-8")
    changes = {LISTEN: f"listen 127.0.0.1:{port};", FILES: str(site), HUB: f"http://127.0.0.1:{hub or free_port()}"}
    for old, new in changes.items():
        assert old in example, f"{EXAMPLE.name} no longer has: {old}"
        example = example.replace(old, new)
    (directory / "plain").mkdir(parents=True)
    (directory / "site.conf").write_text(example, encoding="utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    around = AROUND.format(directory=directory, user=user, plain=plain)
    (directory / "nginx.conf").write_text(around, encoding="utf-8")
    with subprocess.Popen(
        [str(program("nginx")), "-p", str(directory), "-c", str(directory / "nginx.conf")]
    ) as process:
        try:
            _wait(plain, process)
            yield FileServer(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{plain}", directory / "plain")
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = "nginx did not start: its reason is above"
    raise AssertionError(message)


def press(url: str, seconds: int, *headers: str) -> Pressure:
    """Asks for one address over 32 connections for some seconds."""
    named = [part for header in headers for part in ("-H", header)]
    command = [str(program("wrk")), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *named, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    wrong = re.findall(r"(?:connect|read|write|timeout|responses:?) (\d+)", said)
    return Pressure(
        microseconds=1e6 / float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        p99=float(number) * MILLISECONDS[unit],
        errors=sum(map(int, wrong)),
    )
