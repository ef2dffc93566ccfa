"""Copies of evidence: fetched under guard, bounded, kept once by their hash."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.kernel.errors import InvalidInput
from hub.kernel.http import GuardedClient
from hub.rumours import archive
from hub.rumours.archive import Copy

PAGE = b"<title>Le pont tient</title>"
LOOPBACK = ["127.0.0.0/8"]


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        onward = {"/moved": "/page", "/inside": "http://10.1.2.3/", "/round": "/round"}.get(self.path)
        self.send_response(302 if onward else 200 if self.path == "/page" else 404)
        if onward:
            self.send_header("Location", onward)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(0 if onward else len(PAGE)))
        self.end_headers()
        if not onward:
            self.wfile.write(PAGE)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", ["/page", "/moved"])
def test_a_page_is_fetched_as_it_is(site, path):
    copy = archive.fetched(GuardedClient(LOOPBACK), site + path)
    assert copy == Copy(PAGE, "text/html; charset=utf-8")
    assert copy.sha256 == hashlib.sha256(PAGE).hexdigest()


@pytest.mark.parametrize(
    ("path", "why"), [("/missing", "the server answers with 404"), ("/round", "the address leads on and on")]
)
def test_a_page_that_gives_no_copy_says_why(site, path, why):
    assert str(archive.fetched(GuardedClient(LOOPBACK), site + path).reason) == why


def test_what_leads_inside_is_refused_at_its_field(site):
    with pytest.raises(InvalidInput) as refused:
        archive.fetched(GuardedClient(LOOPBACK), site + "/inside")
    assert [fault.field for fault in refused.value.faults] == ["address"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://user:secret@example.org/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "not an address",
    ],
)
def test_private_and_strange_addresses_are_refused(address):
    with pytest.raises(InvalidInput):
        archive.fetched(GuardedClient(), address)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7 x", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff...", "image/jpeg"),
        ("Procès-verbal".encode(), "text/plain; charset=utf-8"),
        (b"", None),
        (b"MZ\x90\x00\x03", None),
        (b"PK\x03\x04\xff\xfe", None),
        (b"a" * (archive.LARGEST_FILE + 1), None),
    ],
)
def test_files_of_the_kinds_that_are_taken(content, media_type):
    if media_type:
        assert archive.uploaded(content).media_type == media_type
        return
    with pytest.raises(InvalidInput):
        archive.uploaded(content)


def test_every_copy_has_a_file_of_its_own(tmp_path):
    copy = Copy(PAGE, "text/html")
    first, second = archive.keep(tmp_path, copy), archive.keep(tmp_path, copy)
    assert sorted(each.name for each in (tmp_path / archive.FOLDER).iterdir()) == sorted([first, second])
    archive.erase(tmp_path, first)
    assert archive.path_of(tmp_path, first) is None
    path = archive.path_of(tmp_path, second)
    assert path is not None
    assert path.read_bytes() == PAGE
    assert archive.path_of(tmp_path, "../hub.sqlite") is None
    assert archive.path_of(tmp_path, f"{'0' * 64}-{'0' * 32}") is None
