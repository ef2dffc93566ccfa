"""A person at a keyboard: Chromium, the Tab key, and axe looking over every page in light and dark."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# What Chromium would otherwise ask of the internet is refused by closed networks, many at a time.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MOST_TABS = 120
AXE = Axe()


@contextmanager
def browsing(*, javascript: bool = True) -> Iterator[Page]:
    """A page in a fresh French browser; any script error or refused resource fails the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": 1280, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",  # axe must not see colours half way from light to dark
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        try:
            yield page
        finally:
            browser.close()
        assert errors == []


class Person:
    """Uses the keyboard only: Tab to an element, Space, Enter, and typing."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen = 0

    def reach(self, selector: str) -> None:
        """Presses Tab until the focus stands on the element; fails if the keyboard does not get there."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        pytest.fail(f"the keyboard does not reach {selector} on {self.page.url}")

    def type_into(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.type(text)

    def press(self, selector: str) -> None:
        """Presses a button or follows a link, and waits for the page that follows."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def tick(self, selector: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Space")

    def look(self, name: str) -> None:
        """Axe finds nothing, in light and in dark. With ``SHOTS=directory`` the pages are kept as pictures."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            violations = AXE.run(self.page).response["violations"]
            found = [(each["id"], [node["target"] for node in each["nodes"]]) for each in violations]
            assert found == [], f"{name}, {scheme}: {found}"
            if directory := os.environ.get("SHOTS"):
                self.seen += 1
                file = Path(directory) / f"{self.seen:02}-{re.sub('[^a-z]+', '-', name.lower())}-{scheme}.png"
                self.page.screenshot(path=file, full_page=True)
        self.page.emulate_media(color_scheme="light")
