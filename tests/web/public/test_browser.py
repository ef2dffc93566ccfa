"""The public pages in Chromium: accessible in every look, readable on the narrowest phone, silent."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from hub.kernel.db import reading
from hub.rumours.desk import RumourDesk
from hub.rumours.models import RumourVersion
from hub.rumours.states import VersionKind
from tests.rumours.conftest import Town as Rumours
from tests.web.public.rumours.conftest import build

pytestmark = pytest.mark.browser

CORRECTION = {"erreur": "rue du Port", "juste": "rue du Pont"}
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow phone": {"viewport": {"width": 320, "height": 640}},
    "zoom 400 %": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "forced colours": {"forced_colors": "active"},
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(town) -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and the pages worth looking at: a corrected line, a cancelled one, an exercise."""
    first = town.send()
    correction = town.follow(first, "act.correction", **CORRECTION)
    wrong = town.send()
    town.follow(wrong, "act.cancel")
    drill = town.send(exercise=True)
    town.deliver()
    server = make_server("127.0.0.1", 0, town.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    pages = [f"/alertes/{each.identifier}" for each in (first, correction, wrong, drill)]
    yield f"http://127.0.0.1:{server.server_port}", ["/", "/archives", *pages]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def rumours(town) -> list[str]:
    """The pages of the register: the list, a corrected answer, the figures, the check of a message."""
    hub = town.app.extensions["hub"]
    with town.app.app_context():
        build(Rumours(RumourDesk(hub.settings, town.clock, hub.channels, lambda: None), town.clock))
        corrected = RumourVersion.kind == VersionKind.CORRECTION
        rumour_id = reading().scalar(sa.select(RumourVersion.rumour_id).where(corrected))
    entry = f"/rumeurs/{rumour_id}"
    return ["/rumeurs?verdict=true", entry, "/rumeurs/statistiques", "/verifier"]


def opened(chromium: Browser, address: str, complaints: list[str], **look) -> Page:
    page = chromium.new_context(locale="fr-FR", **look).new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    return page


# What axe judges depends on colours, not on the width: elsewhere the layout is what can break.
COLOURS = {"light", "dark", "forced colours"}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible_in_every_look(chromium, site, rumours, look):
    base, addresses = site
    complaints: list[str] = []
    for address in [*addresses, *rumours]:
        page = opened(chromium, base + address, complaints, **LOOKS[look])
        if look in COLOURS:
            violations = Axe().run(page).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        page.context.close()
    assert complaints == []


def test_the_style_is_let_in_by_its_hash(chromium, site):
    page = opened(chromium, site[0], [])
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.real > .band')).backgroundColor") == "rgb(161, 18, 31)"
    )
    page.context.close()


def test_the_keyboard_reaches_the_content_first_and_then_every_link_in_order(chromium, site):
    page = opened(chromium, site[0], [])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#main"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = []
    for _ in range(page.locator("main a").count()):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert seen == sorted(seen)
    page.context.close()


def test_everything_that_is_clicked_is_large_enough_for_a_finger(chromium, site):
    base, addresses = site
    page = opened(chromium, base + addresses[0], [], viewport={"width": 320, "height": 640})
    for link in page.locator("nav a, .pages a").all():
        assert link.bounding_box()["height"] >= 24  # WCAG 2.2, 2.5.8
    page.context.close()


def test_a_printed_page_has_its_address_and_no_menu(chromium, site):
    base, addresses = site
    page = opened(chromium, base + addresses[2], [])
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator(".paper").inner_text().endswith(addresses[2])
    assert page.locator("article h1").is_visible()
    page.context.close()


def test_a_reader_finds_the_way_from_an_old_message_to_the_present_one_and_to_the_archive(chromium, site):
    base, addresses = site
    page = opened(chromium, base + addresses[2], [])
    page.locator(".note a").click()
    assert page.url == base + addresses[3]
    page.locator("nav a").nth(1).click()
    assert page.url == f"{base}/archives"
    page.locator("nav a[hreflang=en]").click()
    assert page.locator("h1").inner_text() == "Archive of the alerts"
    page.context.close()
