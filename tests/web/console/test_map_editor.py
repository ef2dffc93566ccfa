"""The editor without scripts: drafts are kept as typed, two people lose nothing, a second officer puts in force."""

from __future__ import annotations

import re
from html import unescape

import pytest

from hub.kernel.db import reading
from hub.message_maps import versions
from tests.web.console.conftest import PASSWORD, Browser
from tests.web.console.crew import hire

WATER = "hea.water.unsafe"
DRAFT = f"/console/editor/{WATER}"
FIRST = f"{DRAFT}/messages/boil.first"
BEFORE = f"{DRAFT}/messages/before.advice"
HEAD = f"{DRAFT}/situation/head"


@pytest.fixture
def bill(town, clock):
    """A second officer, logged in."""
    hire(town, clock, "bill", "Bill Roux")
    browser = Browser(town.test_client())
    assert browser.log_in("bill").status_code == 303
    browser.get("/console/")
    return browser


def value(browser, name):
    """What a field of the shown page holds."""
    area = re.search(rf'<textarea[^>]* name="{re.escape(name)}"[^>]*>\n(.*?)</textarea>', browser.page, re.DOTALL)
    return unescape(area[1]) if area else browser.hidden(name)


def save(browser, address, fields, page=True):
    """Opens a form, changes some of its fields, saves it."""
    if page:
        browser.get(address)
    return browser.post(address, {"revision": browser.hidden("revision"), **fields})


def open_first(browser):
    browser.get(FIRST)
    return value(browser, "t.sms.fr")


def test_nothing_changes_until_something_is_saved(anne):
    anne.get(DRAFT)
    assert "version en vigueur" in anne.page
    text = open_first(anne)
    assert (
        anne.post(FIRST, {"revision": "", "mode.sms": "own", "t.sms.fr": text.replace("\n", "\r\n")}).status_code == 303
    )
    anne.get("/console/editor")
    assert "Brouillons en cours" in anne.page


def test_from_a_change_to_a_version_in_force(town, anne, bill):
    text = open_first(anne)
    assert save(anne, FIRST, {"mode.sms": "own", "t.sms.fr": text + " [G]" + "Restez loin. " * 60}).status_code == 303
    anne.get(FIRST)
    assert "LEN-01" in anne.page or "LEN-02" in anne.page
    refused = anne.post(f"{DRAFT}/submit", {"revision": anne.hidden("revision")})
    assert refused.status_code == 422
    assert "messages.boil.first.variants.sms.fr" in anne.page
    save(anne, FIRST, {"mode.sms": "own", "t.sms.fr": text})
    save(anne, HEAD, {"u.title.fr": "Eau impropre"})
    # As a browser sends them: in the order of the boxes, which is not that of the message.
    anne.get(BEFORE)
    ticked = re.findall(r'name="u.actions" value="([^"]+)" checked', anne.page)
    save(anne, BEFORE, {"u.actions": ticked, "u.actions.asked": "1"}, page=False)
    assert anne.get(DRAFT).status_code == 200
    revision = anne.hidden("revision")
    assert anne.post(f"{DRAFT}/submit", {"revision": revision}).status_code == 303
    assert anne.post(f"{DRAFT}/approve", {"revision": revision}).status_code == 403
    bill.get(f"{DRAFT}/review")
    assert "<ins>impropre</ins>" in bill.page
    changed = re.findall(r'<dt class="small">(.*?)</dt>', bill.page)
    assert len(changed) == 1, f"only the title was changed: {changed}"
    assert "Anne Martin" in bill.page
    bill.get("/console/")
    assert f"{DRAFT}/review" in bill.page
    assert bill.post(f"{DRAFT}/approve", {"revision": revision}).status_code == 303
    with town.app_context():
        version_id, situation = versions.find(reading(), WATER)
    assert (version_id, situation.title["fr"]) == (f"{WATER}@2", "Eau impropre")


def test_two_people_on_two_messages_are_brought_together(anne, bill):
    anne.get(FIRST)
    bill.get(f"{DRAFT}/messages/boil.update")
    save(anne, FIRST, {"u.title.fr": "Premier"}, page=False)
    assert save(bill, f"{DRAFT}/messages/boil.update", {"u.title.fr": "Suite"}, page=False).status_code == 303
    bill.get(DRAFT)
    assert "Premier" in bill.page
    assert "Suite" in bill.page


