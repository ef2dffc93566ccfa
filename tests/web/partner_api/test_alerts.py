"""From the catalogue to an alert, its deliveries and its end, as a partner's program sees them."""

import json

import pytest
import sqlalchemy as sa

from hub.alerts import queries
from hub.dispatch.models import bodies
from hub.kernel.db import reading
from tests.web.partner_api.programs import DRAFT, errors


def test_the_catalogue_names_every_blank_as_it_is_filled_in(sdis):
    situations = {each["id"]: each for each in sdis.get("/situations").json["situations"]}
    flood = situations["nat.flood.river"]
    assert (flood["usable"], flood["title"]["en"]) == (True, "River flooding")
    first = next(message for message in flood["messages"] if message["id"] == "act.first")
    assert {blank["name"] for blank in first["blanks"]} == set(DRAFT["blanks"])
    assert first["follow_ups"]["update"] == "act.update"
    for message in flood["messages"]:
        assert all(blank["label"]["fr"] and blank["max"] > 0 for blank in message["blanks"])


def test_what_was_shown_is_what_is_stored(any_sdis, any_town):
    shown = any_sdis.preview()
    assert [each["channel"] for each in shown["channels"]] == ["flux-cap", "essai", "panneaux"]
    assert "la Lise" in shown["channels"][1]["parts"][0]["text"]
    answer = any_sdis.post("/alerts", shown["confirmation"], "k1")
    assert answer.status_code == 201
    identifier = answer.json["identifier"]
    assert identifier == shown["confirmation"]["identifier"]
    assert answer.headers["Location"] == f"/api/v1/alerts/{identifier}"
    assert (answer.headers["Idempotent-Replayed"], answer.headers["Cache-Control"]) == ("false", "no-store")
    with any_town.app_context():
        alert = queries.get(reading(), identifier)
        assert (alert.created_by.kind, alert.created_by.id) == ("partner", "sdis76")
        stored = dict(reading().execute(sa.select(bodies.c.channel_id, bodies.c.body)).all())
        spooled = json.dumps(json.loads(stored["essai"]), ensure_ascii=False)
        assert json.dumps(shown["channels"][1]["parts"][0]["text"], ensure_ascii=False)[1:40] in spooled
        entry = reading().execute(sa.text("SELECT * FROM audit_entry WHERE action = 'alert.triggered'")).one()
        assert (entry.actor_kind, entry.actor_id, entry.subject) == ("partner", "sdis76", identifier)


def test_an_alert_tells_how_far_each_channel_is_and_what_may_follow(sdis, town):
    identifier = sdis.send()
    alert = sdis.get(f"/alerts/{identifier}").json
    assert (alert["state"], alert["status"], alert["own"]) == ("open", "Actual", True)
    assert {each["channel"]: each["states"] for each in alert["channels"]} == {
        "flux-cap": {"due": 1},
        "essai": {"due": 1},
        "panneaux": {"due": 1},
    }
    assert {each["role"] for each in alert["follow_ups"]} >= {"update", "correction", "cancel", "all_clear"}
    with town.app_context():
        assert town.extensions["hub"].engine.run_until_idle(30)
    alert = sdis.get(f"/alerts/{identifier}").json
    assert all((each["done"], each["states"]) == (True, {"accepted": 1}) for each in alert["channels"])
    assert [each["identifier"] for each in sdis.get("/alerts").json["alerts"]] == [identifier]


def test_a_follow_up_takes_over_what_still_holds(sdis, clock):
    identifier = sdis.send()
    clock.advance(60)
    answer = sdis.follow(identifier)
    assert answer.status_code == 201, answer.text
    assert (answer.json["incident"], answer.json["status"]) == (identifier, "Actual")
    assert sdis.get(f"/alerts/{identifier}").json["state"] == "superseded"
    update = sdis.get(f"/alerts/{answer.json['identifier']}").json
    assert (update["follows"], update["state"], update["kind"]) == (identifier, "open", "update")
    again = sdis.post(f"/alerts/{identifier}/follow-ups/preview", {"message": "act.update", "exercise": False})
    assert (again.status_code, again.json["type"]) == (409, "/problems/already-followed")


def test_a_preview_stores_nothing(sdis, town):
    sdis.preview()
    with town.app_context():
        assert queries.open_alerts(reading(), town.extensions["hub"].clock.now()) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"communes": []}, "area"),
        ({"communes": ["99999"]}, "communes"),
        ({"geojson": {"type": "Polygon", "coordinates": []}}, "area"),
        ({"communes": [], "geojson": {"type": "Polygon", "coordinates": [[[49.5, 0.2], [49.51, 0.2]]]}}, "geojson"),
        ({"channels": ["nowhere"]}, "channels"),
        ({"expires": "yesterday"}, "expires"),
        ({"blanks": {"zones": "x"}}, "blanks.heure_fin"),
        ({"blanks": {"zones": 5}}, "blanks.zones"),
        ({"message": "act.update"}, "message"),
        ({"message": None}, "message"),
        ({"exercise": "no"}, "exercise"),
        ({"exercise": 0}, "exercise"),
        ({"surprise": 1}, "surprise"),
        ({"blanks": []}, "blanks"),
    ],
)
def test_a_wrong_field_is_named(sdis, change, field):
    answer = sdis.post("/alerts/preview", {**DRAFT, **change})
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert any(name == field or name.startswith(f"{field}.") for name in errors(answer)), errors(answer)


@pytest.mark.parametrize("change", [{"situation": "nat.nothing"}, {"situation": "é"}, {"message": "nothing"}])
def test_an_unknown_situation_or_message_is_not_found(sdis, change):
    assert sdis.post("/alerts/preview", {**DRAFT, **change}).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"communes": ["76902"]}, 409),
        ({"digest": "0" * 64}, 409),
        ({"digest": "short"}, 422),
        ({"identifier": "A" * 32}, 422),
        ({"version": "nat.flood.river@9"}, 409),
        ({"sent": "2027-01-01T00:00:00+00:00"}, 422),
        ({"sent": "0001-01-01T00:00:00+14:00"}, 422),
        ({"sent": "9999-12-31T23:59:59-12:00"}, 422),
        ({"sent": "2026-11-21T16:40:00"}, 422),
        ({"sent": "2020-01-01T00:00:00+00:00"}, 409),
    ],
)
def test_only_what_was_shown_is_sent(sdis, change, status):
    answer = sdis.post("/alerts", {**sdis.preview()["confirmation"], **change}, "k1")
    assert answer.status_code == status, answer.text
    assert sdis.get("/alerts").json == {"alerts": []}


def test_a_preview_that_is_too_old_is_refused_and_its_key_stays_free(sdis, clock):
    confirmation = sdis.preview()["confirmation"]
    clock.advance(16 * 60)
    assert sdis.post("/alerts", confirmation, "k1").json["type"] == "/problems/stale-preview"
    assert sdis.post("/alerts", sdis.preview()["confirmation"], "k1").status_code == 201


@pytest.mark.parametrize("address", ["/alerts/" + "0" * 32, "/alerts/x", "/alerts/%00", "/alerts/%F0%9F%98%80"])
def test_an_unknown_alert_is_not_found(sdis, address):
    answer = sdis.get(address)
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
