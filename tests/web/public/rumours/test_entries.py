"""One rumour's page and what hangs on it: order, history, differences, picture, QR code, embedding."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from hub.kernel.db import transaction
from hub.rumours import work
from hub.rumours.models import RumourVersion
from hub.rumours.states import Response
from hub.rumours.verdicts import Verdict
from hub.web.public.rumours.diffs import word_diff
from tests.rumours.conftest import ANNE
from tests.rumours.test_publishing import publish, written
from tests.web.public.rumours.conftest import WATER
from tests.web.public.test_pages import main_text, text, tree

BASE = "http://127.0.0.1:8000"


def test_the_page_leads_with_the_fact_and_says_what_circulates_once_and_labelled(register, reader):
    shown = main_text(reader.get(f"/rumeurs/{register.ids['bridge']}?lang=en"))
    order = [
        "Correction: we were wrong",
        "We had written that it is open.",
        "Rumour: Misleading as of",
        "The bridge over the Lise stands and is closed.",
        "What to do Do not stop on the bridge.",
        "What circulates, and misleads",
        "The flood is said to have taken the bridge.",
        "Why we say so",
        "Sources SDIS 76, by telephone",
        "History",
        "To cite: Mairie de Rivemont, “The bridge over the Lise stands and is closed.”, version 2",
        "Press contact: presse@rivemont.example",
    ]
    places = [shown.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    assert shown.count("is said to have taken") == 1
    assert "Leroy" not in shown
    assert "Anne" not in shown


def test_nothing_typed_becomes_markup(register, reader):
    page = reader.get(f"/rumeurs/{register.ids['looters']}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_version_stays_as_it_was_and_the_next_one_shows_what_changed(register, reader):
    path = f"/rumeurs/{register.ids['bridge']}/versions"
    first = reader.get(f"{path}/1?lang=en")
    assert "It is not the present answer." in main_text(first)
    assert "The bridge over the Lise stands and is open." in main_text(first)
    second = tree(reader.get(f"{path}/2?lang=en"))
    changed = text(second.findall(".//section")[-1])
    assert "False Misleading" in changed
    assert [text(each) for each in second.findall(".//p/del")] == ["False", "open."]
    assert [text(each) for each in second.findall(".//p/ins")] == ["Misleading", "closed."]
    missing = reader.get(f"{path}/3?lang=en")
    assert missing.status_code == 404
    assert "versions 1 to 2" in missing.text


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("a b c", "a b c", "a b c"),
        ("le pont est ouvert", "le pont est fermé", "le pont est <del>ouvert</del> <ins>fermé</ins>"),
        (
            "il tient et reste ouvert.",
            "il tient, il est fermé.",
            "il <del>tient et reste ouvert.</del> <ins>tient, il est fermé.</ins>",
        ),
        ("oui", "", "<del>oui</del>"),
        ("", "non", "<ins>non</ins>"),
        ("<b> x y", "<b> x z", "&lt;b&gt; x <del>y</del> <ins>z</ins>"),
        ("tout autre chose", "rien de commun ici", "<del>tout autre chose</del> <ins>rien de commun ici</ins>"),
    ],
)
def test_differences_are_words(old, new, shown):
    assert str(word_diff(old, new)) == shown


def test_a_withdrawn_answer_leaves_a_stub_at_every_address(register, reader):
    path = f"/rumeurs/{register.ids['gone']}"
    shown = main_text(reader.get(f"{path}?lang=en"))
    assert "was withdrawn on" in shown
    assert "stands and is open" not in shown
    for number in (1, 2):
        version = main_text(reader.get(f"{path}/versions/{number}?lang=en"))
        assert "not shown any more" in version
        assert "stands and is open" not in version
    assert "was withdrawn on" in reader.get(f"{path}/integrer?lang=en").text


def test_a_merged_rumour_redirects_for_ever_once_the_other_is_answered(register, reader):
    with register.app.app_context():
        town, ids = register.town, register.ids
        work.take(town.desk, town.ref(ids["water"]), actor=ANNE)
        work.merge(town.desk, town.ref(ids["water"]), ids["open"], actor=ANNE)
    for tail in ("", "/carte.png", "/integrer"):
        answer = reader.get(f"/rumeurs/{ids['water']}{tail}?lang=en")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"/rumeurs/{ids['open']}{tail}?lang=en"
    # What was published stays readable at its own address.
    assert reader.get(f"/rumeurs/{ids['water']}/versions/1").status_code == 200


@pytest.mark.parametrize("tail", ["", "/versions/1", "/qr.svg", "/carte.png", "/integrer"])
def test_what_the_register_does_not_have_is_not_found(register, reader, tail):
    for unknown in ("inconnu", "%00", "..", "a'b", "é"):
        assert reader.get(f"/rumeurs/{unknown}{tail}").status_code == 404
    with register.app.app_context():
        unpublished = register.town.opened()
    assert reader.get(f"/rumeurs/{unpublished}{tail}").status_code == 404


def test_a_verdict_whose_time_is_over_says_so(register, reader, clock):
    path = f"/rumeurs/{register.ids['open']}?lang=en"
    with register.app.app_context(), transaction() as session:
        until = clock.now() + timedelta(minutes=5)
        session.execute(sa.update(RumourVersion).values(valid_until=until))
    assert "valid until" in main_text(reader.get(path))
    assert "It may no longer hold" not in main_text(reader.get(path))
    clock.advance(301)
    assert "It may no longer hold" in main_text(reader.get(path))


def test_the_picture_has_the_size_that_networks_ask_for_and_changes_with_the_answer(register, reader):
    path = f"/rumeurs/{register.ids['water']}/carte.png"
    first = reader.get(path)
    assert first.content_type == "image/png"
    with Image.open(io.BytesIO(reader.get(path, headers={"Accept-Encoding": "identity"}).data)) as picture:
        assert picture.size == (1200, 630)
    english = reader.get(f"{path}?lang=en").headers["ETag"]
    assert english != first.headers["ETag"]
    page = tree(reader.get(f"/rumeurs/{register.ids['water']}?lang=en"))
    address = page.find(".//meta[@property='og:image']").get("content")
    assert address == f"{BASE}/en{path}"
    assert reader.get(f"/en{path}").headers["ETag"] == english
    assert (
        page.find(".//meta[@property='og:image:alt']").get("content")
        == "The water is being analysed. · Rumour: Not known yet"
    )


def test_the_picture_names_the_day_of_the_town(register, app, reader):
    path = f"/rumeurs/{register.ids['water']}/carte.png"
    pictures = set()
    for hour in (22, 23):  # in UTC: midnight in Paris lies between
        with app.app_context(), transaction() as session:
            at = datetime(2026, 11, 21, hour, 30, tzinfo=UTC)
            session.execute(sa.update(RumourVersion).values(published_at=at))
        pictures.add(reader.get(path).headers["ETag"])
    assert len(pictures) == 2


def test_the_qr_code_is_an_image_of_ours(register, reader):
    answer = reader.get(f"/rumeurs/{register.ids['water']}/qr.svg", headers={"Accept-Encoding": "identity"})
    assert answer.content_type == "image/svg+xml"
    assert answer.data.startswith(b"<?xml")


def test_only_the_small_page_may_be_framed_and_it_shows_the_correction(register, reader):
    path = f"/rumeurs/{register.ids['bridge']}"
    small = reader.get(f"{path}/integrer?lang=en")
    assert "frame-ancestors *" in small.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in small.headers
    assert "Correction: we were wrong" in small.text
    assert "We had written that it is open." in small.text
    whole = reader.get(path)
    assert "frame-ancestors 'none'" in whole.headers["Content-Security-Policy"]
    assert whole.headers["X-Frame-Options"] == "DENY"


def test_oembed_names_the_small_page(register, reader):
    address = f"{BASE}/rumeurs/{register.ids['bridge']}"
    page = tree(reader.get(f"/rumeurs/{register.ids['bridge']}"))
    offered = page.find(".//link[@type='application/json+oembed']").get("href")
    told = reader.get(offered.removeprefix(BASE)).json
    assert (told["version"], told["type"]) == ("1.0", "rich")
    assert f'src="{address}/integrer"' in told["html"]
    assert reader.get(f"/oembed?url={BASE}/fr/rumeurs/{register.ids['bridge']}").json == told, "as readers copy it"
    narrow = reader.get(f"/oembed?url={address}&maxwidth=300&maxheight=1").json
    assert (narrow["width"], narrow["height"]) == (300, 200)
    assert reader.get(f"/oembed?url={address}&format=xml").status_code == 501
    for wrong in ("", "https://evil.example/rumeurs/x", f"{BASE}.evil.example/rumeurs/x", "javascript:alert(1)"):
        assert reader.get(f"/oembed?url={wrong}").status_code == 422
    assert reader.get(f"/oembed?url={BASE}/rumeurs/inconnu").status_code == 404


def test_a_holding_statement_becomes_an_answer_at_the_same_address(register, reader):
    path = f"/rumeurs/{register.ids['water']}"
    before = reader.get(f"{path}?lang=en")
    assert "Rumour: Not known yet as of" in main_text(before)
    tested = replace(WATER, why={"fr": "Analyse faite.", "en": "The water was tested."})
    with register.app.app_context():
        town, rumour_id = register.town, register.ids["water"]
        written(town, tested, Response.REGISTER, Verdict.TRUE, rumour_id)
        publish(town, rumour_id)
    answer = reader.get(f"{path}?lang=en", headers={"If-None-Match": before.headers["ETag"]})
    assert answer.status_code == 200
    assert "True as of" in main_text(answer)
    assert "First word: being checked" in main_text(answer), "it stays in the history"
