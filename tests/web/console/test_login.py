"""Logging in and out: sessions, one-time passwords, throttles, forgery checks, where one goes next."""

from io import BytesIO

import pytest

from hub.identity import service
from hub.identity.actor import Actor
from tests.web.console.conftest import COMPOSE, FILLED, PASSWORD, Browser


def test_the_console_leads_to_the_log_in_and_back(stranger):
    answer = stranger.get("/console/situations?q=crue")
    assert (answer.status_code, answer.location) == (303, "/console/login?next=/console/situations?q%3Dcrue")
    stranger.get(answer.location)
    answer = stranger.post(
        "/console/login", {"login": "anne", "password": PASSWORD, "next": stranger.hidden("next") or ""}
    )
    assert answer.status_code == 303
    assert stranger.get("/console/").status_code == 200


def test_a_wrong_password_says_nothing_about_the_login_and_keeps_it(stranger):
    for login in ("anne", "nobody"):
        assert stranger.log_in(login, "not it").status_code == 401
        assert stranger.faults() == {"f-login": "Cet identifiant et ce mot de passe ne vont pas ensemble."}
        assert stranger.hidden("login") == login
        assert "not it" not in stranger.page


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/console//evil.example",
        "/\\evil.example",
        "/console/\\evil",
        "/console/\r\nX: y",
        "javascript:alert(1)",
        "/elsewhere",
        "",
    ],
)
def test_no_open_redirect(stranger, address):
    answer = stranger.log_in(next=address)
    assert answer.location == "/console/"


def test_a_form_without_its_token_is_refused(town):
    browser = Browser(town.test_client())
    answer = browser.client.post("/console/login", data={"login": "anne", "password": PASSWORD})
    assert answer.status_code == 400
    assert "Ce formulaire a expiré" in answer.text


def test_the_session_is_new_at_each_log_in(anne):
    with anne.client.session_transaction() as session:
        first = session["token"]
    anne.post("/console/logout")
    anne.log_in()
    with anne.client.session_transaction() as session:
        assert session["token"] != first


def test_logging_out_ends_the_session_for_a_copied_cookie_too(town, anne):
    with anne.client.session_transaction() as session:
        copied = session["token"]
    anne.post("/console/logout")
    thief = town.test_client()
    with thief.session_transaction() as session:
        session["token"] = copied
    assert thief.get("/console/").status_code == 303


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(stranger):
    answer = stranger.log_in()
    cookies = {each.partition("=")[0]: each for each in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"hub", "hub-device"}
    assert all("HttpOnly" in each and "SameSite=" in each for each in cookies.values())


def test_a_session_ends_after_the_idle_time(anne, clock, settings):
    clock.advance(settings.security.session_idle_minutes * 60)
    assert anne.get("/console/").status_code == 303


