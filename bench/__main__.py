"""`make bench`: ratios of what the hub needs to what the bare work needs, both measured in this run.

Usage: python -m bench [NAME ...]; exits with 1 if a limit is missed.
"""

from __future__ import annotations

import sys
import time

from bench import (
    doorbell,
    engines,
    fairness,
    fan_out,
    map_lint,
    map_pages,
    matching,
    memory,
    officer,
    others,
    register,
    site,
    slow_disk,
    subscribers,
    trigger,
)
from bench.table import HEADING

MEASURES = {
    "fan_out": fan_out.measure,
    "memory": memory.measure,
    "slow_disk": slow_disk.measure,
    "officer": officer.measure,
    "fairness": fairness.measure,
    "doorbell": doorbell.measure,
    "engines": engines.measure,
    "trigger": trigger.measure,
    "others": others.measure,
    "map_pages": map_pages.measure,
    "map_lint": map_lint.measure,
    "matching": matching.measure,
    "register": register.measure,
    "site": site.measure,
}
# Too long for every run.
BY_NAME_ONLY = {"site_load": site.measure_load, "subscribers": subscribers.measure}


def main(names: list[str]) -> int:
    missed = 0
    start = time.monotonic()
    print(HEADING)
    for name in names or MEASURES:
        for line in (MEASURES | BY_NAME_ONLY)[name]():
            print(line, flush=True)
            missed += not line.good
    print(f"{missed} limits missed; {time.monotonic() - start:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
