"""The console in Chromium: axe on the pages that the whole journey does not see, a phone's width, contrast, htmx."""

import pytest
from playwright.sync_api import expect

from tests.web.console.at_browser import at_work
from tests.web.console.conftest import COMPOSE, FILLED

pytestmark = pytest.mark.browser

SMALLEST_CONTRAST = 3.0  # of a field's border: WCAG 2.2, 1.4.11
# Pages for which the journey has no reason of its own.
EDITING = (
    "numbers",
    "editor",
    "editor/hea.water.unsafe",
    "editor/hea.water.unsafe/messages/boil.first",
    "editor/hea.water.unsafe/situation/head",
)


@pytest.fixture
def person(address):
    with at_work(address) as anne:
        yield anne


def fill(page):
    for name, value in FILLED.items():
        if name.startswith("blanks."):
            page.fill(f"[name='{name}']", value)
    page.check("[name=communes][value='76901']")


def fits(page, name):
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{name} scrolls sideways on a phone"
    page.set_viewport_size({"width": 1280, "height": 900})


def test_every_page_passes_axe_in_light_and_dark_and_fits_a_phone(person):
    page = person.page

    def look(name):
        person.look(name)
        fits(page, name)

    page.goto(f"{COMPOSE}/exercise")
    page.click("main form button[type=submit]")
    expect(page.locator(".errors")).to_be_focused()
    look("form with faults")
    page.goto(f"{COMPOSE}/actual")
    fill(page)
    page.click("main form button[type=submit]")
    look("confirm a real alert")
    page.fill("[name=word]", "ALERTE")
    page.click("form[data-once] button")
    page.wait_for_url("**/alerts/*")
    look("real alert under way")
    page.goto("/console/files")
    content = page.request.get("/console/files/export/yaml/nat.flood.river").body()
    changed = content.replace(b"kinetics: slow", b"kinetics: fast")
    page.set_input_files("#f-file", {"name": "map.yaml", "mimeType": "text/plain", "buffer": changed})
    page.click("form[enctype] button")
    page.wait_for_url("**/import/*")
    look("preview of an import")
    for name in (
        "alerts",
        "channels",
        "files",
        "password",
        "nothing",
        "situations/nat.flood.river/act.first",
        *EDITING,
    ):
        page.goto(f"/console/{name}")
        look(name)
    page.goto("/console/")
    page.click("form[action$='/sending/stop'] button")
    page.wait_for_url("**/console/")
    look("home with all sending stopped")


def test_the_preview_follows_the_form(person):
    page = person.page
    page.goto(f"{COMPOSE}/exercise")
    expect(page.locator("#preview")).to_contain_text("Reste à faire")
    fill(page)
    expect(page.locator("#preview")).to_contain_text("Secteur touché : Bas-Bourg, rue du Port")
    expect(page.locator("#preview")).not_to_contain_text("Reste à faire")
    page.fill("[name='blanks.zones']", "Quai Nord")
    expect(page.locator("#preview")).to_contain_text("Secteur touché : Quai Nord")


def test_a_finished_alert_is_seen_without_reloading(town, person):
    page = person.page
    page.goto(f"{COMPOSE}/exercise")
    fill(page)
    page.click("main form button[type=submit]")
    page.fill("[name=word]", "EXERCICE")
    page.click("form[data-once] button")
    page.wait_for_url("**/alerts/*")
    expect(page.locator("#progress")).to_contain_text("0 sur 2")
    with town.app_context():
        assert town.extensions["hub"].engine.run_until_idle(20)
    expect(page.locator("#progress")).to_contain_text("2 sur 2")


def test_unsafe_water_is_found_by_typing_and_the_map_is_walked_with_the_arrow_keys(person):
    page = person.page
    page.goto("/console/situations")
    page.wait_for_selector("#drawing[data-ready]")
    person.type_into("input[type=search]", "eau")
    fits(page, "results")
    person.press("#found a[href='/console/situations/hea.water.unsafe/nodrink.first']")
    assert "NE LA BUVEZ PAS" in page.inner_text("[lang=fr].sent >> nth=0")
    assert "DO NOT DRINK" in page.inner_text("[lang=en].sent >> nth=0")
    person.press(".path a[href='/console/situations/hea.water.unsafe']")
    person.look("situation")
    fits(page, "situation")
    page.goto("/console/situations")
    page.wait_for_selector("#drawing[data-ready]")
    person.reach(".map-container")
    said = page.locator("#drawing-says")
    expect(said).to_contain_text("Mairie de Rivemont")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowRight"):
        before = said.inner_text()
        page.keyboard.press(key)
        if key != "ArrowUp":
            expect(said).not_to_have_text(before)
    person.look("map with an open branch")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.rpartition("/situations/")[2].count("/") == 1, "a message"


CONTRAST = """
element => {
  const light = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const border = light(getComputedStyle(element).borderTopColor);
  const behind = light(getComputedStyle(document.documentElement).backgroundColor);
  return (Math.max(border, behind) + 0.05) / (Math.min(border, behind) + 0.05);
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_borders_of_fields_can_be_seen(person, scheme):
    person.page.emulate_media(color_scheme=scheme)
    person.page.goto(f"{COMPOSE}/exercise")
    for selector in ("[name='blanks.zones']", "[name=communes]", "textarea"):
        assert person.page.locator(selector).first.evaluate(CONTRAST) >= SMALLEST_CONTRAST, selector
