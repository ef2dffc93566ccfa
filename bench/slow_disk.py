"""The fan-out on a disk whose every fsync takes 5 ms longer.

A library loaded before the C library's own puts the pause into fsync(2) and fdatasync(2), for SQLite in the hub's
process and for each process of the PostgreSQL server alike; it is compiled here. What a commit takes is shown.

Usage: python -m bench.slow_disk PORT; runs both sides alternately, prints JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.bare import bare_fan_out
from bench.databases import running_databases
from bench.hub_under_test import address, running_hub
from bench.officer import officer_writes
from bench.peer import running_peer
from bench.table import Line

RECEIVERS = 1000
ROUNDS = 5
COMMITS = 20
ANSWER_SECONDS = 0.05
MOST = 1.25
SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static int slowly(const char *name, int file) {
  struct timespec pause = {0, 5000000};
  int (*own)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  nanosleep(&pause, 0);
  return own(file);
}
int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
"""


def measure() -> Iterator[Line]:
    """Both databases; a line that says so where nothing can be compiled."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        print("slow_disk: not measured, there is no C compiler here")
        return
    with tempfile.TemporaryDirectory() as name, running_peer(ANSWER_SECONDS) as port:
        directory = Path(name)
        directory.chmod(0o755)  # the database server is another person
        library = directory / "slowly.so"
        command = [compiler, "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(library), "-ldl"]
        subprocess.run(command, input=SOURCE, text=True, check=True)
        spent = json.loads(
            subprocess.run(
                [sys.executable, "-m", "bench.slow_disk", str(port)],
                env={**os.environ, "LD_PRELOAD": str(library)},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout
        )
    floor = spent.pop("floor")
    commits = spent.pop("commits")
    for name, walls in spent.items():
        title = f"{RECEIVERS} webhooks, +5 ms an fsync (a commit: {commits[name]:.1f} ms), {name} (s)"
        yield Line.of_rounds(title, walls, floor, MOST)


def main(port: int) -> None:
    addresses = [address(port, number) for number in range(RECEIVERS)]
    with running_databases() as databases:
        spent: dict[str, list[float]] = {"floor": [], **{name: [] for name in databases}}
        commits: dict[str, float] = {}
        for _ in range(ROUNDS):
            spent["floor"].append(bare_fan_out(addresses))
            for name, fresh in databases.items():
                with (
                    fresh() as url,
                    tempfile.TemporaryDirectory() as directory,
                    running_hub(Path(directory), RECEIVERS, port, url) as hub,
                ):
                    spent[name].append(hub.fan_out("a1"))
                    commits[name] = median(officer_writes(hub.app) for _ in range(COMMITS))
    print(json.dumps({**spent, "commits": commits}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
