"""Who may call: keys, scopes, kinds of keys, shares; and what a key never opens."""

import logging

import pytest
import sqlalchemy as sa

from hub.identity import partners
from hub.identity.models import PartnerKey
from hub.identity.partners import KeyKind
from hub.kernel.db import reading
from tests.web.partner_api.programs import DRAFT, OPERATOR, UPDATE, Program, enrol, errors


@pytest.mark.parametrize("key", ["", "x", "tocsin_live_000000000000_" + "A" * 43, "é", "A" * 5000])
def test_without_a_good_key_nothing_opens(sdis, key):
    stranger = sdis.with_key(key)
    for answer in (stranger.get("/alerts"), stranger.post("/alerts/preview", DRAFT)):
        assert (answer.status_code, answer.json["type"]) == (401, "/problems/key-refused")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_key_is_taken_from_its_header_alone(sdis, town):
    client = town.test_client()
    assert client.get("/api/v1/alerts", headers={"Authorization": f"Basic {sdis.key}"}).status_code == 401
    assert client.get(f"/api/v1/alerts?access_token={sdis.key}").status_code == 401
    assert client.get("/api/v1/alerts", headers={"Authorization": f"bearer {sdis.key}"}).status_code == 200


def test_only_a_hash_of_the_key_is_kept_and_nothing_of_it_is_logged(sdis, town, caplog):
    with caplog.at_level(logging.DEBUG):
        sdis.get("/alerts")
        sdis.with_key(sdis.key[:-1] + "-").get("/alerts")
    secret = sdis.key.rsplit("_", 1)[-1]
    with town.app_context():
        row = reading().execute(sa.select(PartnerKey.__table__)).one()
    assert secret not in repr(row)
    assert secret[:-1] not in caplog.text
    assert row.last_used_at is not None


def test_a_revoked_key_and_a_disabled_partner_are_out_at_once(sdis, drill, town, clock):
    with town.app_context():
        partners.revoke_key(sdis.key.split("_")[2], actor=OPERATOR, now=clock.now())
    assert sdis.get("/alerts").status_code == 401
    assert drill.get("/alerts").status_code == 200, "the other key of the partner is still good"
    with town.app_context():
        partners.disable_partner("sdis76", actor=OPERATOR, now=clock.now())
    assert drill.get("/alerts").status_code == 401


def test_each_scope_opens_its_own_addresses_only(town, clock):
    addresses = {"map.read": "/situations", "alert.read": "/alerts"}
    for number, scope in enumerate(addresses):
        program = enrol(town, clock, f"p{number}", scopes=[scope])
        found = {each: program.get(address).status_code for each, address in addresses.items()}
        assert found == {each: 200 if each == scope else 403 for each in addresses}
        assert program.post("/alerts/preview", DRAFT).status_code == 403
        assert program.post("/alerts", {}, "k1").status_code == 403
        assert program.post("/alerts/" + "0" * 32 + "/follow-ups", {}, "k1").status_code == 403


def test_an_exercise_key_never_touches_a_real_alert(sdis, drill):
    real = sdis.send()
    assert drill.post("/alerts/preview", DRAFT).status_code == 403
    assert drill.post("/alerts", sdis.preview()["confirmation"], "x1").status_code == 403
    assert drill.get(f"/alerts/{real}").status_code == 403
    for exercise in (True, False):
        asked = {**UPDATE, "exercise": exercise}
        assert drill.post(f"/alerts/{real}/follow-ups/preview", asked).status_code == 403
    confirmation = sdis.post(f"/alerts/{real}/follow-ups/preview", UPDATE).json["confirmation"]
    for exercise in (True, False):
        body = {**confirmation, "exercise": exercise}
        assert drill.post(f"/alerts/{real}/follow-ups", body, "x2").status_code == 403
    assert drill.get("/alerts").json == {"alerts": []}
    assert sdis.get(f"/alerts/{real}").json["state"] == "open"


