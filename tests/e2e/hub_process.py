"""The hub as its user starts it: `flask hub init`, then gunicorn with the dispatcher inside, as their own processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from hub.kernel.settings import ROOT

START_SECONDS = 60
STOP_SECONDS = 40
PROGRAMS = Path(sys.executable).parent


@dataclass
class RunningHub:
    """A hub that serves on ``url``; ``environment`` is what its processes see."""

    url: str
    environment: Mapping[str, str]

    def flask(self, *arguments: str) -> str:
        """Runs one ``flask hub`` command beside the server and returns what it printed."""
        return run_flask(self.environment, *arguments)


def run_flask(environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [str(PROGRAMS / "flask"), "hub", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def one_time_password(printed: str) -> str:
    return re.search(r"One-time password: (\S+)", printed)[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hub_environment(directory: Path, **settings: str) -> dict[str, str]:
    """The process environment of a hub of its own; ``settings`` are its variables."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return kept | {
        "LC_ALL": "C.UTF-8",
        "FLASK_APP": "wsgi.py",
        "BIND": f"127.0.0.1:{port}",
        "HUB_SITE_BASE_URL": f"http://127.0.0.1:{port}",
        "HUB_DATA_DIRECTORY": str(directory),
        "HUB_HTTP_ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        **settings,
    }


@contextmanager
def serving(environment: Mapping[str, str], log: Path) -> Iterator[RunningHub]:
    """Runs the server until the block ends; then SIGTERM, and it must drain and end by itself."""
    url = environment["HUB_SITE_BASE_URL"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(PROGRAMS / "gunicorn"), "--config", "config/gunicorn.conf.py", "wsgi:app"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until_it_answers(url, process, log)
        yield RunningHub(url, environment)
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0, log.read_text(encoding="utf-8")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if requests.get(f"{url}/robots.txt", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)  # it is still starting; bounded by the loop
    raise AssertionError(log.read_text(encoding="utf-8"))
