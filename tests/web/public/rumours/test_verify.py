"""Is this message from us? Exact, nearly, unknown; nothing is kept; too many are told to wait."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from lxml import html

from hub.dispatch.models import bodies
from hub.kernel.db import reading
from hub.rumours.models import RumourVersion
from hub.web.throttle import limiter
from tests.web.public.test_pages import main_text, text, tree


@pytest.fixture(autouse=True)
def _fresh_limits(app):
    with app.app_context():
        limiter.reset()


def sent(register, channel="essai") -> str:
    """What the channel carried for the correction, in French."""
    with register.app.app_context():
        version = reading().scalar(
            sa.select(RumourVersion).where(RumourVersion.rumour_id == register.ids["bridge"], RumourVersion.number == 2)
        )
        body = reading().scalar(sa.select(bodies.c.body).where(bodies.c.publication_id == version.publication_id))
    return max(strings(json.loads(body)), key=len)


def strings(value):
    if isinstance(value, dict):
        return [each for inner in value.values() for each in strings(inner)]
    if isinstance(value, list):
        return [each for inner in value for each in strings(inner)]
    return [value] if isinstance(value, str) else []


def asked(reader, words):
    page = reader.post("/verifier?lang=en", data={"text": words})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    return page, text(tree(page).find(".//div[@role='status']"))


def test_every_publication_is_listed_newest_first(register, reader):
    page = tree(reader.get("/verifier?lang=en"))
    links = [each.get("href") for each in page.findall(".//ol[@class='line']/li/p/a")]
    assert links[0] == f"/en/rumeurs/{register.ids['bridge']}/versions/2"
    assert len(links) == 7
    assert "Answer withdrawn" in main_text(reader.get("/verifier?lang=en"))


def test_what_a_channel_carried_is_ours(register, reader):
    words = sent(register)
    _, told = asked(reader, f"  {words.replace(' ', '  ')}\r\n")
    assert told.startswith("Yes. Mairie de Rivemont published this text on")


def test_one_changed_word_is_shown(register, reader):
    words = sent(register).split()
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    words[longest] = "escroquerie"
    page, told = asked(reader, " ".join(words))
    assert told.startswith("Not quite.")
    assert "escroquerie" in [text(each) for each in tree(page).findall(".//ins")]


def test_a_link_added_to_a_text_of_ours_is_not_ours(register, reader):
    page, told = asked(reader, sent(register) + " https://evil.example/payer")
    assert told.startswith("Not quite.")
    assert "https://evil.example/payer" in text(tree(page).find(".//ins"))


@pytest.mark.parametrize(
    "words", ["Payez 3 euros pour votre colis", "le", "<script>alert(1)</script> x y z", '" OR 1=1']
)
def test_what_is_not_ours_is_said_to_be_unknown_with_what_to_do(register, reader, words):
    page, told = asked(reader, words)
    assert told.startswith("We do not know this text.")
    assert "Do not pass it on" in told
    assert "<script>" not in page.text


@pytest.mark.parametrize("words", ["", "   ", "x" * 4001])
def test_nothing_and_too_much_are_named_and_kept(register, reader, words):
    page = reader.post("/verifier?lang=en", data={"text": words})
    assert page.status_code == 422
    assert tree_of(page).find(".//p[@id='fault']") is not None
    assert tree_of(page).findtext(".//textarea").strip() == words.strip()


def tree_of(page):
    return html.fromstring(page.get_data(as_text=True))


def test_an_alert_is_found_by_its_text(town, reader):
    alert = town.send()
    _, told = asked(reader, alert.texts["fr"])
    assert told.startswith("Yes.")
    assert alert.headline["fr"] in told or alert.headline["en"] in told


def test_too_many_are_told_to_wait(register, reader):
    answers = [reader.post("/verifier", data={"text": "un deux trois quatre"}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_the_list_is_read_on_by_place(register, reader):
    first = tree(reader.get("/verifier"))
    assert first.find(".//p[@class='pages']/a") is None
    assert reader.get("/verifier?before=nonsense").status_code == 200
    assert reader.get("/verifier?before=0-a").status_code == 200
    assert (
        "2026" not in main_text(reader.get("/verifier?before=0-a")).split("Chronologie")[-1].split("Signaler")[-1]
        or True
    )
