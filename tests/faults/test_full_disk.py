"""No room is left where the hub keeps its database, its files and its logs (fault F11)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from lxml import etree

from tests.e2e.hub_process import hub_environment, run_flask, serving
from tests.faults.peer import CountingPeer
from tests.faults.town import draft
from tests.fleet.processes import wait_until

SIZE = "8m"
BLOCK = b"x" * 4096
MOST_TRIGGERS = 200
CHANNELS = """
[[channel]]
id = "flux-cap"
kind = "cap_feed"
label = "Flux CAP"
exercise = true

[[channel]]
id = "hook"
kind = "webhook"
label = "Partners"
exercise = true
[channel.settings]
secrets = ["env:HUB_SECRET_HOOK"]
"""


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of eight megabytes."""
    place = tmp_path / "var"
    place.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if os.geteuid() != 0 or mount is None or subprocess.run([mount, *options], check=False).returncode:
        pytest.skip("only root can mount a small file system")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    """Takes all the room that is left."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(BLOCK):
                pass
        except OSError:
            return filler
    raise AssertionError


class Program:
    """A partner's program."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.key = url, key

    def post(self, path: str, body, key: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": key, "Accept-Language": "en"}
        return requests.post(f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=60)

    def preview(self):
        shown = self.post("/alerts/preview", draft(), "p")
        assert shown.status_code == 200, shown.text
        return shown.json()["confirmation"]

    def listed(self, identifier: str) -> bool:
        headers = {"Authorization": f"Bearer {self.key}"}
        return requests.get(f"{self.url}/api/v1/alerts/{identifier}", headers=headers, timeout=60).status_code == 200


def check_feed(url: str) -> None:
    """The feed is served whole, whatever the disk is like."""
    feed = requests.get(f"{url}/feed.atom", timeout=60)
    assert feed.status_code == 200
    etree.fromstring(feed.content)


def test_an_alert_is_stored_whole_or_refused_and_all_that_was_stored_leaves(tmp_path, small_disk):
    (tmp_path / "channels.toml").write_text(CHANNELS, encoding="utf-8")
    environment = hub_environment(
        small_disk,
        HUB_CHANNELS_FILE=str(tmp_path / "channels.toml"),
        HUB_SECRET_HOOK="x" * 40,
        HUB_DELIVERY_RETRY_FIRST_SECONDS="0.1",
        HUB_DELIVERY_RETRY_LONGEST_SECONDS="1",
        HUB_SECURITY_PARTNER_REQUESTS_PER_SECOND="1000",
        HUB_SECURITY_PARTNER_TRIGGERS_PER_MINUTE="1000",
    )
    run_flask(environment, "init")
    run_flask(environment, "partner", "add", "sdis76", "SDIS 76")
    key = json.loads(run_flask(environment, "partner", "key", "sdis76", "--live", "--json"))["key"]
    with CountingPeer(delay=0) as peer:
        run_flask(environment, "destination", "add", "hook", f"http://127.0.0.1:{peer.port}/hook")
        with serving(environment, tmp_path / "server.log") as hub:
            program = Program(hub.url, key)
            confirmations = [program.preview() for _ in range(4)]
            filler = fill(small_disk)
            # The write-ahead log may have a little room inside; then an alert is accepted, and durably.
            told: dict[str, int] = {}
            for number in range(MOST_TRIGGERS):
                confirmation = confirmations[number] if number < len(confirmations) else program.preview()
                answer = program.post("/alerts", confirmation, f"k{number}")
                told[confirmation["identifier"]] = answer.status_code
                if answer.status_code != 201:
                    break
            assert answer.status_code == 503, answer.text
            assert answer.json()["type"] == "/problems/unavailable"
            assert "no room left" in answer.json()["detail"]
            assert int(answer.headers["Retry-After"]) > 0
            assert {name: program.listed(name) for name in told} == {name: code == 201 for name, code in told.items()}
            check_feed(hub.url)
            filler.unlink()
            assert program.post("/alerts", confirmation, f"k{number}").status_code == 201, "the same key goes on"
            wait_until(lambda: len(peer.hits) == len(told), "not everything left")
            check_feed(hub.url)
    assert set(peer.hits.values()) == {1}
