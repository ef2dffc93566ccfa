"""A whole hub as processes of their own, to be broken: a web server and two workers on PostgreSQL and Redis.

A partner's program triggers over HTTP; webhook receivers that drop repeats and a mail server that does not count.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import requests
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from hub.app import create_app
from hub.dispatch.models import deliveries, destinations, publications
from hub.dispatch.states import OPEN
from hub.kernel.db import db, reading, transaction
from hub.kernel.settings import ROOT, load
from hub.web.parts import EXTENSION
from tests.e2e.hub_process import hub_environment, run_flask
from tests.faults.invariants import Found
from tests.faults.peer import CountingPeer
from tests.peers.smtp_peer import SmtpPeer, running_smtp_peer
from tests.postgres import PostgresServer
from tests.redis_server import RedisServer
from tests.web.partner_api.programs import DRAFT

PARIS = ZoneInfo("Europe/Paris")
PROGRAMS = Path(sys.executable).parent
HOSTS = 20
LOOK_SECONDS = 0.1
ASK_SECONDS = 10.0
LONGEST_ROUND = 300.0

CHANNELS = """
[[channel]]
id = "hook"
kind = "webhook"
label = "Partners"
exercise = true
[channel.settings]
secrets = ["env:HUB_SECRET_HOOK"]

[[channel]]
id = "mail"
kind = "email"
label = "E-mail"
exercise = true
[channel.settings]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "alerte@rivemont.example"
"""

GUNICORN = (str(PROGRAMS / "gunicorn"), "--config", "config/gunicorn.conf.py")
COMMANDS: Mapping[str, Sequence[str]] = {
    "web": (*GUNICORN, "wsgi:app"),
    "worker-0": (str(PROGRAMS / "flask"), "hub", "worker"),
    "worker-1": (str(PROGRAMS / "flask"), "hub", "worker"),
    "mortal-web": (*GUNICORN, "tests.faults.mortal:app"),
}

SETTINGS = {
    "HUB_SECRET_HOOK": "x" * 40,
    "HUB_DELIVERY_EMBEDDED": "false",
    "HUB_DELIVERY_THREADS": "8",
    "HUB_DELIVERY_SLOW_THREADS": "4",
    "HUB_DELIVERY_BATCH": "20",
    "HUB_DELIVERY_LEASE_SECONDS": "4",
    "HUB_DELIVERY_DEADLINE_SECONDS": "3",
    "HUB_DELIVERY_FIRST_TRY_SECONDS": "3",
    "HUB_DELIVERY_POLL_SECONDS": "0.5",
    "HUB_DELIVERY_RETRY_FIRST_SECONDS": "0.1",
    "HUB_DELIVERY_RETRY_LONGEST_SECONDS": "1",
    "HUB_SECURITY_PARTNER_REQUESTS_PER_SECOND": "1000",
    "HUB_SECURITY_PARTNER_TRIGGERS_PER_MINUTE": "1000",
}


def draft() -> dict[str, Any]:
    """The partner tests' draft with times that lie ahead of the real clock."""
    now = datetime.now(PARIS)
    ends, following = (f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (240, 40))
    return {**DRAFT, "blanks": {**DRAFT["blanks"], "heure_fin": ends, "prochain": following}}


