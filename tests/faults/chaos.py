"""Chaos: kill -9 of every process of a hub at random moments, round after round; nothing is lost, nothing doubled.

Usage: python -m tests.faults.chaos [--rounds 20] [--seed N]

One hub of PostgreSQL, Redis, a web server (gunicorn) and two workers. In each round a partner's program sends an alert
and asks again with the same key until it is answered; while it does, and while 2 x 150 receivers are being served,
processes are killed at seeded moments and started again. Webhook receivers drop repeats by their key; mail servers do
not, so there an interrupted delivery must end as unknown. The peers count what they accept; `invariants` compares.

Exit code: 0 when every round held, 1 otherwise. Every loop is bounded; only processes started here are killed.
"""

from __future__ import annotations

import argparse
import random
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.faults.invariants import found, tally, violations
from tests.faults.town import Town, open_town
from tests.postgres import DURABLE, running_postgres
from tests.redis_server import running_redis

RECEIVERS = 150
STRIKES = 4
ROUND_SECONDS = 120.0
# How long a strike waits for its share of the receivers; then it falls anyway.
STRIKE_SECONDS = 30.0
PROCESSES = ("web", "worker-0", "worker-1")
STATIONS = (*PROCESSES, "redis", "postgresql")


def strike(town: Town, chance: random.Random, station: str) -> None:
    """Kills one process, and starts it again after a while, as whatever supervises it would."""
    pause = chance.uniform(0.0, 1.0)
    if station == "redis":
        town.redis.stop()
        time.sleep(pause)  # how long it is away
        town.redis.start()
    elif station == "postgresql":
        town.postgres.stop(signal.SIGQUIT)
        time.sleep(pause)  # how long it is away
        town.postgres.start()
    else:
        town.kill(station)
        time.sleep(pause)  # how long it is away
        town.start(station)


def play(town: Town, chance: random.Random, number: int) -> list[str]:
    """One round; what was wrong in it."""
    town.wait_until_web_answers()
    done = len(town.hook_hits())
    town.asks(f"chaos-{number}")
    told = []
    # The first strike is on the decision, the others are spread over the sending.
    for share in sorted([0.0, *(chance.random() for _ in range(STRIKES - 1))]):
        hits = done + round(share * RECEIVERS)
        town.wait_until(lambda hits=hits: len(town.hook_hits()) >= hits, STRIKE_SECONDS)
        time.sleep(chance.uniform(0.0, 0.3))  # the seeded moment
        station = chance.choice(STATIONS)
        told.append(station)
        strike(town, chance, station)
    wrong = []
    identifier = town.answer(ROUND_SECONDS)
    if not identifier:
        wrong.append("the program never got its answer")
    if not town.wait_until_quiet(ROUND_SECONDS):
        wrong.append("deliveries are still open")
    hooks, mails = found(town.app, "hook"), found(town.app, "mail")
    wrong += violations(hooks, town.hook_hits(), all_accepted=True)
    wrong += violations(mails, town.mail_hits(mails), remembers=False)
    expected = (number + 1) * RECEIVERS
    wrong += [f"{len(rows)} deliveries, not {expected}" for rows in (hooks, mails) if len(rows) != expected]
    repeats = sum(town.hook_hits().values()) - len(town.hook_hits())
    print(  # noqa: T201 - a script
        f"round {number + 1}: killed {' '.join(told)}; webhooks {dict(tally(hooks))}, "
        f"repeats with their key {repeats}; mails {dict(tally(mails))}",
        flush=True,
    )
    return wrong


def main() -> int:
    """Plays the rounds."""
    parser = argparse.ArgumentParser(description="kill -9 of every process at random moments")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    print(f"seed {seed}, {asked.rounds} rounds", flush=True)  # noqa: T201 - a script
    chance = random.Random(seed)
    directory = Path(tempfile.mkdtemp(prefix="hubchaos"))
    wrong: list[str] = []
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(DURABLE))
        redis = stack.enter_context(running_redis())
        town = stack.enter_context(open_town(directory, RECEIVERS, postgres, redis, PROCESSES))
        for number in range(asked.rounds):
            wrong = play(town, chance, number)
            if wrong:
                break
        end = Counter(row.state for row in (*found(town.app, "hook"), *found(town.app, "mail")))
    for line in wrong[:20]:
        print("WRONG:", line)  # noqa: T201 - a script
    verdict = "FAILED" if wrong else "0 lost, 0 doubled"
    print(f"seed {seed}: {verdict}; {dict(end)}" + (f"; logs in {directory}" if wrong else ""))  # noqa: T201 - a script
    if not wrong:
        shutil.rmtree(directory)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
