"""Refusals: problem documents for programs, pages for people, and never a word too many."""

import json

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hub.kernel.errors import Conflict, Fault, InvalidInput, Unavailable
from hub.kernel.phrase import Phrase
from hub.web.problems import kinds
from hub.web.security import access


@pytest.fixture
def raising(app):
    """A client whose requests to /<anything>/raise meet the error that is set."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    box = {}

    def view():
        raise box["error"]

    for number, address in enumerate(("/api/raise", "/healthz/raise", "/page/raise", "/console/raise")):
        app.add_url_rule(address, f"raise{number}", access("public")(view), methods=["GET", "POST"])
    client = app.test_client()
    client.box = box
    return client


@pytest.mark.parametrize(
    ("address", "content_type"),
    [
        ("/api/raise", "application/problem+json"),
        ("/healthz/raise", "application/problem+json"),
        ("/page/raise", "text/html; charset=utf-8"),
        ("/console/raise", "text/html; charset=utf-8"),
    ],
)
def test_the_address_decides_about_the_form(raising, address, content_type):
    raising.box["error"] = Conflict(Phrase("It has changed."))
    answer = raising.get(address, headers={"Accept": "*/*"})
    assert (answer.status_code, answer.content_type) == (409, content_type)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_problem_document_has_its_members(raising):
    raising.box["error"] = InvalidInput([Fault("blanks.zones", Phrase("expected the name of a place"))])
    answer = raising.get("/api/raise", headers={"Accept-Language": "fr"})
    assert json.loads(answer.text) == {
        "type": "/problems/invalid-input",
        "title": "Des champs sont à revoir",
        "status": 422,
        "detail": "Corrigez les champs nommés ci-dessous. Rien n'a été envoyé.",
        "instance": answer.headers["X-Request-Id"],
        "errors": [{"field": "blanks.zones", "detail": "le nom d'un lieu est attendu"}],
    }


@pytest.mark.parametrize("address", ["/api/raise", "/page/raise"])
def test_an_unforeseen_fault_says_nothing_but_its_number(raising, address):
    raising.box["error"] = RuntimeError("the password is swordfish")
    answer = raising.get(address)
    assert answer.status_code == 500
    assert "swordfish" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize(
    "error",
    [
        Unavailable(Phrase("Away.")),
        OperationalError("SELECT secret", {}, Exception("connection refused")),
        InterfaceError("SELECT secret", {}, Exception("the connection is closed")),
        PoolTimeoutError("QueuePool limit reached"),
    ],
)
def test_what_is_away_for_the_moment_says_when_to_try_again(raising, error):
    raising.box["error"] = error
    answer = raising.get("/page/raise")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("method", "address", "status", "slug"),
    [
        ("GET", "/api/nothing", 404, "not-found"),
        ("DELETE", "/api/raise", 405, "method-not-allowed"),
    ],
)
def test_the_routers_own_refusals_are_problems_too(raising, method, address, status, slug):
    answer = raising.open(address, method=method)
    assert answer.status_code == status
    assert answer.json["type"] == f"/problems/{slug}"
    if status == 405:
        assert "GET" in answer.headers["Allow"]


def test_every_problem_type_is_explained_at_its_address(app):
    client = app.test_client()
    for kind in kinds():
        answer = client.get(f"/problems/{kind.slug}")
        assert answer.status_code == 200
        assert kind.slug in answer.text
    assert client.get("/problems/no-such").status_code == 404
