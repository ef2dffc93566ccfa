"""The rumour desk in Chromium: a suggestion is linked, the score and the checks live, a second officer publishes."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from tests.e2e.browser import CHROMIUM, QUIET, Person
from tests.web.console.conftest import PASSWORD
from tests.web.console.rumour_steps import CONFIRMED, DESK, WRITTEN, do, enter, opened, published_by, told

pytestmark = pytest.mark.browser

NARROW = 320


@pytest.fixture
def address(town):
    server = make_server("127.0.0.1", 0, town, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def person(address):
    """Anne at a browser, logged in. Scripts that fail, or that the page's policy refuses, fail the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(base_url=address, locale="fr-FR", reduced_motion="reduce")
        context.set_default_timeout(20_000)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto("/console/login")
        page.fill("[name=login]", "anne")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/console/")
        yield Person(page)
        browser.close()
    assert errors == []


def look(person: Person, name: str) -> None:
    """Axe in light and dark, and nothing scrolls sideways on a phone."""
    person.look(name)
    person.page.set_viewport_size({"width": NARROW, "height": 640})
    assert person.page.evaluate("document.documentElement.scrollWidth") <= NARROW, name
    person.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_suggestion_is_linked_weighed_answered_and_published_by_a_second_officer(person, anne, town, clock):
    bill = enter(town, clock, "bill", "Bill Roux")
    rumour_id = opened(anne)
    told(anne, "on raconte que le pont sur la Lise a été emporté cette nuit")
    page = person.page

    page.goto(f"{DESK}/reports")
    page.click(".cards-narrow a")
    expect(page.locator("mark").first).to_be_visible()
    look(person, "report")
    person.press(f"button[name=rumour][value='{rumour_id}']")
    expect(page.locator("main")).to_contain_text("on raconte que")

    page.goto(f"{DESK}/{rumour_id}/weigh")
    for name, value in (("harm", "3"), ("believability", "2"), ("spread", "4"), ("actor", "1")):
        page.check(f"[name={name}][value='{value}']")
    expect(page.locator("#score")).to_contain_text("Critique")
    look(person, "weigh")
    page.click("main form[data-once] button")
    page.click("form[action$='/take'] button")
    assert do(anne, rumour_id, "grounds/confirmation", "/grounds", **CONFIRMED).status_code == 303
    assert do(anne, rumour_id, "decide", response="targeted").status_code == 303
    assert do(anne, rumour_id, "answer", **{**WRITTEN, "fact.fr": ""}).status_code == 303

    page.goto(f"{DESK}/{rumour_id}/answer")
    expect(page.locator("#said a[href='#f-fact-fr']").first).to_be_visible()
    page.fill("[name='fact.fr']", WRITTEN["fact.fr"])
    expect(page.locator("#said")).to_contain_text("Il ne manque rien")
    look(person, "answer")
    page.click("button[name=then][value=review]")
    page.wait_for_url("**/review*")
    for name in ("spread", "harm"):
        page.check(f"[name='ask.{name}'][value=yes]")
    page.check("[name='ask.fading'][value=no]")
    look(person, "review")
    page.click("#propose")
    shown = published_by(bill, rumour_id)
    assert shown.status_code == 303
    page.goto(shown.location)
    look(person, "version")
    page.goto(f"{DESK}/{rumour_id}")
    look(person, "sheet")
    page.goto(DESK)
    look(person, "queue")


def test_the_other_pages_pass_axe(person, anne):
    rumour_id = opened(anne)
    for path in ("/reports/new", "/events", f"/{rumour_id}/grounds", f"/{rumour_id}/decide", f"/{rumour_id}/words"):
        person.page.goto(DESK + path)
        look(person, path.rpartition("/")[2])
