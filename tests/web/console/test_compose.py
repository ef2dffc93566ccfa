"""From the map to a sent alert: nothing typed is lost, nothing is chosen in advance, nothing goes unconfirmed."""

import io
import json
import re

import pytest

from tests.web.console.conftest import COMPOSE, FILLED


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/console/situations/no.such/act.first", 404),
        ("/console/situations/nat.flood.river/no.such", 404),
        (f"{COMPOSE}/test", 404),
        ("/console/compose/nat.flood.river/act.cancel/exercise", 404),
        ("/console/alerts/unknown", 404),
        ("/console/confirm", 303),
    ],
)
def test_unknown_things_are_pages_not_faults(anne, address, status):
    assert anne.get(address).status_code == status


def test_the_form_starts_without_an_area_and_without_values(anne):
    anne.get(f"{COMPOSE}/exercise")
    assert re.findall(r'name="communes" value="\d+" checked', anne.page) == []
    assert 'name="blanks.zones" value=""' in anne.page
    assert re.findall(r'name="channels" value="([^"]+)" checked', anne.page) == ["flux-cap", "essai"]
    assert 'value="panneaux" disabled' in anne.page, "an exercise cannot reach it, and the form says so"
    assert "pas ouvert aux exercices" in anne.page
    anne.get(f"{COMPOSE}/actual")
    assert re.findall(r'name="channels" value="([^"]+)" checked', anne.page) == ["flux-cap", "essai", "panneaux"]


def test_an_exercise_and_a_real_alert_differ_in_words_and_colour(anne):
    pages = {}
    for mode in ("exercise", "actual"):
        anne.confirm(mode)
        pages[mode] = anne.page
    assert 'class="word">EXERCICE<' in pages["exercise"]
    assert 'class="word">ALERTE<' in pages["actual"]
    assert "Envoyer l'EXERCICE à 2 destinations" in pages["exercise"]
    assert "ENVOYER POUR DE VRAI à 2 destinations" in pages["actual"]
    assert 'class="banner exercise"' in pages["exercise"]
    assert 'class="banner real"' in pages["actual"]


def test_every_fault_is_named_at_once_and_everything_typed_is_kept(anne):
    anne.get(f"{COMPOSE}/exercise")
    typed = {**FILLED, "blanks.zones": "", "blanks.prochain": "25:99", "communes": [], "expires": "2026-11-20T10:00"}
    assert anne.post(f"{COMPOSE}/exercise", typed).status_code == 422
    assert set(anne.faults()) == {"f-blanks-zones", "f-blanks-prochain", "f-area", "f-expires"}
    for field in anne.faults():
        assert f'id="{field}"' in anne.page, "a fault leads to its field"
    assert 'name="blanks.riviere.fr" value="la Lise"' in anne.page
    assert 'value="25:99"' in anne.page
    assert 'name="expires" value="2026-11-20T10:00"' in anne.page


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("blanks.zones", "x" * 500, "f-blanks-zones"),
        ("blanks.zones", "Bas\u202eBourg", "f-blanks-zones"),
        ("blanks.zones", "\x00", "f-blanks-zones"),
        ("blanks.zones", "@everyone", "f-blanks-zones"),
        ("blanks.heure_fin", "bientôt", "f-blanks-heure_fin"),
        ("communes", "75056", "f-communes"),
        ("channels", "no-such", "f-channels"),
        ("channels", "panneaux", "f-channels"),
        ("geojson", "{", "f-area"),
        ("blanks.unknown", "x", "f-form"),
    ],
)
def test_bad_input_is_answered_at_its_field(anne, field, value, fault):
    anne.get(f"{COMPOSE}/exercise")
    assert anne.post(f"{COMPOSE}/exercise", {**FILLED, field: value}).status_code == 422
    assert fault in anne.faults()


@pytest.mark.parametrize("text", ["{{7*7}}", "<script>alert(1)</script>", "[S]", "%(name)s"])
def test_what_looks_like_code_is_shown_as_it_is(anne, text):
    anne.confirm(**{"blanks.zones": text})
    assert "<script>alert" not in anne.page
    assert "49" not in re.findall(r"Secteur touché : (.*)", anne.page)
    shown = text.replace("<", "&lt;").replace(">", "&gt;")
    assert f"Secteur touché : {shown}" in anne.page


