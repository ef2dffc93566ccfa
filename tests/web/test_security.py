"""Who may call what, and the headers of every answer."""

import re

import pytest
from flask import Flask, request
from werkzeug.exceptions import NotFound

from hub.app import create_app
from hub.identity.permissions import PERMISSIONS
from hub.web import security
from hub.web.security import access, policy_of
from tests.conftest import make_settings

KNOWN = {"public", "anonymous", "halfway", "officer", "operator"} | set().union(*PERMISSIONS.values())
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def secure_app(tmp_path, clock, **security_settings):
    settings = make_settings(
        tmp_path / "var", {"site": {"base_url": "https://alerte.rivemont.example"}, "security": security_settings}
    )
    return create_app(settings, clock=clock)


def test_every_policy_is_one_that_exists(app):
    policies = {policy_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert {policy for policy in policies if not str(policy).startswith("partner:")} <= KNOWN


def test_nothing_of_the_console_is_public(app):
    inside = {rule.endpoint: policy_of(app, rule.endpoint) for rule in app.url_map.iter_rules("console.home")}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console"):
            inside[rule.endpoint] = policy_of(app, rule.endpoint)
    assert "public" not in inside.values()
    assert {name for name, policy in inside.items() if policy == "anonymous"} == {
        "console.log_in_page",
        "console.login",
        "console.set_language",
        # They look at the session themselves, since the database may be away: tests/web/console/test_cupboard.py.
        "console.paper_cupboard",
        "console.paper_sheet",
    }


def test_every_action_of_the_console_is_closed_to_strangers(app):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        open_to_all = policy_of(app, rule.endpoint) == "anonymous" and not rule.rule.startswith("/console/paper")
        if not rule.rule.startswith("/console") or open_to_all:
            continue
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            assert client.open(address, method=method).status_code in {303, 401}, f"{method} {address}"


def test_an_endpoint_without_a_policy_is_closed(app):
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    app.add_url_rule("/stated", "stated", access("public")(lambda: "open"))
    client = app.test_client()
    assert client.get("/forgotten").status_code == 403
    assert client.get("/stated").text == "open"


def test_no_address_of_ours_holds_a_nul(app):
    """PostgreSQL cannot look for it: one that came through ended in a server error."""
    addresses = app.url_map.bind("")
    taking = [rule for rule in app.url_map.iter_rules() if rule.arguments]
    assert len(taking) > 50
    for rule in taking:
        address = re.sub(r"<[^>]+>", "a\0", rule.rule)
        with pytest.raises(NotFound):
            addresses.match(address, method=next(iter(rule.methods)))


@pytest.mark.parametrize("address", ["/console/login", "/console/", "/nowhere", "/healthz", "/api/x", "/assets/x/y"])
def test_every_answer_carries_the_headers(app, address):
    answer = app.test_client().get(address)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])
    assert "Strict-Transport-Security" not in answer.headers, "this site has no TLS of its own"


def test_console_pages_have_nothing_inline_and_are_kept_nowhere(app):
    answer = app.test_client().get("/console/login")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "style=" not in answer.text
    assert re.search(r"<script(?! src=)|<style|\son\w+=|javascript:", answer.text) is None
    assert "script-src 'self'; style-src 'self';" in answer.headers["Content-Security-Policy"]


def test_with_tls_cookies_are_bound_to_the_host_and_browsers_are_told_to_stay(tmp_path, clock):
    client = secure_app(tmp_path, clock).test_client()
    answer = client.get("/console/login", base_url="https://alerte.rivemont.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-hub=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.1")])
def test_forwarded_addresses_count_only_behind_trusted_proxies(tmp_path, clock, proxies, seen):
    app = secure_app(tmp_path, clock, trusted_proxies=proxies)
    app.add_url_rule("/who", "who", access("public")(lambda: str(request.remote_addr)))
    answer = app.test_client().get("/who", headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.1, 203.0.113.9"})
    assert answer.text == seen


def test_a_request_that_is_too_large_is_refused_before_it_is_read(app):
    answer = app.test_client().post("/console/login", data={"login": "x" * (security.REQUEST_BYTES + 1)})
    assert answer.status_code == 413


def test_access_leaves_the_view_as_it_is():
    def view() -> str:
        return "seen"

    app = Flask("x")
    app.add_url_rule("/", "view", access("alert.read")(view))
    assert policy_of(app, "view") == "alert.read"
    assert policy_of(app, "none") is None
    assert view() == "seen"
