"""Style sheets and scripts: an allow-list, kept for ever under an address that follows the content."""

import gzip
import hashlib

import pytest

from hub.web.assets import FILES, address


@pytest.fixture
def addresses(app):
    with app.test_request_context():
        return {name: address(name) for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_served_whole_and_kept_for_ever(app, addresses, name):
    answer = app.test_client().get(addresses[name])
    assert answer.status_code == 200
    assert answer.data == FILES[name].read_bytes()
    assert hashlib.sha256(answer.data).hexdigest().startswith(addresses[name].split("/")[2])
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_a_file_is_compressed_for_who_takes_it(app, addresses):
    answer = app.test_client().get(addresses["pico.css"], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == FILES["pico.css"].read_bytes()
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_what_a_browser_has_already_is_not_sent_again(app, addresses):
    client = app.test_client()
    tag = client.get(addresses["htmx.js"]).headers["ETag"]
    assert client.get(addresses["htmx.js"], headers={"If-None-Match": tag}).status_code == 304


def test_an_old_page_gets_the_present_file_and_does_not_keep_it(app):
    answer = app.test_client().get("/assets/000000000000/console.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["package.json", "..%2f..%2fpackage.json", "../console.py", "pico.min.css"])
def test_nothing_else_is_served(app, name):
    assert app.test_client().get(f"/assets/x/{name}").status_code == 404


def test_the_lock_names_the_libraries_and_no_address():
    lock = (FILES["htmx.js"].parents[3] / "package-lock.json").read_text(encoding="utf-8")
    for library in ("htmx.org", "htmx-ext-sse", "@picocss/pico", "mind-elixir"):
        assert f'"node_modules/{library}"' in lock
    assert '"resolved"' not in lock, "the lock holds checksums, not addresses"