def test_an_area_may_come_as_a_file(anne):
    ring = [[0.15, 49.47], [0.22, 49.47], [0.22, 49.52], [0.15, 49.47]]
    polygon = json.dumps({"type": "Polygon", "coordinates": [ring]}).encode()
    anne.get(f"{COMPOSE}/exercise")
    fields = {**FILLED, "communes": [], "geojson_file": (io.BytesIO(polygon), "zone.geojson")}
    assert anne.post(f"{COMPOSE}/exercise", fields, content_type="multipart/form-data").status_code == 200
    assert '<polygon class="area"' in anne.page


def test_the_live_preview_says_what_is_missing_and_shows_examples_marked_as_such(anne):
    anne.get(f"{COMPOSE}/exercise")
    answer = anne.client.post(
        f"{COMPOSE}/exercise/preview", data={"csrf_token": anne.token, "channels": ["essai"], "blanks.zones": "Le Port"}
    )
    assert answer.status_code == 200
    assert "Des exemples tiennent lieu des champs encore vides ou faux" in answer.text
    assert "Le Port" in answer.text
    assert 'href="#f-blanks-heure_fin"' in answer.text


def test_the_live_preview_of_a_complete_form_is_what_will_be_sent(anne):
    anne.confirm()
    confirmed = re.findall(r'<div class="sent">(.*?)</div>', anne.page, re.DOTALL)
    anne.post(f"{COMPOSE}/exercise/preview", FILLED)
    live = re.findall(r'<div class="sent">(.*?)</div>', anne.page, re.DOTALL)
    assert [text for text in live if "EXERCICE" in text and "xml" not in text] == [
        text for text in confirmed if "EXERCICE" in text and "xml" not in text
    ]


@pytest.mark.parametrize("word", ["", "EXERCISE", "ALERTE", "oui"])
def test_nothing_leaves_without_the_word(anne, word):
    anne.confirm()
    token = anne.hidden("token")
    assert anne.post("/console/confirm", {"token": token, "word": word}).status_code == 422
    assert set(anne.faults()) == {"f-word"}
    assert anne.hidden("token") == token, "the confirmation is the same: nothing has to be read again"
    anne.get("/console/alerts")
    assert "Aucune alerte n'a encore été envoyée" in anne.page


def test_the_same_confirmation_twice_is_one_alert(anne):
    anne.confirm()
    fields = {"token": anne.hidden("token"), "word": "exercice"}
    places = {anne.post("/console/confirm", fields).location for _ in range(3)}
    assert len(places) == 1
    anne.get("/console/alerts")
    assert anne.page.count('<li class="card') == 1


def test_an_old_confirmation_is_shown_anew_and_not_sent(anne, clock, settings):
    anne.confirm()
    token = anne.hidden("token")
    clock.advance(settings.alerts.preview_minutes * 60 + 1)
    assert anne.post("/console/confirm", {"token": token, "word": "EXERCICE"}).status_code == 409
    assert anne.hidden("token") not in {token, None}
    assert "L'aperçu est trop ancien" in anne.page
    assert anne.post("/console/confirm", {"token": anne.hidden("token"), "word": "EXERCICE"}).status_code == 303


def test_a_confirmation_whose_times_have_passed_leads_back_to_the_form(anne, clock):
    anne.confirm()
    token = anne.hidden("token")
    clock.advance(55 * 60)  # 18:35: the promised next message was for 18:30
    assert anne.post("/console/confirm", {"token": token, "word": "EXERCICE"}).status_code == 422
    assert set(anne.faults()) == {"f-blanks-prochain"}
    assert 'name="blanks.zones" value="Bas-Bourg, rue du Port"' in anne.page


@pytest.mark.parametrize("spoil", [lambda token: token[:-3] + "abc", lambda _: "", lambda token: token + "x"])
def test_a_tampered_confirmation_is_refused_with_a_way_on(anne, spoil):
    anne.confirm()
    answer = anne.post("/console/confirm", {"token": spoil(anne.hidden("token")), "word": "EXERCICE"})
    assert answer.status_code == 400
    assert "Rien n'a été envoyé" in anne.page
    assert 'href="/console/"' in anne.page


def test_a_confirmation_is_good_for_its_officer_only(anne, stranger, town, clock):
    anne.confirm()
    stranger.log_in("vera")
    stranger.get("/console/")
    answer = stranger.post("/console/confirm", {"token": anne.hidden("token"), "word": "EXERCICE"})
    assert answer.status_code == 403


def test_changing_something_keeps_everything(anne):
    anne.confirm(expires="2026-11-21T23:30")
    assert anne.post("/console/confirm/change", {"token": anne.hidden("token")}).status_code == 200
    for value in ('value="la Lise"', 'value="18:30"', 'value="2026-11-21T23:30"', 'value="76901" checked'):
        assert value in anne.page
    assert anne.faults() == {}
