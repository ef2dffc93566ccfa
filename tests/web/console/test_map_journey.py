"""One journey, keyboard only: find a message, break and mend its text, a second officer approves, it is used."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.serving import make_server

from hub.kernel.db import reading
from hub.message_maps import versions
from tests.e2e.browser import CHROMIUM, QUIET, Person
from tests.web.console.conftest import PASSWORD
from tests.web.console.crew import hire

pytestmark = pytest.mark.browser

WATER = "hea.water.unsafe"
HEADLINE = "[name='t.cap.fr.headline']"
# 17:40 in Paris is the time of the tests' clock.
BLANKS = {"zones": "Bas-Bourg", "duree": "10 min", "prochain": "18:30"}


@pytest.fixture
def address(town, clock):
    hire(town, clock, "bill", "Bill Roux")
    server = make_server("127.0.0.1", 0, town, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def logged_in(browser: Browser, address: str, login: str, errors: list[str]) -> Person:
    context = browser.new_context(base_url=address, locale="fr-FR", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    person = Person(page)
    page.goto("/console/login")
    person.type_into("[name=login]", login)
    person.type_into("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")
    return person


def find_and_open(person: Person) -> None:
    page = person.page
    page.goto("/console/situations")
    person.type_into("#q", "eau")
    expect(page.locator("#found")).to_contain_text("Eau du robinet non potable")
    person.press(f"#found a[href$='{WATER}/boil.first']")
    assert page.locator(".sent[lang=fr]").first.inner_text() != page.locator(".sent[lang=en]").first.inner_text()
    person.press("a[href*='/editor/']")


def break_and_mend(person: Person) -> None:
    page, said = person.page, person.page.locator("#said-cap-fr")
    person.reach(HEADLINE)
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" Ne buvez pas l'eau." * 10)
    expect(said).to_contain_text("LEN-01")
    expect(page.locator("#said")).to_contain_text("Enregistré à")
    person.look("a message with an error")
    page.locator(HEADLINE).press("Control+A")
    text = page.locator(HEADLINE).input_value().split(" Ne buvez")[0]
    page.keyboard.insert_text(text.replace("BOUILLIR L'EAU", "BOUILLIR L'EAU AVANT"))
    expect(said).not_to_contain_text("LEN-01")
    expect(page.locator("#said")).to_contain_text("Rien n'empêche")


def hand_in(person: Person) -> None:
    person.press(".state a[href$='hea.water.unsafe']")
    person.look("a draft")
    person.press("#submit")
    assert person.page.url.endswith("/review")
    assert person.page.locator("#approve").count() == 0


def approve(person: Person) -> None:
    page = person.page
    page.goto("/console/editor")
    person.press(f"a[href$='{WATER}/review']")
    expect(page.locator("ins").first).to_be_visible()
    person.look("a review")
    person.press("#approve")
    page.wait_for_url(f"**/situations/{WATER}")


def trigger_an_exercise(person: Person) -> None:
    page = person.page
    page.goto(f"/console/situations/{WATER}/boil.first")
    person.press("a[href$='/exercise']")
    for name, value in BLANKS.items():
        person.reach(f"[name='blanks.{name}']")
        page.locator(f"[name='blanks.{name}']").fill(value)
    person.tick("[name=communes]")
    person.press("main form button[type=submit]")
    person.type_into("[name=word]", "EXERCICE")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alerts/*")


def test_a_text_is_found_broken_mended_approved_and_used(town, address):
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        anne = logged_in(browser, address, "anne", errors)
        find_and_open(anne)
        break_and_mend(anne)
        hand_in(anne)
        bill = logged_in(browser, address, "bill", errors)
        approve(bill)
        trigger_an_exercise(bill)
        sent = bill.page.locator("main").text_content()
        browser.close()
    assert "BOUILLIR L'EAU AVANT" in sent
    with town.app_context():
        assert versions.find(reading(), WATER)[0] == f"{WATER}@2"
    assert errors == []
