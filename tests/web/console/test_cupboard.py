"""What an officer still gets while the database is away."""

from __future__ import annotations

import pytest

from hub.app import create_app
from hub.kernel.db import db, transaction
from hub.message_maps import versions
from hub.web.console.maps.cupboard import cupboard
from tests.conftest import make_settings
from tests.message_maps.samples import flood
from tests.web.console.conftest import Browser
from tests.web.console.crew import hire

PAPER = "/console/paper"
FLOOD = f"{flood().id}.fr.pdf"


@pytest.fixture
def away(tmp_path, overrides, clock):
    """The same hub on the day on which nobody listens where its database was."""
    nobody = "postgresql+psycopg://hub@127.0.0.1:9/hub?connect_timeout=2"
    app = create_app(make_settings(tmp_path / "var", overrides, nobody), clock=clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def anne(app, clock):
    """An officer of a town with one situation: a sheet takes its time."""
    with app.app_context(), transaction() as session:
        versions.publish(session, [flood()], now=clock.now(), actor_name="hub")
    hire(app, clock, "anne", "Anne Martin")
    browser = Browser(app.test_client())
    assert browser.log_in().status_code == 303
    return browser


def test_the_last_good_sheets_are_there_while_the_database_is_away(app, anne, away):
    with app.app_context():
        assert cupboard().fill() is True
        assert cupboard().fill() is False, "nothing has changed"
    assert "La base répond" in anne.get(PAPER).get_data(as_text=True)
    sheet = anne.get(f"{PAPER}/{FLOOD}").data
    assert sheet.startswith(b"%PDF-")
    officer, stranger = Browser(away.test_client()), Browser(away.test_client())
    for cookie in anne.client._cookies.values():
        officer.client.set_cookie(cookie.key, cookie.value)
    refused = officer.get("/console/")
    assert (refused.status_code, PAPER in officer.page) == (503, True)
    assert officer.get(PAPER).status_code == 200
    assert "La base de données ne répond pas" in officer.page
    assert FLOOD in officer.page
    assert officer.get(f"{PAPER}/{FLOOD}").data == sheet
    assert officer.get(f"{PAPER}/list.json").status_code == 404
    assert {stranger.get(address).status_code for address in (PAPER, f"{PAPER}/{FLOOD}")} <= {303, 401}
