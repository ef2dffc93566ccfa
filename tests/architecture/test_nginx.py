"""The example configuration of nginx, run: what it says about its files must not be said of the hub's answers."""

from __future__ import annotations

import threading
from http.client import HTTPConnection, HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.file_server import program, running_nginx

pytestmark = pytest.mark.skipif(program("nginx") is None, reason="nginx is not installed")

FILES = ("fr/archives", "fr/rumeurs/abc/integrer")
SAID = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
CACHED = "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400"


class Hub(BaseHTTPRequestHandler):
    """Answers everything as the console does, and repeats the host that it was called."""

    def do_GET(self):
        self.send_response(200)
        for name, value in {**SAID, "Content-Length": "0", "Called": self.headers["X-Forwarded-Host"]}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """Nginx before such a hub, with two built pages."""
    place = tmp_path_factory.mktemp("nginx")
    for path in FILES:
        (place / "site" / path).mkdir(parents=True)
        (place / "site" / path / "index.html").write_text("<p>")
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as hub:
        thread = threading.Thread(target=hub.serve_forever, daemon=True)
        thread.start()
        with running_nginx(place / "site", place / "run", hub.server_port) as server:
            yield server.site
        hub.shutdown()
        thread.join()


def headers(nginx: str, address: str) -> HTTPMessage:
    connection = HTTPConnection(nginx.removeprefix("http://"), timeout=5)
    connection.request("GET", address, headers={"X-Forwarded-Host": "evil.example", "Host": "alerte.example"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers


@pytest.mark.parametrize(
    "address", ["/console/", "/console/?x=1", "/rumeurs?q=eau", "/cap/none.xml", "/assets/none.css"]
)
def test_the_hubs_own_headers_are_left_alone(nginx, address):
    found = headers(nginx, address)
    assert {name: found.get_all(name) for name in SAID} == {name: [value] for name, value in SAID.items()}
    assert found["Called"] == "alerte.example", "a client may not say for which host it was asked"


@pytest.mark.parametrize(
    ("address", "framed_by"),
    [("/fr/archives", "'none'"), ("/archives", "'none'"), ("/fr/rumeurs/abc/integrer", "*")],
)
def test_files_have_those_of_pages(nginx, address, framed_by):
    found = headers(nginx, address)
    assert found.get_all("Cache-Control") == [CACHED]
    assert found["Content-Security-Policy"] == f"frame-ancestors {framed_by}"
    assert found["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("method", "address"), [("GET", "/rumeurs?q=eau"), ("POST", "/en/verifier"), ("GET", "/x")])
def test_while_the_hub_does_not_answer_a_page_says_what_can_be_read(tmp_path, method, address):
    for language in ("fr", "en"):
        (tmp_path / "site" / language / "hors-service").mkdir(parents=True)
        (tmp_path / "site" / language / "hors-service/index.html").write_text("<p>away")
    with running_nginx(tmp_path / "site", tmp_path / "run") as server:
        connection = HTTPConnection(server.site.removeprefix("http://"), timeout=5)
        connection.request(method, address)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Cache-Control"], answer.read()) == (502, "no-store", b"<p>away")
        connection.close()
