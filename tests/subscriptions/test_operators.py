"""What those who run the hub see of subscribers, and how an address is erased on request."""

from __future__ import annotations

import json

import pytest

from hub.cli import hub
from hub.identity import service
from tests.conftest import make_settings, running_app
from tests.subscriptions.conftest import READER
from tests.web.console.conftest import HUB, PASSWORD, Browser


@pytest.fixture
def logged_in(readers, clock):
    """Logs somebody of a role in."""

    def enter(role: str) -> Browser:
        app = readers.town.app
        with app.app_context():
            limits = app.extensions["hub"].settings.security
            first = service.create_officer(role, role, role, "fr", actor=HUB, now=clock.now()).reveal()
            token = service.log_in(role, first, now=clock.now())
            person = service.session_officer(token, limits=limits, now=clock.now())
            service.change_password(person, first, PASSWORD, now=clock.now())
        browser = Browser(app.test_client())
        browser.client.environ_base["wsgi.url_scheme"] = "https"
        browser.log_in(role)
        return browser

    return enter


def test_an_administrator_sees_numbers_and_erases_an_address(readers, logged_in):
    readers.join()
    readers.ask("un@lecteurs.example")
    boss = logged_in("administrator")
    boss.get("/console/channels")
    assert "1 confirmé" in boss.page
    assert "1 pas encore confirmé" in boss.page
    assert READER not in boss.page
    for typed, said in (("nobody@lecteurs.example", "pas abonnée"), ("nobody", "une seule adresse")):
        boss.post("/console/channels/subscribers/erase", {"address": typed})
        assert said in boss.page
        assert f'value="{typed}"' in boss.page, "nothing typed is lost"
    done = boss.post("/console/channels/subscribers/erase", {"address": READER.upper()}, follow_redirects=True)
    assert (done.status_code, len(readers.rows())) == (200, 1)
    readers.send()
    assert [mail for mail in readers.mails() if mail["To"] == READER][1:] == []


def test_an_officer_sees_the_numbers_alone(readers, logged_in):
    readers.join()
    anne = logged_in("officer")
    anne.get("/console/channels")
    assert "1 confirmé" in anne.page
    assert "subscribers/erase" not in anne.page
    assert anne.post("/console/channels/subscribers/erase", {"address": READER}).status_code == 403
    assert len(readers.rows()) == 1


def test_the_command_line_counts_and_erases(readers):
    readers.join(topics=["alerts", "rumours"], communes=["76901"])
    run = readers.town.app.test_cli_runner().invoke
    counted = json.loads(run(hub, ["subscribers", "count", "--json"]).output)
    assert counted == {"confirmed": 1, "waiting": 0, "topics": {"alert:76901": 1, "rumour:76901": 1}}
    assert run(hub, ["subscribers", "erase"], input="nobody@lecteurs.example\n").exit_code == 1
    assert run(hub, ["subscribers", "erase"], input=f"{READER}\n").exit_code == 0
    assert readers.rows() == []


def test_a_destination_of_this_channel_is_not_entered_by_hand(readers):
    run = readers.town.app.test_cli_runner().invoke
    answer = run(hub, ["destination", "add", "abonnes", "a" * 32])
    assert (answer.exit_code, "public" in answer.output) == (1, True)


def test_without_such_a_channel_there_is_no_form(make_plain):
    client = make_plain.test_client(use_cookies=False)
    assert client.get("/abonnements").status_code == 404
    assert client.post("/abonnements", data={"address": READER, "topics": "alerts"}).status_code == 404
    assert "/abonnements" not in client.get("/").text


@pytest.fixture
def make_plain(tmp_path, clock, stages):
    """The application without a channel for subscribers."""
    yield from running_app(make_settings(tmp_path / "plain", {}), clock, stages)