def test_two_people_on_one_message_see_both_texts_and_nothing_is_lost(anne, bill):
    text = open_first(anne)
    bill.get(FIRST)
    assert "Anne Martin" in bill.page
    save(anne, FIRST, {"mode.sms": "own", "t.sms.fr": f"{text} ANNE"}, page=False)
    refused = save(bill, FIRST, {"mode.sms": "own", "t.sms.fr": f"{text} BILL"}, page=False)
    assert refused.status_code == 409
    assert value(bill, "t.sms.fr") == f"{text} BILL"
    assert "<del>ANNE</del><ins>BILL</ins>" in bill.page
    assert save(bill, FIRST, {"mode.sms": "own", "t.sms.fr": f"{text} BILL ET ANNE"}, page=False).status_code == 303
    assert open_first(anne) == f"{text} BILL ET ANNE"


def test_a_text_outlives_the_removal_of_its_message_and_the_end_of_a_session(anne, bill):
    text = open_first(anne)
    bill.get(DRAFT)
    bill.post(f"{DRAFT}/structure", {"revision": "", "section": "messages", "step": "remove boil.first"})
    refused = save(anne, FIRST, {"mode.sms": "own", "t.sms.fr": f"{text} ANNE"}, page=False)
    assert refused.status_code == 409
    assert value(anne, "t.sms.fr") == f"{text} ANNE"
    revision = anne.hidden("revision")
    anne.post("/console/logout")
    late = {"revision": revision, "mode.sms": "own", "t.sms.fr": f"{text} ANNE"}
    assert anne.post(f"{FIRST}/check", late, headers={"HX-Request": "true"}).status_code == 422
    assert "plus rien n'est enregistré" in anne.page
    assert anne.post(FIRST, late).status_code == 401
    assert bill.get(FIRST).status_code == 404
    anne.post("/console/login", {"login": "anne", "password": PASSWORD, "carried": anne.hidden("carried")})
    assert save(anne, FIRST, late, page=False).status_code == 303
    assert open_first(bill) == f"{text} ANNE"


def test_while_typing_the_draft_is_stored_and_judged(anne):
    text = open_first(anne)
    answer = anne.post(f"{FIRST}/check", {"revision": "", "mode.sms": "own", "t.sms.fr": text + " [X] é"})
    assert answer.status_code == 200
    assert 'value="1" id="revision" hx-swap-oob="true"' in anne.page
    assert "aucune balise" in anne.page or "[X]" in anne.page
    assert open_first(anne) == text + " [X] é"


@pytest.mark.parametrize(
    ("section", "name", "fields"),
    [
        ("facts", "ZZ", {"u.text.fr": "Un fait", "u.text.en": "A fact"}),
        ("levels", "zz", {"u.label.fr": "Niveau", "u.rank": "3"}),
        ("placeholders", "zz", {"u.label.fr": "Lieu", "u.max": "12", "u.required.asked": "1", "u.required": "x"}),
        ("messages", "zz.first", {"u.title.fr": "Titre", "mode.led": "own", "t.led.fr.1": "[H]EAU", "t.led.fr.2": ""}),
    ],
)
def test_parts_are_added_filled_copied_moved_and_removed(anne, section, name, fields):
    anne.get(DRAFT)

    def change(deed, member="", new=""):
        anne.get(DRAFT)
        form = {"section": section, "deed": deed, "member": member, "new": new}
        return anne.post(f"{DRAFT}/structure", {"revision": anne.hidden("revision"), **form})

    assert change("add", new=name).status_code == 303
    assert save(anne, f"{DRAFT}/{section}/{name}", fields).status_code == 303
    anne.get(f"{DRAFT}/{section}/{name}")
    for field, typed in fields.items():
        if typed and field.startswith(("u.", "t.")) and not field.endswith(".asked"):
            assert value(anne, field) in {typed, "x"}
    assert change("copy", member=name, new=f"{name}2").status_code == 303
    assert change("up", member=name).status_code == 303
    assert change("remove", member=name).status_code == 303
    assert anne.get(f"{DRAFT}/{section}/{name}").status_code == 404
    assert anne.get(f"{DRAFT}/{section}/{name}2").status_code == 200
    assert change("add", new=f"{name}2").status_code == 422
    assert change("add", new="Not an id!").status_code == 422


def test_a_blank_takes_choices_line_by_line_and_numbers_of_the_town(anne):
    anne.get(DRAFT)
    new = {"section": "placeholders", "deed": "add", "new": "eau_sure", "revision": anne.hidden("revision")}
    assert anne.post(f"{DRAFT}/structure", new).status_code == 303
    blank = f"{DRAFT}/placeholders/eau_sure"
    typed = {"u.type": "enum", "u.values.fr": "bouteille\n\nciterne\n", "u.values.en": "bottle\nspring"}
    save(anne, blank, typed)
    anne.get(blank)
    assert (value(anne, "u.values.fr"), value(anne, "u.values.en")) == ("bouteille\n\nciterne", "bottle\nspring\n")
    assert 'aria-invalid="true"' in anne.page, "a choice that a language lacks is named"
    save(anne, blank, {"u.values.fr": "bouteille\nsource", "u.values.en": "bottle\nspring"})
    anne.get(blank)
    assert value(anne, "u.values.fr") == "bouteille\nsource"
    assert value(anne, "u.values.en") == "bottle\nspring"
    (offered, *_) = re.findall(r'<option value="(number\.[a-z_]+)"', anne.page)
    save(anne, blank, {"u.type": "phone", "u.from": offered, "u.values.fr": "", "u.values.en": ""})
    anne.get(blank)
    assert f'<option value="{offered}" selected>' in anne.page
    assert value(anne, "u.values.fr") == ""


