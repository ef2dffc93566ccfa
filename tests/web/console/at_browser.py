"""An officer of the town at a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, sync_playwright

from tests.e2e.browser import CHROMIUM, QUIET, Person
from tests.web.console.conftest import PASSWORD

# How Chromium tells of a refusal that a test asks for, such as a form with faults.
REFUSAL = "Failed to load resource"


@contextmanager
def at_work(address: str) -> Iterator[Person]:
    """Anne, logged in. Scripts that fail, or that the page's policy refuses, fail the test."""
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and REFUSAL not in message.text:
            errors.append(message.text)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(base_url=address, locale="fr-FR", reduced_motion="reduce")
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", heard)
        page.goto("/console/login")
        page.fill("[name=login]", "anne")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/console/")
        yield Person(page)
        browser.close()
    assert errors == []
