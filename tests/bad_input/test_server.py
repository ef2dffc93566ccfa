"""The server as it runs, on raw sockets: broken requests, forged names, bodies without end, fifty clicks at once."""

from __future__ import annotations

import re
import socket
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import requests

from tests.e2e.hub_process import hub_environment, one_time_password, run_flask, serving
from tests.web.console.conftest import COMPOSE, FILLED, PASSWORD

CLICKS = 50
SECONDS = 20


@dataclass
class Running:
    """A server with an officer who is logged in."""

    url: str
    directory: Path
    log: Path
    officer: requests.Session
    login: str = "officer"

    def raw(self, request: bytes) -> tuple[bytes, bytes]:
        """Head and body of the answer to bytes as they are."""
        with socket.create_connection(("127.0.0.1", urlsplit(self.url).port or 0), timeout=SECONDS) as sock:
            sock.sendall(request)
            answer = b""
            while chunk := sock.recv(65536):
                answer += chunk
        head, _, body = answer.partition(b"\r\n\r\n")
        return head, body

    def form_token(self) -> str:
        return hidden(self.officer.get(f"{self.url}/console/").text, "csrf_token")

    def count(self, table: str) -> int:
        with closing(sqlite3.connect(self.directory / "hub.sqlite")) as connection:
            return sum(1 for _ in connection.execute(f"SELECT 1 FROM {table}"))  # noqa: S608 - our own words


def hidden(page: str, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    directory = tmp_path_factory.mktemp("served")
    environment = hub_environment(directory)
    once = one_time_password(run_flask(environment, "init"))
    log = directory / "server.log"
    with serving(environment, log) as hub, requests.Session() as officer:
        started = Running(hub.url, directory, log, officer)
        token = hidden(officer.get(f"{hub.url}/console/login").text, "csrf_token")
        officer.post(f"{hub.url}/console/login", {"csrf_token": token, "login": "officer", "password": once})
        token = hidden(officer.get(f"{hub.url}/console/password").text, "csrf_token")
        chosen = {"csrf_token": token, "current": once, "new": PASSWORD, "again": PASSWORD}
        assert officer.post(f"{hub.url}/console/password", chosen).status_code == 200
        yield started


def ahead(minutes: int) -> str:
    return (datetime.now(ZoneInfo("Europe/Paris")) + timedelta(minutes=minutes)).strftime("%H:%M")


def confirmation(running: Running) -> dict[str, str]:
    """What the confirmation page of a filled form submits."""
    address = f"{running.url}{COMPOSE}/exercise"
    fields = {**FILLED, "blanks.heure_fin": ahead(300), "blanks.prochain": ahead(40)}
    page = running.officer.post(address, {**fields, "csrf_token": running.form_token()})
    assert page.status_code == 200, page.text
    return {name: hidden(page.text, name) for name in ("csrf_token", "token")} | {"word": "EXERCICE"}


def test_fifty_clicks_at_once_are_one_alert_and_fifty_good_answers(running):
    fields, before = confirmation(running), running.count("alert")

    def click(_number):
        return running.officer.post(f"{running.url}/console/confirm", fields, allow_redirects=False)

    with ThreadPoolExecutor(CLICKS) as pool:
        answers = Counter(
            (answer.status_code, answer.headers.get("Location")) for answer in pool.map(click, range(CLICKS))
        )
    ((status, location),) = answers
    assert status == 303
    assert running.officer.get(running.url + location).status_code == 200
    assert running.count("alert") == before + 1
    assert running.count("publication") == before + 1


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /", 400),
        (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"GET / HTTP/9.9", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 9000, 431),
        (b"GET / HTTP/1.1\r\nContent-Length: -1", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n folded: b", 400),
    ],
)
def test_a_broken_request_is_refused_and_the_server_goes_on(running, request_line, status):
    head, _ = running.raw(request_line + b"\r\n\r\n")
    assert head.split()[1] == b"%d" % status
    assert requests.get(f"{running.url}/", timeout=SECONDS).status_code == 200


@pytest.mark.parametrize(
    "host", [b"evil.example", b"evil.example:99999", b"a b", b"", b"[::1", b"\xff\xfe", b"x@evil.example", b"<script>"]
)
@pytest.mark.parametrize("path", [b"/", b"/console", b"/console/", b"/console//alerts", b"/feed.atom", b"/nope"])
def test_a_forged_name_of_the_host_leads_nowhere_else(running, host, path):
    head, body = running.raw(
        b"GET "
        + path
        + b" HTTP/1.1\r\nHost: "
        + host
        + b"\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n"
    )
    assert int(head.split()[1]) < 500
    assert b"evil.example" not in head + body
    assert b"//" not in b"".join(line for line in head.split(b"\r\n") if line.startswith(b"Location"))


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_a_body_too_large_is_refused_before_it_is_read(running, kind):
    for address in (f"{COMPOSE}/exercise", "/console/confirm", "/console/login", "/console/sending/stop"):
        head, _ = running.raw(
            f"POST {address} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 10000000000\r\n"
            f"Connection: close\r\n\r\n".encode()
        )
        assert int(head.split()[1]) in {303, 400, 401, 413}


def test_chunks_without_end_are_cut_off(running):
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    head, _ = running.raw(
        b"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk * 40 + b"0\r\n\r\n"
    )
    assert int(head.split()[1]) in {400, 413}


def test_log_ins_are_throttled_by_the_true_address_whatever_is_forged(running):
    with requests.Session() as stranger:
        statuses = []
        for number in range(30):
            token = hidden(stranger.get(f"{running.url}/console/login").text, "csrf_token")
            answer = stranger.post(
                f"{running.url}/console/login",
                {"csrf_token": token, "login": f"nobody{number}", "password": "guess"},
                headers={"X-Forwarded-For": f"10.0.0.{number}", "X-Real-IP": f"10.0.0.{number}"},
            )
            statuses.append(answer.status_code)
            if answer.status_code == 429:
                break
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {401}
    assert int(answer.headers["Retry-After"]) > 0
    assert running.officer.get(f"{running.url}/console/").status_code == 200, "who is in stays in"


def test_nothing_of_all_this_was_an_error_of_the_server(running):
    assert "Traceback" not in running.log.read_text(encoding="utf-8")
