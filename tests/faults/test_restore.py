"""Yesterday's backup is restored while the receivers remember today (fault F22), as docs/operations.md says."""

from __future__ import annotations

import subprocess
import time
from collections import Counter

import pytest
from sqlalchemy.engine import make_url

from hub.kernel.db import db
from tests.e2e.hub_process import run_flask
from tests.faults.decide import publish
from tests.postgres import programs

pytestmark = pytest.mark.postgres

RECEIVERS = 20
# Ten polls of a worker: long enough to send, were it allowed to.
LOOKS_SECONDS = 2.0


def postgres_tool(fleet, name: str, *options: str) -> None:
    url = make_url(fleet.environment["HUB_DATABASE_URL"])
    place = ["-h", str(url.query["host"]), "-U", str(url.username)]
    subprocess.run([programs() / name, *place, *options], check=True, capture_output=True)


def test_a_restored_backup_sends_nothing_until_a_person_says_so(fleet):
    name = str(make_url(fleet.environment["HUB_DATABASE_URL"]).database)
    backup = str(fleet.directory / "hub.dump")
    publish(fleet.app, "a1", [f"{fleet.peer.url}/a1/{place}" for place in range(RECEIVERS)])
    postgres_tool(fleet, "pg_dump", "--format=custom", f"--file={backup}", name)
    [worker] = fleet.start()
    fleet.wait_until_all_are_accepted()
    assert worker.end() == 0
    once = fleet.hits()

    with fleet.app.app_context():
        db.session.remove()
        db.engine.dispose()
    postgres_tool(fleet, "dropdb", name)
    postgres_tool(fleet, "createdb", "--encoding=UTF8", "--template=template0", name)
    postgres_tool(fleet, "pg_restore", "--no-owner", f"--dbname={name}", backup)
    environment = fleet.environment | {"HUB_SECRET_HOOK": "x" * 40}
    run_flask(environment, "sending", "stop", "restored")
    fleet.start()
    time.sleep(LOOKS_SECONDS)  # what must not happen gives no sign
    assert set(fleet.states().values()) == {"due"}
    assert fleet.hits() == once

    run_flask(environment, "sending", "resume")
    fleet.wait_until_all_are_accepted()
    assert fleet.hits() == Counter(dict.fromkeys(once, 2)), "repeats carry the key of the first time"
