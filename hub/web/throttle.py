"""How often one may try: limits that say "wait", never a lock-out.

A stranger who tries an officer's login from many addresses uses up that account's attempts, and must not shut the
officer out by it. So a browser that has logged in before holds a signed cookie naming its login, and has attempts of
its own (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import math
import time

from flask import Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeTimedSerializer
from limits import parse

from hub.kernel.ids import new_id
from hub.web.errors import TooManyRequests
from hub.web.parts import parts

DEVICE_COOKIE = "hub-device"
LONGEST_LOGIN = 40
DEVICE_SECONDS = 365 * 24 * 3600

# Counted in this process: with several processes the limits are multiplied by their number, which still ends guessing.
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://")


def per_address() -> str:
    """Attempts allowed to one address."""
    return f"{parts().settings.security.login_attempts_per_address} per minute"


def per_account() -> str:
    """Attempts allowed on one account, whatever the address."""
    return f"{parts().settings.security.login_attempts_per_account} per minute"


def account_key() -> str:
    """Whose attempts these are: those of a known browser on its account, or those of all strangers on that account."""
    # A login has 40 characters at most: the limiter must not keep megabytes that somebody typed.
    login = request.form.get("login", "").strip().lower()[:LONGEST_LOGIN]
    known = _known_device()
    if known and known[0] == login:
        return f"device:{known[1]}"
    return f"account:{login}"


def take_request(key: str) -> None:
    """Counts one request of a partner's key, known or not: before anything is looked up for it.

    Raises:
        TooManyRequests: the key has had its share of this second.
    """
    _take(f"{parts().settings.security.partner_requests_per_second} per second", "request", key)


def take_trigger(key_id: str) -> None:
    """Counts one alert that a partner's key asks for.

    Raises:
        TooManyRequests: the key has had its share of this minute.
    """
    _take(f"{parts().settings.security.partner_triggers_per_minute} per minute", "trigger", key_id)


def _take(share: str, what: str, key: str) -> None:
    limit = parse(share)
    if not limiter.limiter.hit(limit, "partner", what, key):
        until = limiter.limiter.get_window_stats(limit, "partner", what, key).reset_time
        raise TooManyRequests(max(1, math.ceil(until - time.time())))


def remember_device(response: Response, login: str) -> None:
    """Marks the browser as one that has logged in to this account."""
    known = _known_device()
    device = known[1] if known and known[0] == login else new_id()
    response.set_cookie(
        DEVICE_COOKIE,
        _signer().dumps([login, device]),
        max_age=DEVICE_SECONDS,
        path="/console/login",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Strict",
    )


def _known_device() -> tuple[str, str] | None:
    try:
        login, device = _signer().loads(request.cookies.get(DEVICE_COOKIE, ""), max_age=DEVICE_SECONDS)
    except (BadSignature, ValueError):
        return None
    return str(login), str(device)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="hub.device")
