"""Who may call which endpoint, and the headers that every answer carries.

Every endpoint states its access policy with `access`; one without a policy is closed to everybody. The matrix of
policies is therefore the source itself, and a test walks the URL map.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect, UnicodeConverter

from hub.identity.queries import Person
from hub.identity.service import session_officer
from hub.kernel.errors import Forbidden
from hub.kernel.ids import new_id
from hub.kernel.logs import request_id
from hub.kernel.phrase import Phrase
from hub.web import operators
from hub.web.bearer import PARTNER, admit
from hub.web.errors import CodeDue, FactorDue, NotLoggedIn, PasswordChangeDue
from hub.web.pages import LANGUAGE
from hub.web.parts import parts
from hub.web.throttle import limiter

View = TypeVar("View", bound=Callable[..., Any])

# Everyone; the answer may be cached and no session is read.
PUBLIC = "public"
# Everyone, with a session: logging in, changing the language.
ANONYMOUS = "anonymous"
# Any officer who is logged in, even with a one-time password: changing it, logging out.
OFFICER = "officer"
# An officer whose password was right, even if the code of the second factor is still to come.
HALFWAY = "halfway"
# "operator": the programs of whoever runs the hub, from its own machine or by a token (`hub.web.operators`).
# "partner:" and a scope: a partner's program that has it, by its key alone; no session is read.
# Anything else is the name of a permission of `hub.identity.permissions`.

# Where the browser's session keeps the token of the officer's session.
TOKEN_KEY = "token"  # noqa: S105 - the name of a place, not a secret

# A map file, a GeoJSON area and a form with every blank stay far below this; nothing larger is read into memory.
REQUEST_BYTES = 2 * 1024 * 1024
REQUEST_FIELDS = 500
HSTS_SECONDS = 365 * 24 * 3600  # one year at least: OWASP ASVS 5.0, 3.4.1

# No inline script or style and nothing from elsewhere. Pico draws its icons from data: addresses.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What a page says that others may show inside theirs; then the old header must not say the opposite.
FRAMEABLE = "frame-ancestors *"
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": the forgery check of forms reads the origin of our own pages.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class PartOfAddress(UnicodeConverter):
    """A stretch of an address between two slashes. NUL is in none of ours, and PostgreSQL cannot even look for it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.regex = self.regex.replace("[^/]", r"[^/\0]")


def access(policy: str) -> Callable[[View], View]:
    """States who may call a view, by one of the words above, ``partner:<scope>``, or a permission.

    >>> @blueprint.get("/console/alerts")
    ... @access("alert.read")
    ... def alerts(): ...
    """

    def declare(view: View) -> View:
        view.access_policy = policy  # type: ignore[attr-defined]
        return view

    return declare


def accepts_bytes(most: int) -> Callable[[View], View]:
    """Lets a view take larger requests than others, from whoever its policy admits: a file that is uploaded."""

    def declare(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> str | None:
    """The policy that an endpoint declares, or ``None``: closed."""
    return getattr(app.view_functions.get(endpoint), "access_policy", None)


def init_app(app: Flask) -> None:
    """Limits, headers, forgery checks and the check of the access policy, on every request of the application."""
    settings = app.extensions["hub"].settings
    app.url_map.converters |= {"default": PartOfAddress, "string": PartOfAddress}
    secure = settings.site.base_url.startswith("https://")
    app.config.update(
        MAX_CONTENT_LENGTH=REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=REQUEST_BYTES,
        MAX_FORM_PARTS=REQUEST_FIELDS,
        SESSION_COOKIE_NAME="__Host-hub" if secure else "hub",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # The token lives as long as the session: a form left open through a long crisis meeting stays good.
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_HEADERS_ENABLED=True,
    )
    if hops := settings.security.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    # In this order: who is not logged in is told so, before a form of theirs is called forged.
    app.before_request(_name_request)
    app.before_request(_keep_to_one_address)
    app.before_request(_enforce)
    CSRFProtect(app)
    limiter.init_app(app)
    app.after_request(_harden)


def current_officer() -> Person:
    """The officer who makes this request.

    Raises:
        NotLoggedIn: nobody is logged in.
    """
    person = present_officer()
    if person is None:
        raise NotLoggedIn
    return person


def present_officer() -> Person | None:
    """The officer who makes this request, or ``None``. Never asked on public pages, which read no session."""
    if "person" not in g:
        token = session.get(TOKEN_KEY)
        hub = parts()
        g.person = session_officer(token, limits=hub.settings.security, now=hub.clock.now()) if token else None
    return g.person  # type: ignore[no-any-return]


def _name_request() -> None:
    g.request_id = new_id()
    request_id.set(g.request_id)
    if isinstance(request.routing_exception, RequestRedirect):
        # The router puts the host that the client named into the address; a forged one must lead nowhere.
        address = urlsplit(request.routing_exception.new_url)
        request.routing_exception.new_url = address._replace(scheme="", netloc="").geturl()


def _keep_to_one_address() -> None:
    """Only public pages have an address in each language (`hub.web.site.prefix`)."""
    if LANGUAGE in request.environ and request.endpoint and policy_of(current_app, request.endpoint) != PUBLIC:
        abort(404)


def _enforce() -> None:
    if request.endpoint is None:
        return  # no such address, or not with this method: the router's own 404 or 405 follows
    policy = policy_of(current_app, request.endpoint)
    if policy in {PUBLIC, ANONYMOUS}:
        return
    if policy is None:
        raise Forbidden(Phrase("Nobody may do this."))
    if policy == operators.OPERATOR:
        operators.admit()
        return
    if policy.startswith(PARTNER):
        admit(policy.removeprefix(PARTNER))
        return
    _admit_officer(current_officer(), policy)
    if most := getattr(current_app.view_functions[request.endpoint], "most_bytes", None):
        # Only now, and before the forgery check reads the form.
        request.max_content_length = most


def _admit_officer(person: Person, policy: str) -> None:
    if policy == HALFWAY:
        return
    if person.code_due:
        raise CodeDue
    if policy == OFFICER:
        return
    if person.must_change_password:
        raise PasswordChangeDue
    if person.must_set_factor:
        raise FactorDue
    if not person.may(policy):
        raise Forbidden(Phrase("Your role does not allow this. Ask an officer who may."))


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if FRAMEABLE in response.headers["Content-Security-Policy"]:
        del response.headers["X-Frame-Options"]
    if parts().settings.site.base_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_SECONDS}; includeSubDomains")
    if identifier := g.get("request_id"):
        response.headers["X-Request-Id"] = identifier
    return response