def test_one_account_is_throttled_and_told_when_to_come_back(stranger):
    statuses = [stranger.log_in("anne", "guess").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert int(stranger.answers[-1].headers["Retry-After"]) > 0
    assert "Veuillez patienter" in stranger.page
    assert stranger.log_in("vera").status_code == 303, "another account is not held up"


def test_strangers_cannot_shut_an_officer_out_of_a_browser_that_is_known(town, anne):
    anne.post("/console/logout")
    attacker = Browser(town.test_client())
    while attacker.log_in("anne", "guess").status_code != 429:
        pass
    assert anne.log_in().status_code == 303


def test_a_one_time_password_opens_nothing_but_its_own_change(town, clock):
    with town.app_context():
        once = service.create_officer(
            "zoe", "Zoé Roy", "officer", "en", actor=Actor("hub", "hub", "hub"), now=clock.now()
        ).reveal()
    browser = Browser(town.test_client())
    browser.log_in("zoe", once)
    for page in ("/console/", "/console/situations", f"{COMPOSE}/exercise"):
        assert browser.get(page).location == "/console/password"
    assert browser.post(f"{COMPOSE}/exercise", FILLED).location == "/console/password"
    browser.get("/console/password")
    wanted = {"current": once, "new": "a sentence to remember", "again": "another"}
    assert browser.post("/console/password", wanted).status_code == 422
    assert browser.faults() == {"f-again": "The two new passwords differ."}
    assert browser.post("/console/password", {**wanted, "again": wanted["new"]}).status_code == 303
    assert browser.get("/console/").status_code == 200


def test_whoever_has_chosen_a_password_goes_on_to_a_page_that_is_open_to_them(town, clock):
    with town.app_context():
        once = service.create_officer(
            "lea", "Léa Roy", "volunteer", "fr", actor=Actor("hub", "hub", "hub"), now=clock.now()
        ).reveal()
    browser = Browser(town.test_client())
    browser.log_in("lea", once)
    browser.get("/console/password")
    new = "une phrase à retenir"
    assert browser.post("/console/password", {"current": once, "new": new, "again": new}).location == "/console/rumours"


def test_background_requests_of_pages_that_are_only_read_lead_to_the_log_in(stranger):
    answer = stranger.get(
        "/console/health", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/console/health"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/console/login?next=/console/health"


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("post", f"{COMPOSE}/exercise/preview"),
        ("get", "/console/alerts/x/progress"),
        ("get", "/console/alerts/x/trouble"),
        ("post", "/console/rumours/x/answer/check"),
        ("post", "/console/rumours/x/weigh/score"),
        ("post", "/console/editor/nat.flood.river/messages/act.first/check"),
    ],
)
def test_background_requests_of_pages_that_are_typed_in_leave_them_where_they_are(stranger, method, address):
    answer = getattr(stranger, method)(address, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (422, None)
    assert "Votre session est terminée" in answer.text


def test_what_was_typed_comes_through_the_log_in(anne, clock, settings):
    anne.get(f"{COMPOSE}/exercise")
    clock.advance(settings.security.session_idle_minutes * 60)
    assert anne.post(f"{COMPOSE}/exercise", {**FILLED, "blanks.prochain": "20:00"}).status_code == 401
    fields = {"login": "anne", "password": PASSWORD, "carried": anne.hidden("carried")}
    assert anne.post("/console/login", fields).status_code == 200
    assert f'action="{COMPOSE}/exercise"' in anne.page
    assert anne.hidden("blanks.riviere.fr") == "la Lise"
    assert anne.page.count('name="channels"') == 2


def test_a_file_that_does_not_come_through_the_log_in_is_named(stranger):
    fields = {"text": "L'eau est coupée", "picture": (BytesIO(b"x"), "x.png")}
    assert stranger.post("/console/rumours/reports/new", fields).status_code == 401
    stranger.post("/console/login", {"login": "anne", "password": PASSWORD, "carried": stranger.hidden("carried")})
    assert stranger.hidden("text") == "L'eau est coupée"
    assert "Le fichier que vous aviez choisi" in stranger.page


def test_what_was_typed_before_logging_in_anew_in_another_window_is_kept(anne):
    anne.get("/console/numbers/new")
    before = anne.token
    anne.log_in()
    assert anne.post("/console/numbers", {"csrf_token": before, "number": "02 35 00 00 01"}).status_code == 400
    assert 'action="/console/numbers"' in anne.page
    assert anne.hidden("number") == "02 35 00 00 01"
    answer = anne.post("/console/sending/stop", {"csrf_token": before})
    assert (answer.status_code, "Ce formulaire a expiré" in answer.text) == (400, True), "a deed is not carried"


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_form_of_another_site_is_not_offered_as_ones_own(anne, stranger, origin):
    typed = {"number": "08 99 00 00 00"}
    assert stranger.post("/console/numbers", typed, headers={"Origin": origin}).status_code == 303
    answer = anne.post("/console/numbers", {**typed, "csrf_token": "forged"}, headers={"Origin": origin})
    assert "08 99" not in answer.text


def test_a_carried_form_cannot_be_forged(stranger):
    answer = stranger.log_in(carried="WyIvY29uc29sZS9jb25maXJtIixbXV0.forged.signature")
    assert answer.location == "/console/"


@pytest.mark.parametrize(("language", "word"), [("en", "What is going on"), ("fr", "Situation actuelle")])
def test_the_language_can_be_changed(anne, language, word):
    answer = anne.post("/console/language", {"language": language, "next": "/console/"})
    assert answer.location == "/console/"
    assert word in anne.get("/console/").text
    assert f'<html lang="{language}">' in anne.page


def test_an_unknown_language_changes_nothing(anne):
    anne.post("/console/language", {"language": "xx"})
    assert '<html lang="fr">' in anne.get("/console/").text
