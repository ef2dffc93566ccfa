"""How often one may try: limits that say "wait", never a lock-out.

A stranger who tries an officer's login from many addresses uses up that account's attempts, and must not shut the
officer out by it. So a browser that has logged in before holds a signed cookie naming its login, and has attempts of
its own (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable

from flask import Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeTimedSerializer
from limits import RateLimitItem, parse

from hub.identity import shares
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase
from hub.web.errors import TooManyRequests
from hub.web.parts import parts

DEVICE_COOKIE = "hub-device"
LONGEST_LOGIN = 40
DEVICE_SECONDS = 365 * 24 * 3600

# A person who corrects a form sends it some times.
TRIES_A_REPORT = 5
LOOKS = "30 per minute"
# A provider of mail unsubscribes for many of its users from few addresses.
LINKS = "600 per minute"
# RFC 6177, section 2: no line gets less than a /64.
IPV6_LINE = 64
FROM_ONE_ADDRESS = Phrase("Too much comes from your network at the moment. Please wait, then try again.")

# Counted in this process: with several processes the limits are multiplied by their number, which still ends guessing,
# and keeps each process at work. What stores something or has a mail sent is counted for all: `_take_everywhere`.
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


def take_partner_report(key_id: str) -> None:
    """Counts one report that a partner's key sends; as many as it may send alerts, and counted apart from them.

    Raises:
        TooManyRequests: the key has had its share of this minute.
    """
    _take(f"{parts().settings.security.partner_triggers_per_minute} per minute", "partner-report", key_id)


def take_report_attempt() -> None:
    """Counts one form that was sent from this address, before it is read: also those with mistakes in them.

    Raises:
        TooManyRequests: the address has had its share of this hour.
    """
    share = TRIES_A_REPORT * parts().settings.rumours.reports_per_hour
    _take(f"{share} per hour", "report-attempt", network(), FROM_ONE_ADDRESS)


def take_report() -> Callable[[], None]:
    """Takes one of the reports that this address may make, before anything is stored.

    Returns:
        What gives it back, for when nothing new was stored.

    Raises:
        TooManyRequests: the address has had its share of this hour.
    """
    return _take_everywhere("report", parts().settings.rumours.reports_per_hour)


def take_tracking() -> None:
    """Counts one look by a tracking code, whether there is such a code or not.

    Raises:
        TooManyRequests: the address has had its share of this minute.
    """
    _take(LOOKS, "tracking", network(), FROM_ONE_ADDRESS)


def take_subscription() -> None:
    """Counts one request to subscribe, whatever becomes of it.

    Raises:
        TooManyRequests: the address has had its share of this hour.
    """
    _take_everywhere("subscription", parts().settings.subscriptions.requests_per_hour)


def take_link() -> None:
    """Counts one use of a link from a mail to a subscriber, good or forged.

    Raises:
        TooManyRequests: the address has had its share of this minute.
    """
    _take(LINKS, "subscription-link", network(), FROM_ONE_ADDRESS)


def network() -> str:
    """Where a request comes from, as these limits count: an IPv4 address, or the 64 bits that one IPv6 line gets.

    It is kept in memory only, for as long as the limit counts; the database gets an HMAC of it (`hub.identity.shares`).
    """
    address = get_remote_address()
    try:
        version6 = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(ipaddress.IPv6Network((version6, IPV6_LINE), strict=False))


def _take_everywhere(what: str, most: int) -> Callable[[], None]:
    """Takes one of what this address may do in an hour, whichever process it comes to."""
    hub, share = parts(), shares.Share(what, network(), most)
    now = hub.clock.now()
    if until := shares.take(hub.settings, share, now):
        raise TooManyRequests(max(1, math.ceil((until - now).total_seconds())), FROM_ONE_ADDRESS)
    return lambda: shares.give_back(hub.settings, share, now)


def _key(what: str, key: str) -> tuple[str, str, str]:
    return "partner", what, key


def _seconds(limit: RateLimitItem, what: str, key: str) -> int:
    until = limiter.limiter.get_window_stats(limit, *_key(what, key)).reset_time
    return max(1, math.ceil(until - time.time()))


def _take(share: str, what: str, key: str, why: Phrase | None = None) -> None:
    limit = parse(share)
    if not limiter.limiter.hit(limit, *_key(what, key)):
        raise TooManyRequests(_seconds(limit, what, key), why)


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
