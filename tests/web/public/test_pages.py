"""What people read during an alert, and how much of it fits into the first packet."""

from __future__ import annotations

import gzip
import re

import pytest
from lxml import html as lxml_html

FIRST_RESPONSE = 13 * 1024  # bytes: ten packets of the first window, less the headers (RFC 6928)
CORRECTION = {"erreur": "rue du Port", "juste": "rue du Pont"}


def tree(response):
    assert response.status_code == 200
    return lxml_html.fromstring(response.get_data(as_text=True))


def text(node) -> str:
    return " ".join(node.text_content().split())


def main_text(response) -> str:
    return text(tree(response).find(".//main"))


def cards(response):
    return tree(response).findall(".//article")


def test_without_an_alert_the_page_says_so_with_the_time_and_how_to_be_warned(town, reader):
    shown = main_text(reader.get("/?lang=en"))
    assert "No alert in force" in shown
    assert "On Saturday 21 November 2026 at 17:40, Mairie de Rivemont has no alert in force." in shown
    assert "FR-Alert" in shown


def test_an_alert_is_first_and_what_to_do_is_first_in_it(town, reader):
    sent = town.send()
    page = reader.get("/")
    (card,) = cards(page)
    assert sent.headline["fr"] in text(card)
    assert card.get("class") == "card real"
    instruction = card.find(".//div[@class='do']")
    assert "sous-sol" in text(instruction) or "étage" in text(instruction)
    order = [node.tag for node in card if node.tag in {"h2", "div", "dl"}]
    assert order == ["h2", "div", "dl"]
    assert sent.headline["fr"] in tree(page).findtext(".//title")
    assert sent.area.names["fr"] in text(card)


def test_an_alert_that_has_run_out_is_no_longer_current(town, reader, clock):
    sent = town.send()
    clock.set(sent.expires)
    assert cards(reader.get("/")) == []
    page = reader.get(f"/alertes/{sent.identifier}?lang=en")
    assert "This alert is over: its time has run out" in main_text(page)
    assert "What to do now" not in main_text(page)


def test_an_exercise_is_told_from_the_real_thing_in_words_everywhere(town, reader):
    drill = town.send(exercise=True)
    home = reader.get("/?lang=en")
    (card,) = cards(home)
    assert card.get("class") == "card drill"
    assert text(card).startswith("EXERCISE: there is no real danger")
    assert "What this exercise asks you to do" in text(card)
    assert "No alert in force" in main_text(home)
    assert "EXERCISE" in tree(home).findtext(".//title")
    page = reader.get(f"/alertes/{drill.identifier}?lang=en")
    assert text(cards(page)[0]).startswith("EXERCISE: there is no real danger")
    assert tree(page).findtext(".//title").startswith("EXERCISE")
    assert "EXERCISE" in main_text(reader.get("/archives?lang=en"))


def test_a_real_alert_stands_before_an_exercise_whatever_the_order_of_sending(town, reader):
    town.send()
    town.clock.advance(60)
    town.send(exercise=True)
    assert [card.get("class") for card in cards(reader.get("/"))] == ["card real", "card drill"]


def test_a_corrected_alert_stays_struck_through_and_leads_to_the_correction(town, reader):
    first = town.send()
    correction = town.follow(first, "act.correction", **CORRECTION)
    page = tree(reader.get(f"/alertes/{first.identifier}?lang=en"))
    note = page.find(".//p[@class='note']")
    assert text(note).startswith("Replaced by a newer message.")
    assert note.find("a").get("href") == f"/en/alertes/{correction.identifier}"
    assert page.findtext(".//article/h1/del") == first.headline["en"]
    assert all("struck" in node.get("class") for node in page.find_class("text"))
    (card,) = cards(reader.get("/?lang=en"))
    assert text(card).startswith("ALERT, corrected")
    assert "Replaced by a newer message" in main_text(reader.get(f"/alertes/{correction.identifier}?lang=en"))


