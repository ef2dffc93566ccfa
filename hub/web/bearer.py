"""Keys of partners' programs, as they come in the header ``Authorization: Bearer`` (RFC 6750)."""

from __future__ import annotations

import hashlib
from typing import cast

from flask import g, request
from flask_limiter.util import get_remote_address

from hub.identity import partners
from hub.identity.errors import KeyRefused
from hub.identity.partners import Caller
from hub.kernel.errors import Forbidden
from hub.kernel.phrase import Phrase
from hub.web.parts import parts
from hub.web.throttle import take_request

# What the access policies of the API begin with; a scope follows.
PARTNER = "partner:"
LONGEST_KEY = 200


def admit(scope: str) -> None:
    """Lets a request through that carries a partner's key with this scope, within the key's share of requests.

    Raises:
        TooManyRequests: the key, or the address of someone without one, asks too often.
        KeyRefused: no key, or none that is good.
        Forbidden: the partner was not given this scope.
    """
    key = _key()
    take_request(hashlib.sha256(key.encode("utf-8", "replace")).hexdigest() if key else _stranger())
    try:
        g.caller = partners.caller_of(key, now=parts().clock.now())
    except KeyRefused:
        # Whoever tries many keys uses up the share of their address.
        take_request(_stranger())
        raise
    if not g.caller.may(scope):
        raise Forbidden(Phrase("This partner was not given the scope %(scope)s.", scope=scope))


def current_caller() -> Caller:
    """The partner who makes this request; only in views with a ``partner:`` policy."""
    return cast("Caller", g.caller)


def _key() -> str:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" and len(key) <= LONGEST_KEY else ""


def _stranger() -> str:
    return f"address:{get_remote_address()}"
