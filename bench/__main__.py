"""`make bench`: ratios of what the hub needs to what the bare work needs, both measured in this run.

Usage: python -m bench [fan_out] [trigger] [tls]; exits with 1 if a limit is missed.
"""

from __future__ import annotations

import sys

from bench import fan_out, tls, trigger
from bench.table import HEADING

MEASURES = {"fan_out": fan_out.measure, "trigger": trigger.measure, "tls": tls.measure}


def main(names: list[str]) -> int:
    missed = 0
    print(HEADING)
    for name in names or MEASURES:
        for line in MEASURES[name]():
            print(line, flush=True)
            missed += not line.good
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