def test_a_replay_under_the_exercise_key_is_refused_too(sdis, drill):
    confirmation = sdis.preview()["confirmation"]
    sdis.post("/alerts", confirmation, "k1")
    assert drill.post("/alerts", confirmation, "k1").status_code == 403


def test_a_live_key_makes_no_exercise(sdis, drill):
    answer = sdis.post("/alerts/preview", {**DRAFT, "exercise": True})
    assert (answer.status_code, set(errors(answer))) == (422, {"exercise"})
    exercise = drill.send()
    shown = drill.get(f"/alerts/{exercise}").json
    assert shown["status"] == "Exercise"
    assert "EXERCISE" in shown["texts"]["en"]
    assert {each["channel"] for each in shown["channels"]} == {"flux-cap", "essai"}, "panels are not open to exercises"
    assert sdis.post(f"/alerts/{exercise}/follow-ups/preview", UPDATE).status_code == 403
    assert drill.follow(exercise).status_code == 201


def test_nobody_follows_up_the_incident_of_another(sdis, other):
    identifier = sdis.send()
    seen = other.get(f"/alerts/{identifier}").json
    assert (seen["own"], seen["follow_ups"]) == (False, [])
    assert other.post(f"/alerts/{identifier}/follow-ups/preview", UPDATE).status_code == 403
    cancel = {"message": "act.cancel", "exercise": False}
    confirmation = sdis.post(f"/alerts/{identifier}/follow-ups/preview", cancel).json["confirmation"]
    assert other.post(f"/alerts/{identifier}/follow-ups", confirmation, "k9").status_code == 403
    assert sdis.get(f"/alerts/{identifier}").json["state"] == "open"


def test_no_answer_reads_or_sets_a_cookie(sdis, town):
    for answer in (sdis.get("/alerts"), sdis.post("/alerts/preview", DRAFT), sdis.get("/nothing")):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_an_officer_at_the_browser_has_no_way_in(town, sdis):
    client = town.test_client()
    client.get("/console/login")
    assert client.get("/api/v1/alerts").status_code == 401


# A window may end in the middle of a loop below, so each loop is longer than the shares of several windows.


class TestShareOfRequests:
    @pytest.fixture
    def overrides(self, overrides):
        return {**overrides, "security": {"partner_requests_per_second": 5}}

    def test_a_key_that_asks_too_often_waits(self, sdis):
        answers = [sdis.get("/alerts") for _ in range(200)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert refused[0].json["type"] == "/problems/too-many-requests"
        assert int(refused[0].headers["Retry-After"]) == 1

    def test_guessing_keys_uses_up_the_share_of_the_address(self, sdis):
        guesses = [sdis.with_key(f"tocsin_live_{number:012x}_{'A' * 43}").get("/alerts") for number in range(200)]
        assert {answer.status_code for answer in guesses} == {401, 429}

    def test_other_keys_and_officers_are_not_concerned(self, sdis, other, town):
        while sdis.get("/alerts").status_code != 429:
            pass
        assert other.get("/alerts").status_code == 200
        assert town.test_client().get("/console/login").status_code == 200


class TestShareOfTriggers:
    @pytest.fixture
    def overrides(self, overrides):
        return {**overrides, "security": {"partner_requests_per_second": 1000, "partner_triggers_per_minute": 3}}

    def test_a_key_that_sends_too_often_waits(self, sdis, other):
        confirmation = sdis.preview()["confirmation"]
        answers = [sdis.post("/alerts", confirmation, "k1") for _ in range(20)]
        assert {answer.status_code for answer in answers} == {201, 429}
        refused = [answer for answer in answers if answer.status_code == 429]
        assert all(0 < int(answer.headers["Retry-After"]) <= 60 for answer in refused)
        assert sdis.get("/alerts").status_code == 200, "reading is another share"
        assert other.send()


@pytest.mark.parametrize("kind", list(KeyKind))
def test_a_key_says_its_kind_at_its_front(town, clock, kind):
    program: Program = enrol(town, clock, "sdis76", kind)
    assert program.key.startswith(f"tocsin_{kind}_")
