"""Advice and answers to rumours are no alerts, nobody takes them for one; simple words have a heading of their own."""

from __future__ import annotations

from tests.alerts.conftest import BLANKS
from tests.web.public.test_pages import main_text, text, tree

RUMOUR = {
    "fait.fr": "Le pont tient bon",
    "fait.en": "The bridge holds",
    "mythe.fr": "le pont serait tombé",
    "mythe.en": "the bridge has fallen",
    "raison.fr": "La photo date de 2016",
    "raison.en": "The photo is of 2016",
    "preuve.fr": "Nos services ont contrôlé le pont",
    "preuve.en": "Our staff checked the bridge",
}


def answer(town):
    return town.send(situation_id="com.rumour", message_id="answer.false", blanks=RUMOUR, channels=("essai",))


def test_an_answered_rumour_is_in_force_and_no_alert(town, reader):
    answer(town)
    home = reader.get("/?lang=en")
    shown = main_text(home)
    assert "No alert in force" in shown
    assert "Advice and answers to rumours" in shown
    assert "WHAT IS TRUE: a rumour answered" in shown
    assert "real" not in tree(home).find(".//article").get("class").split()


def test_the_page_of_an_answer_leads_with_what_is_true(town, reader):
    page = tree(reader.get(f"/alertes/{answer(town).identifier}?lang=en"))
    assert text(page.find(".//h1")) == "The bridge holds."
    assert "CAP 1.2" not in text(page)


def test_advice_is_no_alert(town, reader):
    town.send(message_id="season.advice", blanks={"zones": BLANKS["zones"]})
    shown = main_text(reader.get("/?lang=en"))
    assert "No alert in force" in shown
    assert "ADVICE: be ready" in shown


def test_simple_words_have_their_own_heading_in_each_language(town, reader):
    page = tree(reader.get(f"/alertes/{town.send().identifier}?lang=fr"))
    headings = [text(heading) for heading in page.iter("h2", "h3")]
    assert "En mots simples" in headings
    assert "In simple words" in headings
    assert "FALC" not in text(page)