def test_a_cancelled_alert_stays_and_the_cancellation_is_on_the_first_page(town, reader):
    first = town.send()
    cancel = town.follow(first, "act.cancel", **CORRECTION)
    home = reader.get("/?lang=en")
    assert "No alert in force" in main_text(home)
    (card,) = cards(home)
    assert text(card).startswith("ALERT CANCELLED: it was sent by mistake")
    page = tree(reader.get(f"/alertes/{first.identifier}?lang=en"))
    assert text(page.find(".//p[@class='note']")).startswith("Cancelled: it was sent by mistake.")
    assert page.find(".//article/h1/del") is not None
    assert page.find(".//p[@class='note']/a").get("href") == f"/en/alertes/{cancel.identifier}"


def test_an_ended_alert_is_not_struck_through_for_it_was_right(town, reader):
    first = town.send()
    end = town.follow(first, "act.all_clear")
    page = tree(reader.get(f"/alertes/{first.identifier}?lang=en"))
    assert page.find(".//article/h1/del") is None
    assert "This alert is over" in text(page)
    assert text(cards(reader.get(f"/alertes/{end.identifier}?lang=en"))[0]).startswith("END OF ALERT")


def test_the_history_is_complete_in_order_and_on_each_of_its_pages(town, reader):
    line = [town.send()]
    line.append(town.follow(line[-1], "act.correction", **CORRECTION))
    line.append(town.follow(line[-1], "act.update"))
    line.append(town.follow(line[-1], "act.all_clear"))
    for each in line:
        page = tree(reader.get(f"/alertes/{each.identifier}"))
        rows = page.findall(".//ol/li")
        assert [row.find(".//time").get("datetime") for row in rows] == [alert.sent.isoformat() for alert in line]
        links = {node.get("href") for row in rows for node in row.findall(".//a")}
        assert {f"/alertes/{alert.identifier}" for alert in line if alert != each} <= links


