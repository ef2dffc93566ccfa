"""The purpose of the hub, as one journey: an officer warns on five channels, everyone sees it, two clicks correct it.

The hub runs as its own process with the embedded dispatcher; the receiving ends are real servers on loopback; the
officer has a real browser and uses the keyboard only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import feedparser
import pytest
import requests
from lxml import etree
from playwright.sync_api import Page, expect
from standardwebhooks.webhooks import Webhook

from tests.e2e.browser import Person, browsing
from tests.e2e.hub_process import RunningHub, hub_environment, one_time_password, run_flask, serving
from tests.peers.http_peer import HttpPeer, running_http_peer
from tests.peers.mastodon_peer import TOKEN, MastodonPeer
from tests.peers.smtp_peer import SmtpPeer, running_smtp_peer

pytestmark = pytest.mark.browser

PARIS = ZoneInfo("Europe/Paris")
PASSWORD = "la Lise monte vite en novembre"
CAP = {"cap": "urn:oasis:names:tc:emergency:cap:1.2"}

CHANNELS = """
[[channel]]
id = "flux-cap"
kind = "cap_feed"
label = "Flux CAP"
exercise = true

[[channel]]
id = "essai"
kind = "spool"
label = "Fichier"
exercise = true

[[channel]]
id = "partenaires"
kind = "webhook"
label = "Partenaires"
exercise = true
[channel.settings]
secrets = ["env:HUB_SECRET_WEBHOOK"]

[[channel]]
id = "courriel"
kind = "email"
label = "Courriel"
exercise = true
[channel.settings]
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "alerte@rivemont.example"

[[channel]]
id = "mastodon"
kind = "mastodon"
label = "Mastodon"
exercise = true
languages = ["fr"]
[channel.settings]
server = "{mastodon}"
token = "env:HUB_SECRET_MASTODON"
visibility = "public"

[[channel]]
id = "serieux"
kind = "mastodon"
label = "Alertes réelles seulement"
exercise = false
languages = ["en"]
[channel.settings]
server = "{mastodon}"
token = "env:HUB_SECRET_MASTODON"
visibility = "public"
"""


@dataclass
class Town:
    """The hub and everyone who listens to it."""

    hub: RunningHub
    password: str
    directory: Path
    partner: HttpPeer
    webhook_secret: str
    mail: SmtpPeer
    mastodon: MastodonPeer


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with running_http_peer() as partner, running_http_peer() as social, running_smtp_peer() as mail:
        mastodon = MastodonPeer(social)
        channels = tmp_path / "channels.toml"
        channels.write_text(CHANNELS.format(smtp=mail.port, mastodon=mastodon.url), encoding="utf-8")
        environment = hub_environment(
            tmp_path / "var",
            HUB_CHANNELS_FILE=str(channels),
            HUB_SECRET_WEBHOOK="w" * 40,
            HUB_SECRET_MASTODON=TOKEN,
        )
        password = one_time_password(run_flask(environment, "init"))
        added = run_flask(environment, "destination", "add", "partenaires", f"{partner.url}/hook", "--label=SDIS 76")
        run_flask(environment, "destination", "add", "courriel", "resident@rivemont.example")
        with serving(environment, tmp_path / "server.log") as hub:
            secret = re.search(r"whsec_\S+", added)[0]
            yield Town(hub, password, tmp_path / "var", partner, secret, mail, mastodon)


def log_in(person: Person, town: Town) -> None:
    page = person.page
    page.goto(f"{town.hub.url}/console/")
    person.look("log in")
    person.type_into("input[name=login]", "officer")
    person.type_into("input[name=password]", town.password)
    person.press("main button[type=submit]")
    person.look("change the one-time password")
    person.type_into("input[name=current]", town.password)
    person.type_into("input[name=new]", PASSWORD)
    person.type_into("input[name=again]", PASSWORD)
    person.press("main button[type=submit]")
    person.look("home")


def find_the_message(person: Person) -> None:
    person.press("a[href='/console/situations']")
    person.look("map of situations")
    person.type_into("input[type=search]", "crue")
    expect(person.page.locator("#found a[href='/console/situations/nat.flood.river/act.first']")).to_be_visible()
    person.look("search")
    person.press("a[href='/console/situations/nat.flood.river/act.first']")
    person.look("message")
    person.press("a[href$='/act.first/exercise']")


def type_time(person: Person, selector: str, moment: datetime) -> None:
    """Time fields follow the browser's own language: 24 hours, or 12 hours with AM and PM."""
    person.reach(selector)
    person.page.keyboard.type(moment.strftime("%I%M%p"))
    assert person.page.input_value(selector) == moment.strftime("%H:%M")


def fill_the_blanks(person: Person) -> None:
    now = datetime.now(PARIS)
    person.look("compose")
    person.type_into("input[name='blanks.riviere.fr']", "la Lise")
    person.type_into("input[name='blanks.riviere.en']", "the Lise")
    person.type_into("input[name='blanks.zones']", "Bas-Bourg, rue du Port")
    type_time(person, "input[name='blanks.heure_fin']", now + timedelta(hours=3))
    type_time(person, "input[name='blanks.prochain']", now + timedelta(minutes=40))
    person.tick("input[name=communes][value='76901']")
    assert person.page.is_disabled("input[name=channels][value=serieux]")
    person.press("main form button[type=submit]:not(.secondary)")


def wait_until_all_accepted(page: Page) -> None:
    expect(page.locator("#progress .state-due, #progress .state-leased")).to_have_count(0, timeout=30_000)
    assert page.locator("#progress .state-accepted").count() == 5, page.inner_text("#progress")
    assert page.locator("#progress progress").evaluate("bar => bar.value === bar.max")


