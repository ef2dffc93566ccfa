"""Access: an administrator lets officers and partners in and out; whatever gives access asks for the own password."""

from __future__ import annotations

import re

import pytest

from hub.identity import service
from tests.web.console.conftest import HUB, PASSWORD

OFFICER = {"login": "zoe", "name": "Zoé Blanc", "role": "viewer", "language": "fr"}


@pytest.fixture
def ada(town, anne, clock):
    """An administrator, the only one."""
    with town.app_context():
        service.change_role("anne", "administrator", actor=HUB, now=clock.now())
    anne.get("/console/accounts")
    return anne


def secret(browser):
    return re.search(r"<code>([^<]+)</code>", browser.page.partition('id="shown"')[2])[1]


def test_an_account_from_the_first_day_to_the_last(town, ada):
    refused = ada.post("/console/accounts/officers", {**OFFICER, "login": "Zoé", "password": "faux"})
    assert refused.status_code == 422
    assert list(ada.faults()) == ["f-password"], "who does not prove who they are learns nothing else"
    assert 'value="Zoé Blanc"' in ada.page, "nothing typed is lost"
    ada.post("/console/accounts/officers", {**OFFICER, "login": "Zoé", "password": PASSWORD})
    assert list(ada.faults()) == ["f-login"]
    ada.post("/console/accounts/officers", {**OFFICER, "password": PASSWORD})
    first = secret(ada)
    zoe = type(ada)(town.test_client())
    assert zoe.log_in("zoe", first).status_code == 303
    assert first not in ada.get("/console/accounts").text
    ada.post("/console/accounts/officers/zoe/role", {"role": "officer", "password": PASSWORD}, follow_redirects=True)
    assert "Zoé Blanc" in ada.page
    ada.post("/console/accounts/officers/zoe/close")
    assert zoe.get("/console/").status_code == 303, "its sessions end at once"
    ada.post("/console/accounts/officers/zoe/password", {"password": PASSWORD})
    again = secret(ada)
    assert zoe.log_in("zoe", first).status_code == 401
    assert zoe.log_in("zoe", again).status_code == 303


@pytest.mark.parametrize(("deed", "fields"), [("close", {}), ("role", {"role": "viewer", "password": PASSWORD})])
def test_the_last_administrator_stays(ada, deed, fields):
    assert ada.post(f"/console/accounts/officers/anne/{deed}", fields).status_code == 409
    assert "Nommez-en d'abord" in ada.page
    assert ada.get("/console/accounts").status_code == 200


def test_a_partner_from_its_first_key_to_its_last(town, ada):
    ask = {"title": "SDIS 76", "partner": "sdis76", "scopes": ["alert.read"], "key_password": PASSWORD}
    ada.post("/console/accounts/partners", {**ask, "scopes": []})
    assert list(ada.faults()) == ["f-scopes"]
    ada.post("/console/accounts/partners", ask, follow_redirects=True)
    page = "/console/accounts/partners/sdis76"
    ada.post(f"{page}/keys", {"password": PASSWORD})
    assert list(ada.faults()) == ["f-kind"], "no kind of key is chosen in advance"
    ada.post(f"{page}/keys", {"kind": "exercise", "password": PASSWORD})
    key = secret(ada)
    read = lambda: town.test_client().get("/api/v1/alerts", headers={"Authorization": f"Bearer {key}"})  # noqa: E731
    assert read().status_code == 200
    number = key.split("_")[2]
    assert number in ada.get(page).text
    assert ada.post(f"{page}/close", {"key": "0" * 12}).status_code == 404
    ada.post(f"{page}/close", {"key": number})
    assert read().status_code == 401
    ada.post(f"{page}/close", follow_redirects=True)
    assert "fermé" in ada.page
    assert ada.post(f"{page}/keys", {"kind": "live", "password": PASSWORD}).status_code == 404


def test_only_administrators_find_it(anne):
    assert "/console/accounts" not in anne.get("/console/").text
    for address in ("accounts", "accounts/officers/anne", "accounts/partners/x"):
        assert anne.get(f"/console/{address}").status_code == 403
