"""The list of the register, its feeds and its data. Judges: feedparser, the csv module, a JSON Schema validator."""

from __future__ import annotations

import csv
import io
import json

import feedparser
import jsonschema_rs
import pytest

from hub.kernel.db import reading
from hub.rumours import work
from hub.rumours.register.lines import began
from tests.rumours.conftest import ANNE
from tests.web.public.test_pages import main_text, text, tree

BASE = "http://127.0.0.1:8000"


def linked(response):
    return [
        link.get("href").split("?")[0].rpartition("/")[2]
        for link in tree(response).findall(".//ol[@class='line']/li/p/a")
    ]


def test_the_newest_change_stands_first_with_its_verdict(register, reader):
    page = reader.get("/rumeurs?lang=en")
    ids = register.ids
    assert linked(page) == [ids[name] for name in ("bridge", "gone", "open", "looters", "water")]
    first = text(tree(page).find(".//ol[@class='line']/li"))
    assert "Rumour: Misleading Corrected The bridge over the Lise stands and is closed. Flood of the Lise" in first
    assert "5 rumours" in main_text(page)
    assert "Le pont serait parti" not in main_text(reader.get("/rumeurs"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=PONT+fermes", ["bridge"]),
        ("q=l'eau+bouteille", ["water"]),
        ("q=%22+AND+*", ["bridge", "open"]),
        ("verdict=unverifiable", ["looters"]),
        ("event=crue-2026", ["bridge"]),
        ("commune=76901&verdict=true", ["open"]),
        ("commune=76902", ["bridge", "gone", "open", "looters", "water"]),
        ("period=2026-11", ["bridge", "gone", "open", "looters", "water"]),
        ("period=2020-01", []),
        ("before=1", []),
    ],
)
def test_filters_of_the_list_hold_in_every_feed_and_in_the_data(register, reader, asked, found):
    ids = [register.ids[name] for name in found]
    assert linked(reader.get(f"/rumeurs?{asked}")) == ids
    if "before" in asked:
        return
    for name in ("fil.atom", "fil.rss"):
        entries = feedparser.parse(reader.get(f"/rumeurs/{name}?{asked}").data).entries
        assert [entry.link.rpartition("/")[2] for entry in entries] == ids
    assert [each["id"] for each in reader.get(f"/rumeurs/donnees.json?{asked}").json["rumours"]] == ids


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("verdict=faux", "mostly_false"),
        ("event=tsunami", "crue-2026"),
        ("commune=75056", "76901 (Rivemont)"),
        ("period=novembre", "2026-11"),
        ("period=2026-13", "2026-11"),
        ("before=-1", "“-1”"),
        ("before=99999999999999999999", "9999"),
        ("verdict=<script>", "mostly_false"),
    ],
)
def test_a_filter_that_cannot_be_is_answered_with_what_would_be_right(register, reader, asked, right):
    page = reader.get(f"/rumeurs?{asked}&lang=en")
    assert page.status_code == 400
    assert page.headers["Cache-Control"] == "no-store"
    assert right in page.text
    assert "<script" not in page.text
    if "before" not in asked:
        refused = reader.get(f"/rumeurs/fil.atom?{asked}")
        assert refused.status_code == 422
        assert right in refused.text


def test_counts_stand_beside_the_choices(register, reader):
    shown = main_text(reader.get("/rumeurs?lang=en"))
    assert "Misleading (1)" in shown
    assert "Rivemont (4) Saint-Aubin-les-Prés (5)" in shown
    assert "Mostly false" not in shown, "a withdrawn answer has no verdict any more"


def test_an_event_and_a_commune_have_addresses_of_their_own(register, reader):
    assert linked(reader.get("/rumeurs/evenements/crue-2026")) == [register.ids["bridge"]]
    assert len(linked(reader.get("/rumeurs/communes/76901"))) == 4
    assert reader.get("/rumeurs/communes/75056").status_code == 400
    entries = feedparser.parse(reader.get("/rumeurs/evenements/crue-2026/fil.atom").data).entries
    assert len(entries) == 1


def test_an_atom_entry_is_the_rumour_and_moves_with_its_correction(register, reader):
    answer = reader.get("/rumeurs/fil.atom?lang=en")
    feed = feedparser.parse(answer.data)
    assert not feed.bozo
    assert feed.feed.id == f"{BASE}/rumeurs/fil.atom?lang=en"
    entry = feed.entries[0]
    assert entry.id == f"{BASE}/rumeurs/{register.ids['bridge']}"
    assert entry.title == "The bridge over the Lise stands and is closed. (Rumour: Misleading)"
    assert entry.updated > entry.published
    assert entry.content[0].value.startswith("<p><strong>Correction: we were wrong</strong> We had written")
    assert "swept" not in answer.text
    assert answer.last_modified is not None


