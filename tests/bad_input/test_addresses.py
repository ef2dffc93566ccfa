"""Addresses, methods and headers that nobody of ours sends: an answer in words, never a server error."""

from __future__ import annotations

import pytest

from tests.bad_input.conftest import nothing_stored
from tests.web.console.conftest import COMPOSE

LONG = "x" * 3000
NOBODY = "0" * 32

UNKNOWN = [
    "/nope", "/%", "/%00", "/%ff%fe", "/%ED%A0%80", f"/{LONG}", "/static/..%2fconfig", "/alertes/%00",
    f"/alertes/{LONG}",
    f"/alertes/{NOBODY}", "/alertes/%ED%A0%80", "/cap/..%2f..%2fhub.sqlite.xml", "/cap/%00.xml", f"/cap/{NOBODY}.xml",
    "/archives/0", "/archives/-1", f"/archives/{'9' * 3000}", "/archives/%00", "/fr/archives/0", "/en/console/",
    "/problems/%00",
    "/problems/<script>alert(1)</script>", "/console/nope", "/console/alerts/%00", f"/console/alerts/{NOBODY}",
    f"/console/alerts/{NOBODY}/progress", f"/console/alerts/{NOBODY}/stream", f"/console/alerts/{NOBODY}/trouble",
    "/console/situations/%00/x", "/console/situations/nat.flood.river/%ED%A0%80", "/console/compose/%00/%00/exercise",
    f"/console/compose/{LONG}/x/exercise", f"{COMPOSE}/real", f"{COMPOSE}/EXERCISE", f"{COMPOSE}/%00",
    "/console/compose/nat.flood.river/nope/exercise", "/console/compose/nat.flood.river/act.update/exercise",
]  # fmt: skip


@pytest.mark.parametrize("address", UNKNOWN)
def test_what_does_not_exist_is_not_found_in_words(still_anne, address):
    answer = still_anne.get(address)
    assert answer.status_code == 404
    assert "<h1>" in still_anne.page
    assert "<script>alert" not in still_anne.page


@pytest.mark.parametrize("action", ["resend", "settle"])
@pytest.mark.parametrize(
    "number", ["0", "-1", "x", "1.5", str(2**31), str(2**63 - 1), str(2**63), "9" * 3500, "\u0661"]
)
def test_a_delivery_that_does_not_exist_is_not_found(still_town, still_anne, action, number):
    with nothing_stored(still_town):
        assert still_anne.post(f"/console/deliveries/{number}/{action}").status_code == 404


@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=0", f"page={'9' * 3000}", "page=%00", "page=1&page=2"])
def test_a_page_that_does_not_exist_is_the_nearest_one(still_anne, query):
    assert still_anne.get(f"/console/alerts?{query}").status_code == 200


@pytest.mark.parametrize("query", ["%00", "%ED%A0%80", "(" * 2000, "%25", "\\", "<script>", "[[", "*"])
def test_any_search_is_only_a_search(still_anne, query):
    assert still_anne.get(f"/console/situations?q={query}").status_code == 200
    assert "<script>" not in still_anne.page


@pytest.mark.parametrize(
    "query",
    [
        "endpoint=x", "_method=POST", "_scheme=javascript&_external=1", "_external=1", "_anchor=x", "identifier=x",
        "values=x", "self=x", "lang=zz", "lang=", "lang=%00", f"x={LONG}",
    ],
)  # fmt: skip
def test_what_a_visitor_adds_to_a_public_address_is_not_repeated(still_town, query):
    reader = still_town.test_client()
    plain = reader.get("/").text
    answer = reader.get(f"/?{query}", headers={"Host": "evil.example"})
    assert answer.status_code == 200
    assert links(answer.text) == links(plain)
    assert "evil.example" not in answer.text


def links(page):
    return [part.partition('"')[0] for part in page.split('href="')[1:]]


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/"), ("DELETE", "/archives"), ("PUT", "/console/confirm"), ("GET", "/console/sending/stop"),
        ("GET", "/console/logout"), ("GET", "/console/deliveries/1/resend"), ("PATCH", "/console/login"),
        ("TRACE", "/"), ("FOO", "/console/"), ("GET", f"{COMPOSE}/exercise/preview"),
    ],
)  # fmt: skip
def test_a_wrong_method_is_refused_and_the_right_ones_are_named(still_anne, method, address):
    answer = still_anne.client.open(address, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": ";;;q=x,*"},
        {"Accept-Language": "fr," * 2000},
        {"Accept-Encoding": "gzip;q=abc"},
        {"If-None-Match": "rubbish\xff"},
        {"If-Modified-Since": "never"},
        {"Range": "bytes=zz"},
        {"Cookie": "hub=\xff\xff; hub-device=\xff.\xff"},
        {"Cookie": "hub=" + "A" * 4000},
        {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "javascript"},
        {"HX-Request": "true", "HX-Current-URL": "https://evil.example/console/x"},
        {"HX-Request": "true", "HX-Current-URL": "http://[x"},
    ],
)
@pytest.mark.parametrize("address", ["/", "/console/login", "/console/"])
def test_odd_headers_change_nothing(still_town, headers, address):
    answer = still_town.test_client().get(address, headers=headers)
    assert answer.status_code in {200, 206, 303, 401}
    assert "evil.example" not in answer.text + str(answer.headers)
