"""Publication as a delivery: the channel asks, the keeper builds, the proof is the page."""

from __future__ import annotations

import time

import pytest

from hub.app import create_app
from hub.channels.adapters.public_site import NOBODY
from hub.channels.site_requests import SiteRequests
from hub.dispatch.models import deliveries
from hub.kernel.db import db, reading
from hub.web.site import site_of
from tests.web.site.conftest import text


@pytest.fixture
def keeper(town):
    found = site_of(town.app).keeper
    found.start()
    yield found
    found.stop(10)


def the_delivery(town):
    with town.app.app_context():
        return reading().execute(deliveries.select().where(deliveries.c.channel_id == "site-public")).one()


def test_an_alert_on_the_public_site_is_a_delivery_with_the_address_of_its_page(town, keeper):
    site = site_of(town.app)
    assert _eventually((site.place.site / "index.html").exists)
    sent = town.send(channels=("site-public",))
    town.deliver()
    row = the_delivery(town)
    assert (row.state, row.remote_url) == ("accepted", f"http://127.0.0.1:8000/alertes/{sent.identifier}")
    page = site.place.site / f"alertes/{sent.identifier}/index.html"
    assert sent.headline["fr"] in text(page)
    assert sent.headline["fr"] in text(site.place.site / "fr/index.html")


def test_without_a_builder_it_waits_and_says_why(town):
    town.send(channels=("site-public",))
    town.deliver()
    row = the_delivery(town)
    assert row.state in {"due", "retry"}
    assert NOBODY.msgid in str(row.error)


def test_a_change_reaches_the_files_without_any_channel(town, keeper):
    site = site_of(town.app)
    sent = town.send(channels=("flux-cap",))
    page = site.place.site / f"en/alertes/{sent.identifier}/index.html"
    assert _eventually(page.exists)


def test_a_keeper_builds_only_when_something_is_new(town):
    keeper = site_of(town.app).keeper
    assert keeper.come_round().built > 5
    assert keeper.come_round() is None
    keeper.start()
    keeper.stop(10)


def test_of_two_keepers_one_works_and_the_other_takes_over(town, settings, clock):
    first = site_of(town.app).keeper
    other_app = create_app(settings, clock=clock)
    second = site_of(other_app).keeper
    first.start()
    second.start()
    requests = SiteRequests(settings.data.directory)
    try:
        assert _eventually(requests.builder_lives)
        first.stop(10)
        sent = town.send(channels=("flux-cap",))
        page = site_of(town.app).place.site / f"fr/alertes/{sent.identifier}/index.html"
        assert _eventually(page.exists)
    finally:
        second.stop(10)
        with other_app.app_context():
            db.session.remove()
            db.engine.dispose()


def _eventually(true) -> bool:
    end = time.monotonic() + 10  # a change is on the page within ten seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