def test_rss_makes_each_version_an_item_and_json_feed_is_one(register, reader):
    rss = feedparser.parse(reader.get("/rumeurs/fil.rss").data)
    assert (rss.bozo, rss.version) == (False, "rss20")
    assert len({entry.id for entry in rss.entries}) == 5
    feed = reader.get("/rumeurs/fil.json").json
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert all({"id", "url", "title", "content_html", "date_modified"} <= set(item) for item in feed["items"])
    assert feed["items"][3]["title"] == "=1+1 Aucun vol n'est signalé. (Rumeur\N{NO-BREAK SPACE}: Invérifiable)"
    assert "<script>" not in feed["items"][3]["content_html"]


def test_the_feed_of_changes_says_before_and_now(register, reader):
    entries = feedparser.parse(reader.get("/rumeurs/changements.atom?lang=en").data).entries
    assert [entry.link for entry in entries] == [
        f"{BASE}/rumeurs/{register.ids['bridge']}/versions/2",
        f"{BASE}/rumeurs/{register.ids['gone']}/versions/2",
    ]
    assert "Before: False. Now: Misleading." in entries[0].content[0].value


def test_the_csv_comes_back_as_it_was_and_no_cell_is_a_formula(register, reader):
    answer = reader.get("/rumeurs/donnees.csv")
    assert answer.content_type.startswith("text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["id"] for row in rows][:2] == [register.ids["bridge"], register.ids["gone"]]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    looters = next(row for row in rows if row["id"] == register.ids["looters"])
    assert looters["fact"].removeprefix("'") == "=1+1 Aucun vol n'est signalé."
    assert looters["communes"] == "76902"
    gone = next(row for row in rows if row["id"] == register.ids["gone"])
    assert (gone["verdict"], gone["fact"], gone["kind"]) == ("", "", "withdrawal")
    assert {row["licence"] for row in rows} == {"Licence Ouverte / Open Licence 2.0 (Etalab)"}
    whole = {each["id"]: each for each in reader.get("/rumeurs/donnees.json").json["rumours"]}
    for row in rows:
        told = whole[row["id"]]["answer"].get("fact", {}).get("fr", "")
        assert row["fact"].removeprefix("'") == told
    assert len(list(csv.DictReader(io.StringIO(reader.get("/rumeurs/evenements/crue-2026/donnees.csv").text)))) == 1


def test_the_json_is_what_its_schema_says(register, reader):
    data = reader.get("/rumeurs/donnees.json").json
    schema = json.loads(reader.get("/rumeurs/schema.json").data)
    validator = jsonschema_rs.validator_for(schema)
    assert list(validator.iter_errors(data)) == []
    assert list(validator.iter_errors({**data, "rumours": [{"id": 1}]})) != []
    by_id = {each["id"]: each for each in data["rumours"]}
    assert by_id[register.ids["bridge"]]["rating"] == 3
    assert by_id[register.ids["water"]]["rating"] is None
    assert by_id[register.ids["gone"]]["verdict"] is None


def test_every_answer_is_cheap_to_ask_again_and_sets_no_cookie(register, reader):
    addresses = ["/rumeurs", "/rumeurs/fil.atom", "/rumeurs/donnees.csv", "/rumeurs/statistiques", "/verifier"]
    entry = f"/rumeurs/{register.ids['bridge']}"
    for address in (*addresses, entry, f"{entry}/versions/1", f"{entry}/carte.png", f"{entry}/qr.svg"):
        first = reader.get(address, headers={"Accept-Encoding": "gzip"})
        assert first.status_code == 200, address
        assert "Set-Cookie" not in first.headers
        assert len(first.data) <= 13 * 1024 or address.endswith(".png"), address
        again = reader.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, address


def test_an_empty_register_says_so(town, reader):
    assert "No rumour has been answered yet." in main_text(reader.get("/rumeurs?lang=en"))
    assert feedparser.parse(reader.get("/rumeurs/fil.atom").data).entries == []
    assert "nothing to count yet" in main_text(reader.get("/rumeurs/statistiques?lang=en"))


def test_every_chart_has_its_table(register, reader):
    page = tree(reader.get("/rumeurs/statistiques?lang=en"))
    charts = page.findall(".//svg[@role='img']")
    tables = page.findall(".//table")
    assert len(charts) == len(tables) == 3
    for chart, table in zip(charts, tables, strict=True):
        assert chart.get("aria-label") == table.findtext("caption")
        words = text(chart)
        assert all(text(cell) in words for cell in table.findall(".//td"))
    assert "50.0 % (2 of 4)" in text(page)


def test_the_archive_counts_from_the_first_answer_and_a_merged_rumour_leaves_its_number(register, reader):
    ids = register.ids
    assert linked(reader.get("/rumeurs/archives")) == [
        ids[name] for name in ("gone", "open", "looters", "water", "bridge")
    ]
    assert reader.get("/rumeurs/archives/1").status_code == 404
    with register.app.app_context():
        assert [line.rumour_id for line in began(reading(), 1, 3)] == [
            ids[name] for name in ("open", "looters", "water")
        ]
        town = register.town
        work.take(town.desk, town.ref(ids["water"]), actor=ANNE)
        work.merge(town.desk, town.ref(ids["water"]), ids["open"], actor=ANNE)
        assert [line.rumour_id for line in began(reading(), 1, 3)] == [ids[name] for name in ("open", "looters")]
