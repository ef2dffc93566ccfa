"""The steps of the rumour desk as forms that a browser without scripts sends."""

from __future__ import annotations

from tests.rumours.answers import ANSWER
from tests.web.console.conftest import Browser
from tests.web.console.crew import hire

DESK = "/console/rumours"
CLAIM = {"claim.fr": "Le pont de la Lise a été emporté.", "claim.en": "The bridge over the Lise is gone."}
HEAVY = {"harm": "3", "believability": "2", "spread": "3", "actor": "0", "local": "yes"}
ASKED = {"ask.spread": "yes", "ask.harm": "yes", "ask.fading": "no"}
CONFIRMED = {
    "organisation": "SDIS 76",
    "source_name": "Capitaine Leroy",
    "means": "phone",
    "at": "2026-11-21T17:20",
    "supports": "no",
    "statement": "Le pont a été contrôlé.",
    "public": "yes",
}
WRITTEN = {
    **{
        f"{name}.{language}": text
        for name in ("claim_reviewed", "fact", "warning", "myth", "why", "closing", "guidance")
        for language, text in getattr(ANSWER, name).items()
    },
    **{f"blanks.{key}": text for key, text in ANSWER.blanks.items()},
    "pattern": "answer.false",
    "channels": ["essai"],
    "verdict": "false",
    "as_of": "2026-11-21T17:30",
}


def enter(town, clock, login, name, role="officer"):
    hire(town, clock, login, name, role)
    browser = Browser(town.test_client())
    browser.onward = browser.log_in(login).location
    browser.get(browser.onward)
    return browser


def told(browser, text="le pont de la lise est emporté", **fields):
    """A report through the officers' form; its id."""
    answer = browser.post(f"{DESK}/reports/new", {"text": text, "heard_on": "phone", "commune": "76901", **fields})
    assert answer.status_code == 303, browser.faults()
    return answer.location.rpartition("/")[2]


def judged(browser, report_id, deed, **fields):
    """Opens a report and judges it with what its page holds."""
    browser.get(f"{DESK}/reports/{report_id}")
    kept = {name: browser.hidden(name) or "" for name in ("offers", "state_seen", "rumour_seen")}
    return browser.post(f"{DESK}/reports/{report_id}/{deed}", {**kept, **fields})


def opened(browser):
    answer = judged(browser, told(browser), "new", **CLAIM)
    assert answer.status_code == 303, browser.page
    return answer.location.split("/")[-2]


def do(browser, rumour_id, deed, page="", **fields):
    """Sends a form of a rumour's page with the revision that the page shows."""
    browser.get(f"{DESK}/{rumour_id}{page}")
    return browser.post(f"{DESK}/{rumour_id}/{deed}", {"revision": browser.hidden("revision"), **fields})


def taken(browser):
    rumour_id = opened(browser)
    assert do(browser, rumour_id, "weigh", **HEAVY).status_code == 303
    assert do(browser, rumour_id, "take").status_code == 303
    return rumour_id


def proposed(browser, response="targeted"):
    rumour_id = taken(browser)
    assert do(browser, rumour_id, "grounds/confirmation", **CONFIRMED).status_code == 303
    assert do(browser, rumour_id, "decide", response=response).status_code == 303
    assert do(browser, rumour_id, "answer", **WRITTEN).status_code == 303, browser.page
    assert do(browser, rumour_id, "propose", "/review", kind="answer", **ASKED).status_code == 303, browser.page
    return rumour_id


def published_by(browser, rumour_id):
    browser.get(f"{DESK}/{rumour_id}/review")
    fields = {"revision": browser.hidden("revision"), "digest": browser.hidden("digest")}
    return browser.post(f"{DESK}/{rumour_id}/approve", fields)
