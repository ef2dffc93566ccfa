"""The second factor: set up with an app, asked for at each log-in, good once, taken away with a lost telephone."""

from __future__ import annotations

import re

import pyotp
import pytest

from hub.cli import hub
from hub.identity import service
from tests.web.console.conftest import HUB, PASSWORD, Browser


def code(secret, clock, steps=0):
    return pyotp.TOTP(secret).at(clock.now(), steps)


def set_up(browser, clock, **fields):
    browser.get("/console/second-factor")
    secret = browser.hidden("secret")
    fields = {"secret": secret, "code": code(secret, clock), "password": PASSWORD, **fields}
    return secret, browser.post("/console/second-factor", fields)


@pytest.fixture
def secret(anne, clock):
    """What the app on Anne's telephone knows; a minute has passed since she set it up."""
    found, answer = set_up(anne, clock)
    assert answer.status_code == 303
    clock.advance(60)
    return found


def test_a_log_in_asks_for_the_code_and_nothing_is_open_before(town, secret, clock):
    browser = Browser(town.test_client())
    browser.log_in(next="/console/channels")
    assert "six chiffres" in browser.page
    half = dict(browser.client.get_cookie("hub").__dict__)["value"]
    for address in ("/console/", "/console/password", "/console/second-factor"):
        assert browser.get(address).location.startswith("/console/code"), address
    refused = browser.post("/console/password", {"current": PASSWORD, "new": "x" * 20, "again": "x" * 20})
    assert refused.location.startswith("/console/code"), "who knows the password alone cannot choose another"
    browser.get("/console/code?next=/console/channels")
    assert browser.post("/console/code", {"code": "000 000"}).status_code == 422
    answer = browser.post("/console/code", {"code": code(secret, clock), "next": "/console/channels"})
    assert (answer.status_code, answer.location) == (303, "/console/channels")
    assert browser.get("/console/channels").status_code == 200
    stale = Browser(town.test_client())
    stale.client.set_cookie("hub", half)
    assert stale.get("/console/code").location.startswith("/console/login"), "the half-open session is over"


@pytest.mark.parametrize(("steps", "status"), [(0, 303), (-1, 303), (1, 303), (-3, 422), (3, 422)])
def test_a_code_is_good_for_its_half_minute_and_those_beside_it(town, secret, clock, steps, status):
    browser = Browser(town.test_client())
    browser.log_in()
    clock.advance(60)
    assert browser.post("/console/code", {"code": code(secret, clock, steps)}).status_code == status


def test_a_code_is_good_once_and_a_few_wrong_ones_end_the_attempt(town, secret, clock):
    used = code(secret, clock)
    first, second = Browser(town.test_client()), Browser(town.test_client())
    for browser, status in ((first, 303), (second, 422)):
        browser.log_in()
        assert browser.post("/console/code", {"code": used}).status_code == status
    for _ in range(4):
        second.post("/console/code", {"code": "123456"})
    assert second.get("/console/code").location.startswith("/console/login")


@pytest.mark.parametrize(("field", "typed"), [("code", "123456"), ("password", "autre"), ("secret", "trop court")])
def test_it_is_set_up_only_by_who_has_the_app_and_the_password(town, anne, clock, field, typed):
    _, answer = set_up(anne, clock, **{field: typed})
    assert answer.status_code == 422
    assert Browser(town.test_client()).log_in().status_code == 303, "nothing has changed"


def test_with_a_lost_telephone_an_administrator_or_an_operator_helps(town, anne, secret, clock, monkeypatch):
    with town.app_context():
        service.create_officer("ada", "Ada", "administrator", "fr", actor=HUB, now=clock.now())
        one_time = service.reset_password("ada", actor=HUB, now=clock.now()).reveal()
    ada = Browser(town.test_client())
    ada.log_in("ada", one_time)
    ada.get("/console/password")
    ada.post("/console/password", {"current": one_time, "new": PASSWORD, "again": PASSWORD})
    ada.get("/console/accounts/officers/anne")
    assert ada.post("/console/accounts/officers/anne/factor", {"password": "faux"}).status_code == 422
    ada.post("/console/accounts/officers/anne/factor", {"password": PASSWORD})
    assert anne.get("/console/").location.startswith("/console/login"), "sessions end"
    assert anne.log_in().status_code == 303
    monkeypatch.setenv("LC_ALL", "C")
    assert town.test_cli_runner().invoke(hub, ["officer", "forget-factor", "anne"]).exit_code == 0


class TestWhereItIsRequired:
    @pytest.fixture
    def overrides(self, overrides):
        overrides["security"]["second_factor"] = "required"
        return overrides

    def test_nothing_is_open_before_it_is_set_up(self, town, clock):
        browser = Browser(town.test_client())
        browser.log_in()
        assert browser.get("/console/").location == "/console/second-factor"
        assert set_up(browser, clock)[1].status_code == 303
        assert browser.get("/console/").status_code == 200


def test_the_secret_is_sealed_at_rest(town, secret):
    rows = town.extensions["hub"].settings.data.directory / "hub.sqlite"
    assert not re.search(secret.encode(), rows.read_bytes())
