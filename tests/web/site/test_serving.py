"""What the middleware gives out, and when."""

from __future__ import annotations

import gzip
from html import unescape

import pytest
import sqlalchemy as sa

from hub.channels.site_requests import SiteRequests
from hub.kernel.db import db
from tests.web.site.conftest import text


@pytest.fixture
def kept(site, town):
    """A site that a builder keeps up to date."""
    SiteRequests(town.app.extensions["hub"].settings.data.directory).live()
    return site


@pytest.fixture
def browser(town):
    return town.app.test_client()


def test_the_very_bytes_of_the_file_leave_with_the_headers_of_the_page(kept, browser):
    answer = browser.get("/fr/archives")
    assert answer.data == (kept.place.site / "fr/archives/index.html").read_bytes()
    asked = browser.get("/fr/archives?x=1")  # a query is for the application
    for name in ("Content-Security-Policy", "Content-Type", "Cache-Control", "X-Content-Type-Options"):
        assert answer.headers[name] == asked.headers[name]
    assert "X-Request-Id" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("address", "accepts", "language"),
    [
        ("/archives", "en-GB,en;q=0.9,fr;q=0.1", "en"),
        ("/archives", "de", "fr"),
        ("/archives?lang=en", "fr", "en"),
        ("/en/archives", "fr", "en"),
        ("/en", "fr", "en"),
        ("/en/", "fr", "en"),
    ],
)
def test_the_address_decides_the_language_and_else_the_browser(kept, browser, address, accepts, language):
    answer = browser.get(address, headers={"Accept-Language": accepts})
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text


def test_whoever_has_it_gets_304_by_etag_or_by_time(kept, browser):
    first = browser.get("/fr/archives", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(first.data).startswith(b"<!doctype html>")
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for condition in ({"If-None-Match": etag}, {"If-None-Match": f'"x", W/{etag}'}, {"If-Modified-Since": modified}):
        answer = browser.get("/fr/archives", headers={"Accept-Encoding": "gzip", **condition})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
    for condition in (
        {"If-None-Match": '"x"', "If-Modified-Since": modified},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
    ):
        assert browser.get("/fr/archives", headers={"Accept-Encoding": "gzip", **condition}).status_code == 200


def test_head_has_no_body_and_other_methods_reach_the_application(kept, browser):
    head = browser.head("/fr/archives")
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000
    assert browser.post("/archives").status_code == 405


@pytest.mark.parametrize(
    "address",
    ["/fr/../../hub.sqlite", "/fr/%2e%2e/%2e%2e/manifest.json", "/.lock", "/fr/console/", "/en/console/login",
     "/en/metrics", "/fr/api/v1/alerts", "/de/archives", "/fr/nope"],
)  # fmt: skip
def test_nothing_but_what_was_built_is_given_out_and_only_public_pages_have_a_language(kept, browser, address):
    assert browser.get(address).status_code == 404


def test_with_the_database_away_the_built_page_is_served_even_if_nobody_builds(town, site, browser):
    town.send()
    with town.app.app_context():
        db.session.remove()
        db.session.execute(sa.text("ALTER TABLE alert RENAME TO gone"))
        db.session.commit()
    town.app.testing = False  # errors are answers, as they are for readers
    answer = browser.get("/fr/archives")
    assert answer.status_code == 200
    assert answer.data == (site.place.site / "fr/archives/index.html").read_bytes()
    assert browser.get("/archives?x=1").status_code >= 500  # not built: no page is better than a wrong one


def test_without_a_builder_the_application_answers_as_long_as_it_can(town, site, browser):
    sent = town.send()
    assert sent.headline["fr"] in unescape(browser.get("/fr/").text)
    assert sent.headline["fr"] not in text(site.place.site / "fr/index.html")


def test_a_page_that_changes_is_given_out_anew(town, kept, browser, clock):
    before = browser.get("/fr/")
    clock.advance(120)
    kept.builder().build()
    town.app.wsgi_app._looked = float("-inf")  # half a second later
    after = browser.get("/fr/")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert "17h42" in after.text