@dataclass
class Town:
    """The hub, what it needs, and everyone who listens to it."""

    app: Flask
    environment: Mapping[str, str]
    postgres: PostgresServer
    redis: RedisServer
    hooks: CountingPeer
    mail: SmtpPeer
    directory: Path
    key: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    answers: list[requests.Response] = field(default_factory=list)
    _asking: threading.Thread | None = None

    def start(self, station: str) -> None:
        """Starts one of the hub's processes; does not wait for it."""
        with (self.directory / f"{station}.log").open("ab") as log:
            self.processes[station] = subprocess.Popen(
                COMMANDS[station], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, station: str) -> None:
        """Kill -9, its children too."""
        process = self.processes.pop(station)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def said(self, station: str, text: str) -> int:
        """How often a process has logged this."""
        return (self.directory / f"{station}.log").read_text(encoding="utf-8").count(text)

    def post(self, path: str, body: Any, key: str) -> requests.Response:
        """One request of the partner's program."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": key, "Accept-Language": "en"}
        address = f"{self.environment['HUB_SITE_BASE_URL']}/api/v1{path}"
        return requests.post(address, json=body, headers=headers, timeout=ASK_SECONDS)

    def insist(self, path: str, body: Any, key: str, status: int) -> requests.Response | None:
        """Asks with the same key until the hub answers with this status; every answer is kept."""
        end = time.monotonic() + LONGEST_ROUND
        while time.monotonic() < end:
            try:
                answer = self.post(path, body, key)
            except requests.RequestException:
                time.sleep(LOOK_SECONDS)  # the server is away; bounded by `end`
                continue
            self.answers.append(answer)
            if answer.status_code == status:
                return answer
            time.sleep(LOOK_SECONDS)  # the hub says that it is not well; bounded by `end`
        return None

    def asks(self, key: str) -> None:
        """The partner's program previews an alert and sends it, and asks until it has its answer: in the background."""

        def ask() -> None:
            if shown := self.insist("/alerts/preview", draft(), key, 200):
                self.insist("/alerts", shown.json()["confirmation"], key, 201)

        self.answers.clear()
        self._asking = threading.Thread(target=ask, name="partner", daemon=True)
        self._asking.start()

    def answer(self, timeout: float) -> str:
        """The identifier that the program was told, if it was answered in time."""
        assert self._asking is not None
        self._asking.join(timeout)
        told = [answer.json()["identifier"] for answer in self.answers if answer.status_code == 201]
        return told[0] if told else ""

    def wait_until_web_answers(self) -> bool:
        """Whether the web server serves, in time; it asks no database for that."""

        def serves() -> bool:
            try:
                return requests.get(f"{self.environment['HUB_SITE_BASE_URL']}/healthz", timeout=ASK_SECONDS).ok
            except requests.RequestException:
                return False

        return self.wait_until(serves)

    def wait_until_quiet(self, timeout: float) -> bool:
        """Whether something was published, and every delivery is decided, in time."""
        is_open = sa.select(sa.func.count()).where(deliveries.c.state.in_([str(state) for state in OPEN]))
        return self.wait_until(lambda: self.scalar(is_open) == 0, timeout)

    def wait_until(self, true: Callable[[], bool], timeout: float = 60.0) -> bool:
        """Whether it came true in time."""
        end = time.monotonic() + timeout
        while not true():
            if time.monotonic() > end:
                return False
            time.sleep(LOOK_SECONDS)  # other processes tell nobody; bounded by `end`
        return True

    def scalar(self, query: sa.Select[Any]) -> Any:
        """One value from the database; ``None`` while it is away."""
        try:
            with self.app.app_context():
                return reading().scalar(query)
        except OperationalError:
            return None

    def publications(self) -> int:
        """How many messages were decided."""
        return int(self.scalar(sa.select(sa.func.count()).select_from(publications)))

    def hook_hits(self) -> Counter[str]:
        """Idempotency key -> how often a webhook receiver accepted it."""
        return Counter(self.hooks.hits)

    def mail_hits(self, rows: Sequence[Found]) -> Counter[str]:
        """The same of the mail server, which sees message ids."""
        adapter = self.app.extensions[EXTENSION].channels["mail"].adapter
        with self.app.app_context():
            found = reading().execute(sa.select(destinations.c.id, destinations.c.address))
            addresses = {number: address for number, address in found}  # noqa: C416 - rows are no pairs
        ids = {
            adapter._message_id(row.row["publication_id"], addresses[row.row["destination_id"]]): row.key
            for row in rows
        }
        seen = [str(message["Message-ID"]) for _, _, message in list(self.mail.received)]
        return Counter(ids.get(each, each) for each in seen)


@contextmanager
def open_town(
    directory: Path, receivers: int, postgres: PostgresServer, redis: RedisServer, stations: Sequence[str]
) -> Iterator[Town]:
    """Sets a hub up, starts these of its processes, and kills them at the end."""
    with CountingPeer(delay=0.05) as hooks, running_smtp_peer() as mail, postgres.fresh_database() as url:
        file = directory / "channels.toml"
        file.write_text(CHANNELS.format(port=mail.port), encoding="utf-8")
        settings = SETTINGS | {"HUB_DATABASE_URL": url, "HUB_REDIS_URL": redis.url, "HUB_CHANNELS_FILE": str(file)}
        settings["MORTAL_WISH"] = str(directory / "wish")
        environment = hub_environment(directory / "var", **settings)
        run_flask(environment, "init")
        run_flask(environment, "partner", "add", "sdis76", "SDIS 76")
        key = json.loads(run_flask(environment, "partner", "key", "sdis76", "--live", "--json"))["key"]
        with patch.dict(os.environ, {"HUB_SECRET_HOOK": "x" * 40}):
            app = create_app(load({name: value for name, value in environment.items() if name.startswith("HUB_")}))
        _subscribe(app, receivers, hooks.port)
        town = Town(app, environment, postgres, redis, hooks, mail, directory, key)
        try:
            for station in stations:
                town.start(station)
            yield town
        finally:
            for station in list(town.processes):
                town.kill(station)
            postgres.start()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def _subscribe(app: Flask, receivers: int, port: int) -> None:
    row = {"enabled": True, "created_at": datetime.now(UTC)}
    rows = []
    for number in range(receivers):
        host = f"127.0.0.{2 + number % HOSTS}"
        rows.append(row | {"channel_id": "hook", "address": f"http://{host}:{port}/{number}", "host": host})
        rows.append(row | {"channel_id": "mail", "address": f"r{number}@rivemont.example", "host": "mail"})
    with app.app_context(), transaction() as session:
        session.execute(sa.insert(destinations), [each | {"label": each["address"]} for each in rows])