def test_a_message_that_an_open_alert_uses_stays(anne):
    anne.send()
    river = "/console/editor/nat.flood.river"
    anne.get(river)
    form = {"section": "messages", "deed": "remove", "member": "act.first", "revision": ""}
    assert anne.post(f"{river}/structure", form).status_code == 409


def test_a_new_situation_begins_as_a_draft(anne):
    assert anne.post("/console/editor/new", {"id": "nat.hail", "title": "Grêle"}).status_code == 303
    anne.get("/console/editor/nat.hail")
    assert "Grêle" in anne.page
    for name, status in (("nat.hail", 409), ("Grêle", 422)):
        assert anne.post("/console/editor/new", {"id": name, "title": "La grêle"}).status_code == status
        assert "f-id" in anne.faults()
        assert anne.hidden("title") == "La grêle"
    wrong = {"section": "messages", "deed": "add", "new": "Première", "revision": "1"}
    assert anne.post("/console/editor/nat.hail/structure", wrong).status_code == 422
    assert 'value="Première"' in anne.page
    assert anne.post("/console/editor/nat.hail/submit", {"revision": "9" * 5000}).status_code == 409


def test_reviews_fall_due_and_are_done_with_one_press(town, anne, clock):
    clock.advance(400 * 24 * 3600)
    assert anne.log_in().status_code == 303
    anne.get("/console/compose/hea.water.unsafe/boil.first/exercise")
    assert "aurait dû être relue" in anne.page
    anne.get("/console/editor")
    assert "dépassée" in anne.page
    assert anne.post(f"{DRAFT}/reviewed").status_code == 303
    with town.app_context():
        assert versions.find(reading(), WATER)[0] == f"{WATER}@2"


def test_a_warning_is_kept_with_a_reason_and_the_reason_taken_back(anne):
    entry = {"rule": "STY-01", "message": "boil.first", "form": "long", "language": "fr"}
    anne.get(DRAFT)
    assert anne.post(f"{DRAFT}/accept", {"revision": "", **entry, "reason.fr": "Parce que"}).status_code == 422
    reasons = {"reason.fr": "Mot officiel", "reason.en": "Official word"}
    assert anne.post(f"{DRAFT}/accept", {"revision": "", **entry, **reasons}).status_code == 303
    anne.get(DRAFT)
    assert "Mot officiel" in anne.page
    assert anne.post(f"{DRAFT}/accept/1/remove", {"revision": anne.hidden("revision")}).status_code == 303
    anne.get(DRAFT)
    assert "Mot officiel" not in anne.page


def test_a_reviewer_sees_scores_and_what_a_fact_touches_and_gives_the_draft_back(anne, bill):
    anne.get(FIRST)
    text = value(anne, "t.sms.fr")
    save(anne, FIRST, {"mode.sms": "own", "t.sms.fr": text.replace("NON POTABLE", "IMPROPRE")}, page=False)
    save(anne, f"{DRAFT}/facts/B2", {"u.text.fr": "Faire bouillir"})
    anne.get(DRAFT)
    anne.post(f"{DRAFT}/submit", {"revision": anne.hidden("revision")})
    bill.get(f"{DRAFT}/review")
    assert "/ 100" in bill.page
    assert "Messages à relire à cause de ces modifications" in bill.page
    revision = bill.hidden("revision")
    assert bill.post(f"{DRAFT}/return", {"revision": revision, "reason": " "}).status_code == 422
    assert bill.post(f"{DRAFT}/return", {"revision": revision, "reason": "Le mot officiel."}).status_code == 303
    anne.get(DRAFT)
    assert "Le mot officiel." in anne.page
    assert anne.post(f"{DRAFT}/discard", {"revision": revision}).status_code == 303


def test_a_viewer_reads_and_changes_nothing(town):
    vera = Browser(town.test_client())
    vera.log_in("vera")
    vera.get("/console/editor")
    assert vera.get(FIRST).status_code == 403
    assert vera.post(f"{DRAFT}/reviewed").status_code == 403