@pytest.mark.parametrize("identifier", ["0" * 32, "x", "../../etc/passwd", "%00", "<script>", "é" * 40, "A" * 5000])
def test_an_unknown_alert_is_not_found(town, reader, identifier):
    page = reader.get(f"/alertes/{identifier}")
    assert page.status_code == 404
    assert "<script>" not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [
        ("/", "fr-FR,fr;q=0.9", "fr"),
        ("/", "en-GB,en;q=0.9", "en"),
        ("/", "de,en;q=0.5", "en"),
        ("/", "de", "fr"),
        ("/", "", "fr"),
        ("/", "\x00;;q=zz", "fr"),
        ("/?lang=en", "fr", "en"),
        ("/?lang=fr", "en", "fr"),
        ("/?lang=de", "en", "en"),
        ("/?lang=", "en", "en"),
        ("/?lang=en&lang=fr", "fr", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_browser_s_then_french(town, app, address, accepted, language):
    page = app.test_client().get(address, headers={"Accept-Language": accepted})
    assert tree(page).get("lang") == page.headers["Content-Language"] == language
    asked = address in {"/?lang=en", "/?lang=fr", "/?lang=en&lang=fr"}
    assert ("Accept-Language" in page.headers["Vary"]) is not asked


def test_links_keep_a_chosen_language_and_only_a_chosen_one(town, reader):
    sent = town.send()
    alert = f"/alertes/{sent.identifier}"
    for address, start in (
        (f"{alert}?lang=en", "/en/"),
        (f"/en{alert}", "/en/"),
        (f"/fr{alert}", "/fr/"),
        (alert, "/"),
    ):
        links = [node.get("href") for node in tree(reader.get(address)).findall(".//header/p/a")]
        assert links == [start]


def test_the_other_language_is_on_the_page_of_an_alert_and_marked_as_such(town, reader):
    sent = town.send()
    for first, other in (("fr", "en"), ("en", "fr")):
        page = tree(reader.get(f"/alertes/{sent.identifier}?lang={first}"))
        assert page.find(".//article").get("lang") == first
        assert sent.headline[first] in text(page.find(".//article"))
        section = page.find(f".//section[@lang='{other}']")
        assert sent.headline[other] in text(section)
        assert text(section.find("p[@class='band']")).endswith({"fr": "17h40", "en": "17:40"}[other])


def test_the_archive_loses_and_repeats_nothing_when_new_alerts_arrive(town, reader):
    old = []
    for _ in range(43):
        old.append(town.send().identifier)
        town.clock.advance(60)
    seen, address, pages = [], "/archives", 0
    while address:
        page = tree(reader.get(address))
        seen += [node.get("href").rpartition("/")[2] for node in page.findall(".//ol/li//a")]
        following = page.find(".//a[@rel='next']")
        address = following.get("href") if following is not None else None
        town.send()  # while someone is reading
        pages += 1
    assert seen == old[::-1]
    assert pages == 2  # the newest block is shown with the one before until it is full


@pytest.mark.parametrize("number", ["0", "1", "99999999999999999999", "x", "' OR 1=1 --"])
def test_a_part_of_the_archive_that_is_not_there_is_not_found(town, reader, number):
    assert reader.get(f"/archives/{number}").status_code == 404


def test_every_page_fits_into_the_first_packets(town, app):
    for _ in range(3):
        sent = town.send()
        town.clock.advance(60)
        town.send(exercise=True)
        town.follow(sent, "act.correction", **CORRECTION)
        town.clock.advance(60)
    for address in ("/", f"/alertes/{sent.identifier}", "/archives"):
        page = app.test_client().get(address, headers={"Accept-Encoding": "gzip"})
        assert page.headers["Content-Encoding"] == "gzip"
        assert len(page.data) + len(str(page.headers)) <= FIRST_RESPONSE, address
        assert b"</html>" in gzip.decompress(page.data)


def test_nothing_is_fetched_to_read_a_page_and_nothing_runs_in_it(town, reader):
    sent = town.send()
    for address in ("/", f"/alertes/{sent.identifier}", "/archives"):
        page = tree(reader.get(address))
        assert not page.findall(".//script")
        assert not page.xpath("//@onclick | //@onload | //@style | //@src | //img | //iframe | //form")
        loaded = page.xpath("//link[@rel='stylesheet' or @rel='preload' or @rel='icon']/@href")
        assert [re.sub(r"/[0-9a-f]+/|/missing/", "/x/", each) for each in loaded] == ["/assets/x/icon.svg"]


def test_hostile_blanks_stay_text(town, reader):
    hostile = "<b>{{7*7}}</b><script>x"
    sent = town.send(
        blanks={
            "riviere.fr": "la <Lise>",
            "riviere.en": "the <Lise>",
            "zones": hostile,
            "heure_fin": "23:00",
            "prochain": "18:30",
        }
    )
    body = reader.get(f"/alertes/{sent.identifier}").get_data(as_text=True)
    assert "<script" not in body
    assert "<b>" not in body
    assert "{{7*7}}" in body


def test_only_links_to_our_own_hosts_become_links(app):
    linked = app.jinja_env.filters["linked"]
    with app.app_context():
        ours = str(linked("Voir https://rivemont.example/crue. Sinon https://evil.example/x ou <b>"))
    assert ours == (
        'Voir <a href="https://rivemont.example/crue">https://rivemont.example/crue</a>. '
        "Sinon https://evil.example/x ou &lt;b&gt;"
    )
    for trap in (
        "https://rivemont.example@evil.example/",
        "https://rivemont.example.evil.example/",
        "http://[x",
        "https://rivemont.example:99",
    ):
        with app.app_context():
            assert "<a" not in str(linked(trap))


def test_what_others_show_of_the_page_is_described(town, reader):
    sent = town.send()
    page = tree(reader.get(f"/alertes/{sent.identifier}?lang=en"))
    said = {node.get("property"): node.get("content") for node in page.findall(".//meta[@property]")}
    assert page.findtext(".//title") == f"{said['og:title']} · Mairie de Rivemont"
    assert sent.headline["en"] in said["og:title"]
    assert said["og:url"] == f"http://127.0.0.1:8000/alertes/{sent.identifier}"
    assert page.find(".//link[@rel='canonical']").get("href") == said["og:url"]
    alternates = {node.get("hreflang") for node in page.findall(".//link[@hreflang]")}
    assert alternates == {"fr", "en"}
