"""What programs read, and how answers are cached. Judges: the official CAP schema and feedparser."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from capvalidator import Validator

PUBLIC = ("/", "/archives", "/cap/index.atom", "/robots.txt", "/.well-known/security.txt")


@pytest.fixture
def published(town):
    """One alert that has reached the feed."""
    sent = town.send()
    town.deliver()
    return sent


def test_the_cap_document_is_served_byte_for_byte(app, published):
    reader = app.test_client()
    answer = reader.get(f"/cap/{published.identifier}.xml")
    assert answer.status_code == 200
    assert answer.content_type == "application/cap+xml; charset=utf-8"
    assert answer.data.decode().endswith(published.cap_xml)
    assert Validator(answer.data).schema()[0] is True
    assert answer.last_modified == published.sent.replace(microsecond=0)


def test_the_feed_lists_the_alert_and_its_addresses_exist(app, published):
    reader = app.test_client()
    answer = reader.get("/cap/index.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    (entry,) = feedparser.parse(answer.data).entries
    for link in entry.links:
        assert reader.get(link.href.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert reader.get("/feed.atom").headers["Location"] == "/cap/index.atom"


def test_the_feed_exists_before_the_first_alert(town, app):
    assert feedparser.parse(app.test_client().get("/cap/index.atom").data).entries == []


def test_pages_tell_browsers_where_the_feed_is(app, published):
    page = app.test_client().get("/").get_data(as_text=True)
    assert 'type="application/atom+xml"' in page
    assert 'href="/cap/index.atom"' in page
    page = app.test_client().get(f"/alertes/{published.identifier}").get_data(as_text=True)
    assert f'href="/cap/{published.identifier}.xml"' in page


def test_a_page_does_not_link_to_a_document_that_is_not_there_yet(town, app):
    sent = town.send()
    assert "/cap/" + sent.identifier not in app.test_client().get(f"/alertes/{sent.identifier}").get_data(as_text=True)
    assert app.test_client().get(f"/cap/{sent.identifier}.xml").status_code == 404


@pytest.mark.parametrize("name", ["index.atom", ".lock", "..%2f..%2fhub.sqlite", "..", "%2e%2e", "%00", "x" * 300, "é"])
def test_nothing_but_documents_leaves_the_directory(app, published, name):
    assert app.test_client().get(f"/cap/{name}.xml").status_code == 404
    assert app.test_client().get("/cap/.lock").status_code == 404


class TestWithoutFeed:
    @pytest.fixture
    def overrides(self, tmp_path):
        file = tmp_path / "channels.toml"
        file.write_text('[[channel]]\nid = "essai"\nkind = "spool"\nlabel = "Essai"\nexercise = true\n')
        return {"channels": {"file": str(file)}}

    def test_there_is_no_feed_and_no_link_to_one(self, app):
        reader = app.test_client()
        assert reader.get("/cap/index.atom").status_code == 404
        assert reader.get(f"/cap/{'0' * 32}.xml").status_code == 404
        page = reader.get("/")
        assert page.status_code == 200
        assert "atom" not in page.get_data(as_text=True)


def test_every_answer_can_be_kept_and_asked_for_again_cheaply(app, published):
    addresses = (*PUBLIC, f"/alertes/{published.identifier}", f"/cap/{published.identifier}.xml")
    reader = app.test_client()
    for address in addresses:
        for encoding in ("identity", "gzip"):
            first = reader.get(address, headers={"Accept-Encoding": encoding})
            tag = first.headers["ETag"]
            assert tag.startswith('"'), address  # strong
            assert first.headers["Cache-Control"].startswith("public, max-age="), address
            again = reader.get(address, headers={"Accept-Encoding": encoding, "If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b""), address
            assert again.headers["ETag"] == tag
            assert again.headers["Vary"] == first.headers["Vary"]
        assert "Set-Cookie" not in first.headers


def test_compressed_and_plain_are_the_same_content_under_different_tags(app, published):
    reader = app.test_client()
    plain = reader.get("/", headers={"Accept-Encoding": "identity"})
    packed = reader.get("/", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert {"Accept-Encoding", "Accept-Language"} <= set(packed.headers["Vary"].split(", "))


def test_a_page_in_a_crisis_may_be_ten_seconds_old_and_outlives_the_hub_by_a_day(app, published):
    assert app.test_client().get("/").headers["Cache-Control"] == (
        "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400"
    )


def test_a_new_alert_changes_the_page_and_its_tag(town, app):
    reader = app.test_client()
    before = reader.get("/").headers["ETag"]
    town.send()
    answer = reader.get("/", headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


def test_head_says_what_get_would(app, published):
    reader = app.test_client()
    for address in (*PUBLIC, f"/alertes/{published.identifier}", f"/cap/{published.identifier}.xml"):
        head, get = reader.head(address), reader.get(address)
        assert (head.status_code, head.data) == (200, b"")
        for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
            assert head.headers[name] == get.headers[name], (address, name)


def test_nothing_is_changed_from_outside(app, published):
    reader = app.test_client()
    for address in (*PUBLIC, f"/alertes/{published.identifier}"):
        for method in ("post", "put", "delete", "patch"):
            assert getattr(reader, method)(address).status_code == 405


def test_the_policy_lets_in_the_one_style_and_nothing_else(app, published):
    page = app.test_client().get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_robots_may_read_everything_but_the_console(app):
    said = app.test_client().get("/robots.txt").get_data(as_text=True)
    assert said == "User-agent: *\nDisallow: /console/\n\nSitemap: http://127.0.0.1:8000/sitemap.xml\n"


def test_security_txt_names_a_contact_and_expires_within_a_year(app, clock):
    answer = app.test_client().get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    assert fields["Contact"].startswith("https://")
    assert fields["Canonical"].endswith("/.well-known/security.txt")
    ahead = datetime.fromisoformat(fields["Expires"]) - clock.now()
    assert timedelta(days=90) < ahead < timedelta(days=365)
    clock.set(datetime(2027, 6, 30, 23, 59, tzinfo=UTC))
    later = app.test_client().get("/.well-known/security.txt").get_data(as_text=True)
    assert datetime.fromisoformat(later.split("Expires: ")[1].split()[0]) > clock.now() + timedelta(days=90)
