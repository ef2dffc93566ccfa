"""A partner's program runs wild (fault F27): its key waits, the officer's alert leaves meanwhile."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.console.conftest import anne, overrides, town, town_and_cookies
from tests.web.partner_api.programs import enrol

__all__ = ["anne", "overrides", "town", "town_and_cookies"]

THREADS = 8
# Requests of each thread: a thousand in all at least, and as many more as it takes the officer to send.
LEAST, MOST = 125, 5000


@pytest.mark.usefixtures("overrides")
def test_an_officer_sends_while_one_key_floods(town, anne, clock):
    program = enrol(town, clock, "sdis76")
    confirmation = program.preview(channels=["essai"])["confirmation"]
    flooding, sent = threading.Event(), threading.Event()

    def flood(_thread: int) -> Counter[int]:
        told: Counter[int] = Counter()
        while told.total() < MOST and not (sent.is_set() and told.total() >= LEAST):
            told[program.post("/alerts", confirmation, "again").status_code] += 1
            if told[429]:
                flooding.set()
        return told

    with ThreadPoolExecutor(THREADS) as pool:
        threads = [pool.submit(flood, number) for number in range(THREADS)]
        assert flooding.wait(60)
        identifier = anne.send()
        sent.set()
    told = sum((each.result() for each in threads), Counter())
    assert set(told) == {201, 429}, told
    assert told[429] > told[201]
    assert anne.get(f"/console/alerts/{identifier}").status_code == 200
