"""The whole application as an attacker and a tired officer meet it: through its pages, its commands, its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from hub.identity import service
from hub.kernel.db import db
from tests.conftest import FixedClock, make_settings, running_app
from tests.web.console.conftest import HUB, PASSWORD, Browser, anne, town, town_and_cookies  # noqa: F401 - three are fixtures
from tests.web.furnished import CHANNELS, furnish

# What an alert leaves behind.
TRACES = ("alert", "publication", "publication_body", "delivery")


@pytest.fixture
def overrides(tmp_path):
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS, encoding="utf-8")
    return {"channels": {"file": str(file)}}


@pytest.fixture(scope="module")
def still_town(tmp_path_factory, stages):
    """A town in which nothing ever succeeds, so that the cases of a table can share it."""
    directory = tmp_path_factory.mktemp("still")
    file = directory / "channels.toml"
    file.write_text(CHANNELS, encoding="utf-8")
    settings = make_settings(directory / "var", {"channels": {"file": str(file)}})
    clock = FixedClock(datetime(2026, 11, 21, 16, 40, tzinfo=UTC))
    for app in running_app(settings, clock, stages):
        stages.enter(app, "furnished", partial(furnish, app, clock))
        yield app


@pytest.fixture(scope="module")
def still_anne(still_town):
    """An officer of that town, logged in."""
    browser = Browser(still_town.test_client())
    newcomer(still_town, browser, "anne")
    return browser


def newcomer(app, browser, login) -> None:
    """Makes an officer and logs them in."""
    with app.app_context():
        now = app.extensions["hub"].clock.now()
        once = service.create_officer(login, login, "officer", "fr", actor=HUB, now=now).reveal()
    browser.log_in(login, once)
    browser.get("/console/password")
    assert browser.post("/console/password", {"current": once, "new": PASSWORD, "again": PASSWORD}).status_code == 303
    browser.get("/console/")


@contextmanager
def nothing_stored(app) -> Iterator[None]:
    """What happens in the block leaves no alert, no delivery and no entry about one."""
    before = traces(app)
    yield
    assert traces(app) == before


def traces(app) -> dict[str, int]:
    with app.app_context():
        counts = {
            name: db.session.scalar(sa.select(sa.func.count()).select_from(db.metadata.tables[name])) for name in TRACES
        }
        counts["audit"] = db.session.scalar(
            sa.text("SELECT count(*) FROM audit_entry WHERE action NOT LIKE 'officer.%'")
        )
    return counts
