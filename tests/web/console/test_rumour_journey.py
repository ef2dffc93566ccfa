"""The rumour desk in Chromium: a suggestion is linked, the score and the checks live, a second officer publishes."""

from __future__ import annotations

import feedparser
import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Person
from tests.web.console.at_browser import at_work
from tests.web.console.rumour_steps import ASKED, CONFIRMED, DESK, WRITTEN, do, enter, opened, published_by, taken, told

pytestmark = pytest.mark.browser

NARROW = 320


@pytest.fixture
def person(address):
    with at_work(address) as anne:
        yield anne


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


def test_what_a_resident_reports_becomes_an_answer_and_later_a_correction(person, anne, town, clock):
    bill = enter(town, clock, "bill", "Bill Roux")
    rumour_id = taken(anne)
    resident = person.page.context.browser.new_context(
        base_url=person.page.url.partition("/console")[0], locale="fr-FR", java_script_enabled=False
    ).new_page()
    resident.goto("/signaler")
    clock.advance(60)  # nobody fills a form in no time
    resident.fill("[name=text]", "le pont est emporté, tout le quartier en parle")
    resident.select_option("[name=heard_on]", "word_of_mouth")
    resident.select_option("[name=commune]", "76901")
    resident.click("main form button[type=submit]")
    expect(resident.locator(".code")).to_be_visible()
    tracked = resident.locator("a[href*='/signaler/']").first.get_attribute("href")

    page = person.page
    page.goto(f"{DESK}/reports")
    page.click(".cards-narrow a")
    expect(page.locator("mark").first).to_be_visible()
    page.click(f"button[name=rumour][value='{rumour_id}']")
    expect(page.locator("main")).to_contain_text("tout le quartier en parle")

    answered(anne, rumour_id)
    engine = town.extensions["hub"].engine
    assert published_by(bill, rumour_id).status_code == 303
    engine.run_until_idle(20)
    corrected(anne, rumour_id)
    clock.advance(600)
    assert published_by(bill, rumour_id).status_code == 303
    engine.run_until_idle(20)
    spooled = sorted((town.extensions["hub"].settings.data.directory / "spool").rglob("*.txt"))
    assert len(spooled) == 2, "the correction went where the answer had gone"
    assert "Nous corrigeons notre réponse" in spooled[-1].read_text(encoding="utf-8")

    reader = town.test_client()
    changes = feedparser.parse(reader.get("/rumeurs/changements.atom").data)
    assert [entry.link.rpartition("/rumeurs/")[2] for entry in changes.entries], "the journalist's reader sees them"
    entry = resident.goto(f"/rumeurs/{rumour_id}")
    assert entry.status == 200
    expect(resident.locator("main")).to_contain_text("Nous avions daté la photo de 2016.")
    resident.goto(tracked)
    expect(resident.locator("main")).to_contain_text("Lire ce qui a été publié")


def answered(browser, rumour_id):
    """From a rumour that is being checked to an answer that waits for a second person."""
    assert do(browser, rumour_id, "grounds/confirmation", **CONFIRMED).status_code == 303
    assert do(browser, rumour_id, "decide", response="targeted").status_code == 303
    assert do(browser, rumour_id, "answer", **WRITTEN).status_code == 303, browser.page
    assert do(browser, rumour_id, "propose", "/review", kind="answer", **ASKED).status_code == 303, browser.page


def corrected(browser, rumour_id):
    """From a published answer to a correction that waits for a second person."""
    assert do(browser, rumour_id, "reopen", reopen_reason="La photo est de 2017").status_code == 303
    assert do(browser, rumour_id, "take").status_code == 303
    wrong = {"wrong.fr": "Nous avions daté la photo de 2016.", "wrong.en": "We had dated the photo 2016."}
    again = {**WRITTEN, **wrong, "verdict": "misleading"}
    assert do(browser, rumour_id, "answer", "/answer", **again, kind="correction").status_code == 303
    browser.get(f"{DESK}/{rumour_id}/review?kind=correction")
    fields = {"revision": browser.hidden("revision"), "kind": "correction"}
    assert browser.post(f"{DESK}/{rumour_id}/propose", fields).status_code == 303, browser.page


def test_the_other_pages_pass_axe(person, anne):
    rumour_id = opened(anne)
    for path in ("/reports/new", "/events", f"/{rumour_id}/grounds", f"/{rumour_id}/decide", f"/{rumour_id}/words"):
        person.page.goto(DESK + path)
        look(person, path.rpartition("/")[2])
