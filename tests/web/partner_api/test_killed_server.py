"""kill -9 of the server while it stores an alert: asked again with the same key, there is one alert (faults F1, F2)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from json import dumps, loads
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from hub.kernel.db import reading
from hub.kernel.settings import ROOT
from tests.conftest import FixedClock
from tests.web.partner_api.programs import DRAFT, enrol

ROUNDS = 4
PARIS = ZoneInfo("Europe/Paris")
# A trigger takes some ten milliseconds: a kill within this time comes before, in the middle, or after.
LONGEST_WAIT = 0.1


@pytest.fixture
def clock():
    """The servers go by the real clock, so everything else does."""
    return FixedClock(datetime.now(UTC))


@contextmanager
def running(arguments):
    """A server process; its port."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/web/partner_api/server.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    try:
        port = process.stdout.readline()
        assert port, process.stderr.read()
        yield process, int(port)
    finally:
        process.kill()
        process.communicate()


def ask(port, address, body, headers):
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", f"/api/v1{address}", dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, loads(answer.read())
    finally:
        connection.close()


def draft():
    """The tests' draft with times that lie ahead of the real clock."""
    now = datetime.now(PARIS)
    ends, following = (f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (240, 40))
    return {**DRAFT, "blanks": {**DRAFT["blanks"], "heure_fin": ends, "prochain": following}}


def kill_while_asking(process, port, wait, *request):
    """Asks, and kills the server a moment after the request was written; the answer, if there was one."""
    killer = subprocess.Popen(["/bin/sh", "-c", f"sleep {wait:.3f}; kill -9 {process.pid}"])
    try:
        with suppress(OSError, HTTPException):
            return ask(port, *request)
        return None
    finally:
        killer.wait()


def test_a_killed_server_neither_loses_nor_doubles(any_town, clock, tmp_path, database_url):
    program = enrol(any_town, clock, "sdis76")
    arguments = [str(tmp_path / "var"), str(tmp_path / "channels.toml"), *([database_url] if database_url else [])]
    chance = random.Random(4)
    for number in range(ROUNDS):
        headers = {**program.headers(), "Idempotency-Key": f"round-{number}"}
        with running(arguments) as (process, port):
            status, shown = ask(port, "/alerts/preview", draft(), headers)
            assert status == 200, shown
            request = ("/alerts", shown["confirmation"], headers)
            first = kill_while_asking(process, port, chance.uniform(0, LONGEST_WAIT), *request)
        with running(arguments) as (_, port):
            second = ask(port, *request)
            third = ask(port, *request)
        assert second[0] == 201
        assert third == second
        assert first is None or first == second
        assert second[1]["identifier"] == shown["confirmation"]["identifier"]
    with any_town.app_context():
        counts = {
            table: reading().scalar(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - names of ours
            for table in ("alert", "intake", "publication")
        }
        doubled = reading().scalars(
            sa.text("SELECT destination_id FROM delivery GROUP BY publication_id, destination_id HAVING count(*) > 1")
        )
        assert list(doubled) == []
    assert counts == {"alert": ROUNDS, "intake": ROUNDS, "publication": ROUNDS}
