"""A fan-out to many webhooks: beside the same posts by bare `requests`, and ten times as many.

Usage: python -m bench.fan_out RECEIVERS PORT; one fan-out in a process of its own, prints seconds and megabytes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import requests

from bench.hub_under_test import PAYLOAD, address, running_hub
from bench.peer import running_peer
from bench.table import Line

RECEIVERS = 1000
THREADS = 64
ANSWER_SECONDS = 0.05
ROUNDS = 5
MANY_ROUNDS = 3
MANY = 10
MOST_SHARE = 1.3
MOST_GROWTH = 11.0
MOST_MEGABYTES = 200.0


class Floor:
    """The same posts with nothing around them: a session for each of 64 threads."""

    def __init__(self, port: int) -> None:
        self.addresses = [address(port, number) for number in range(RECEIVERS)]
        self.body = PAYLOAD.encode()
        self.headers = {
            "Content-Type": "application/json",
            "webhook-id": "a1-1",
            "webhook-timestamp": "1700000000",
            "webhook-signature": "v1," + "x" * 44,
        }

    def fan_out(self) -> float:
        """Posts to all; the seconds it took."""
        mine = threading.local()

        def post(url: str) -> None:
            session = getattr(mine, "session", None)
            if session is None:
                session = mine.session = requests.Session()
                session.trust_env = False  # without it the floor would be higher
            assert session.post(url, data=self.body, headers=self.headers, timeout=15).status_code == 200

        with ThreadPoolExecutor(THREADS) as pool:
            start = time.perf_counter()
            list(pool.map(post, self.addresses))
            return time.perf_counter() - start


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure() -> list[Line]:
    """Wall time and CPU of 1,000 posts beside the floor, alternately; then 10,000 beside 1,000."""
    walls: dict[str, list[float]] = {"floor": [], "hub": []}
    cpus: dict[str, list[float]] = {"floor": [], "hub": []}
    with running_peer(ANSWER_SECONDS) as port, tempfile.TemporaryDirectory() as directory:
        floor = Floor(port)
        for number in range(ROUNDS):
            before = cpu_seconds()
            walls["floor"].append(floor.fan_out())
            cpus["floor"].append(cpu_seconds() - before)
            place = Path(directory) / str(number)
            place.mkdir()
            with running_hub(place, RECEIVERS, port) as hub:
                before = cpu_seconds()
                walls["hub"].append(hub.fan_out("a1"))
                cpus["hub"].append(cpu_seconds() - before)
        runs = [(once(RECEIVERS, port), once(MANY * RECEIVERS, port)) for _ in range(MANY_ROUNDS)]
    few, many = (median(run[which]["seconds"] for run in runs) for which in (0, 1))
    peak = max(run[1]["megabytes"] for run in runs)
    return [
        Line(f"{RECEIVERS} webhooks, wall time (s)", median(walls["hub"]), median(walls["floor"]), MOST_SHARE),
        Line(f"{RECEIVERS} webhooks, CPU (s)", median(cpus["hub"]), median(cpus["floor"]), None),
        Line(f"{MANY * RECEIVERS} webhooks beside {RECEIVERS}, wall time (s)", many, few, MOST_GROWTH),
        Line(f"{MANY * RECEIVERS} webhooks, peak memory beside the limit (MB)", peak, MOST_MEGABYTES, 1.0),
    ]


def once(receivers: int, port: int) -> dict[str, float]:
    """One fan-out in a process of its own."""
    command = [sys.executable, "-m", "bench.fan_out", str(receivers), str(port)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main(receivers: int, port: int) -> None:
    with tempfile.TemporaryDirectory() as directory, running_hub(Path(directory), receivers, port) as hub:
        seconds = hub.fan_out("a1")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in kB
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
