"""A dispatcher as it runs in a town hall: a process of its own, `flask hub worker` without its command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.hub_under_test import PATIENCE
from hub.worker import MEMORY_PARTS

START_SECONDS = 30.0
CHANNEL = """
[[channel]]
id = "{name}"
kind = "webhook"
label = "{name}"
exercise = true
[channel.settings]
secrets = ["env:HUB_SECRET_BENCH"]
"""


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has held at once (VmHWM, proc(5)).

    Not ``ru_maxrss``: a child of a large process begins with its parent's.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


class Dispatcher:
    """The process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def peak_megabytes(self) -> float:
        """The most memory that it has held at once."""
        return peak_megabytes(self.process.pid)


@contextmanager
def running_dispatcher(
    url: str, channels: tuple[str, ...], redis_url: str = "", *, text: str = "", more: Mapping[str, str] | None = None
) -> Iterator[Dispatcher]:
    """A dispatcher on a database whose tables exist.

    Args:
        url: of the database.
        channels: the ids of its channels of webhooks.
        redis_url: of Redis, for one of a fleet.
        text: further channels, as ``channels.toml`` has them.
        more: further settings by their names in the environment.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        file, log = directory / "channels.toml", directory / "log"
        file.write_text("".join(CHANNEL.format(name=each) for each in channels) + text, encoding="utf-8")
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("HUB_")},
            **MEMORY_PARTS,
            "HUB_DATABASE_URL": url,
            "HUB_REDIS_URL": redis_url,
            "HUB_DATA_DIRECTORY": name,
            "HUB_CHANNELS_FILE": str(file),
            "HUB_HTTP_ALLOWED_NETWORKS": '["127.0.0.0/8"]',
            "HUB_SECRET_BENCH": "s" * 44,
            **(more or {}),
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "hub.fleet" if redis_url else "hub.worker"],
                env=environment,
                stdout=output,
                stderr=output,
            )
        try:
            _wait_for(log, process)
            yield Dispatcher(process)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait_for(log: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while b'"sending"' not in log.read_bytes():
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < end, log.read_text(encoding="utf-8")
        time.sleep(0.02)
