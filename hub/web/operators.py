"""What the operator's programs may see: whoever runs the hub, not a person of the town."""

from __future__ import annotations

import hmac
import ipaddress

from flask import request

from hub.kernel.errors import Forbidden
from hub.kernel.phrase import Phrase
from hub.web.parts import parts

# The access policy of views for the operator's programs: this machine, or the token of ``[metrics] token``.
OPERATOR = "operator"

# A proxy on this machine makes the whole world look as if it were this machine; these are what gives it away.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def admit() -> None:
    """Lets a request through that comes from this machine itself, or carries the operator's token.

    Raises:
        Forbidden: neither.
    """
    if not (_is_at_home() or _has_token()):
        raise Forbidden(Phrase("Only from the hub's own machine, or with the operator's token."))


def _is_at_home() -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    token = parts().settings.metrics.token
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if not token or kind.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.reveal().encode())
