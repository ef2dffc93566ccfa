"""No room is left where PostgreSQL keeps its tables (fault F11)."""

from __future__ import annotations

import os
import shutil
import subprocess

import psycopg
import pytest
import sqlalchemy as sa

from hub.app import create_app
from hub.dispatch.models import deliveries
from hub.kernel.db import db, reading
from tests.conftest import make_settings
from tests.faults.test_full_disk import fill
from tests.web.furnished import CHANNELS, furnish
from tests.web.partner_api.programs import enrol

pytestmark = pytest.mark.postgres

SIZE = "24m"
MOST_TRIGGERS = 200
SECONDS = 60


@pytest.fixture
def small_database(tmp_path, postgres_server):
    """The address of a database whose tables lie on a file system of its own, and where that is."""
    place = postgres_server.directory / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if os.geteuid() != 0 or not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can mount a small file system")
    shutil.chown(place, "nobody", "nogroup")
    conninfo = f"host={postgres_server.directory} user=postgres dbname=postgres"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        connection.execute("CREATE DATABASE small TABLESPACE small")
        yield postgres_server.url("small"), place
        connection.execute("DROP DATABASE small WITH (FORCE)")
        connection.execute("DROP TABLESPACE small")
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_an_alert_is_stored_whole_or_refused_and_all_that_was_stored_leaves(tmp_path, small_database, clock):
    url, place = small_database
    (tmp_path / "channels.toml").write_text(CHANNELS, encoding="utf-8")
    limits = {"partner_requests_per_second": 1000, "partner_triggers_per_minute": 1000}
    settings = {"channels": {"file": str(tmp_path / "channels.toml")}, "security": limits}
    app = create_app(make_settings(tmp_path / "var", settings, url), clock=clock)
    with app.app_context():
        db.create_all()
        furnish(app, clock)
    program = enrol(app, clock, "sdis76")
    filler = fill(place)

    told: dict[str, int] = {}
    for number in range(MOST_TRIGGERS):  # what PostgreSQL has allotted already has a little room inside
        confirmation = program.preview(channels=["essai"])["confirmation"]
        answer = program.post("/alerts", confirmation, f"k{number}")
        told[confirmation["identifier"]] = answer.status_code
        if answer.status_code != 201:
            break
    assert (answer.status_code, "no room left" in answer.json["detail"]) == (503, True), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    listed = {name: program.get(f"/alerts/{name}").status_code == 200 for name in told}
    assert listed == {name: code == 201 for name, code in told.items()}

    filler.unlink()
    assert program.post("/alerts", confirmation, f"k{number}").status_code == 201, "the same key goes on"
    assert app.extensions["hub"].engine.run_until_idle(SECONDS)
    with app.app_context():
        states = list(reading().scalars(sa.select(deliveries.c.state)))
        assert states == ["accepted"] * len(told)
        db.session.remove()
        db.engine.dispose()