def test_an_exercise_reaches_five_channels_and_is_corrected_in_two_clicks(town: Town):
    with browsing() as page:
        person = Person(page)
        log_in(person, town)
        find_the_message(person)
        fill_the_blanks(person)
        person.look("confirm")
        shown = page.inner_text("main")
        assert "EXERCICE EXERCICE EXERCICE" in shown
        person.type_into("input[name=word]", "EXERCICE")
        person.press("form[action$='/confirm'] button")
        wait_until_all_accepted(page)
        person.look("all accepted")
        first = page.url.rpartition("/")[2]
        everyone_got_the_alert(town, first, shown)

        # The street was wrong. One: "Correct". Two: "Send".
        correction = "form[action$='/follow-up/act.correction']"
        person.type_into(f"{correction} input[name='blanks.erreur']", "rue du Port")
        person.type_into(f"{correction} input[name='blanks.juste']", "rue du Pont")
        person.press(f"{correction} button[type=submit]")
        person.look("confirm the correction")
        person.press("form[action$='/confirm'] button")
        wait_until_all_accepted(page)
        second = page.url.rpartition("/")[2]
        everyone_got_the_correction(town, first, second)
        person.look("corrected")

        page.goto(f"{town.hub.url}/alertes/{first}")
        person.look("public page of the first alert")
        assert page.locator("s, del, .struck").count() > 0
        assert page.locator(f"a[href*='{second}']").count() > 0
        page.goto(town.hub.url)
        person.look("public home")
        assert "Bas-Bourg, rue du Pont" in page.inner_text("main")
        assert "rue du Port" not in page.inner_text("main"), "the correction still names the wrong street as the area"
        assert "EXERCICE" in page.inner_text("main")


def everyone_got_the_alert(town: Town, identifier: str, shown: str) -> None:
    (post,) = town.partner.requests
    document = Webhook(town.webhook_secret).verify(post.body, dict(post.headers))
    assert (document["type"], document["data"]["status"]) == ("alert.published", "Exercise")
    (status,) = town.mastodon.statuses.values()  # one: the channel for real alerts only was not reached
    assert status["status"] in shown  # byte for byte what the confirmation showed
    assert status["status"].startswith("EXERCICE EXERCICE EXERCICE")
    ((_, recipients, mail),) = town.mail.received
    assert recipients == ["resident@rivemont.example"]
    assert "rue du Port" in mail.get_body(("plain",)).get_content()
    (file,) = (town.directory / "spool").rglob("*.txt")
    assert "rue du Port" in file.read_text(encoding="utf-8")
    cap = requests.get(f"{town.hub.url}/cap/{identifier}.xml", timeout=10)
    assert etree.fromstring(cap.content).findtext("cap:status", namespaces=CAP) == "Exercise"
    assert "rue du Port" in requests.get(f"{town.hub.url}/alertes/{identifier}", timeout=10).text


def everyone_got_the_correction(town: Town, first: str, second: str) -> None:
    before, after = (
        Webhook(town.webhook_secret).verify(post.body, dict(post.headers)) for post in town.partner.requests
    )
    assert (before["data"]["identifier"], after["data"]["identifier"]) == (first, second)
    assert after["data"]["references"] == [first]
    old, new = town.mastodon.statuses.items()
    assert new[1]["in_reply_to_id"] == old[0]
    assert "rue du Pont" in new[1]["status"]
    (_, _, mail), (_, _, answer) = town.mail.received
    assert answer["In-Reply-To"] == mail["Message-ID"]
    assert len(list((town.directory / "spool").rglob("*.txt"))) == 2
    entries = feedparser.parse(requests.get(f"{town.hub.url}/cap/index.atom", timeout=10).content).entries
    assert [entry.id.rpartition(":")[2].rpartition("/")[2].removesuffix(".xml") for entry in entries] == [second, first]
    cap = etree.fromstring(requests.get(f"{town.hub.url}/cap/{second}.xml", timeout=10).content)
    assert cap.findtext("cap:msgType", namespaces=CAP) == "Update"
    assert f",{first}," in cap.findtext("cap:references", namespaces=CAP)


def test_the_whole_way_works_without_javascript(town: Town):
    with browsing(javascript=False) as page:
        page.goto(f"{town.hub.url}/console/")
        page.fill("input[name=login]", "officer")
        page.fill("input[name=password]", town.password)
        page.click("main button[type=submit]")
        page.fill("input[name=current]", town.password)
        page.fill("input[name=new]", PASSWORD)
        page.fill("input[name=again]", PASSWORD)
        page.click("main button[type=submit]")
        page.goto(f"{town.hub.url}/console/compose/com.siren.false/info.first/exercise")
        for field in page.query_selector_all("input[name^='blanks.']"):
            kind = field.get_attribute("type")
            later = datetime.now(PARIS) + timedelta(minutes=25)
            field.fill(later.strftime("%H:%M") if kind == "time" else "Bas-Bourg")
        page.check("input[name=communes][value='76901']")
        page.click("main form button[type=submit]:not(.secondary)")
        assert page.locator("input[name=word]").count() == 1, page.inner_text("main")
        page.fill("input[name=word]", "EXERCICE")
        page.click("form[action$='/confirm'] button")
        page.wait_for_url("**/console/alerts/*")
        for _ in range(20):
            if page.locator("#progress .state-accepted").count() == 5:
                break
            page.wait_for_timeout(500)
            page.click("#progress-title ~ noscript a")
        assert page.locator("#progress .state-accepted").count() == 5
