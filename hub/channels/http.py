"""The one mapping of what happens to an HTTP request to the three ways in which an attempt may go wrong.

Nothing written (`NotSent`): certainly not accepted, so transient; an address that may never be reached is permanent.
Written and no complete answer (`AnswerLost`): unknown. An answer:

===========================  =========  ===============================================================================
status                       outcome    why
===========================  =========  ===============================================================================
2xx                          returned   the adapter looks for its proof in the body
3xx                          permanent  a redirect is not followed: it would post the message to an address nobody chose
408 425 429                  transient  not taken in, try later (RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4)
other 4xx, 501, 505          permanent  the same request will be refused again
500 502 503, other 5xx       transient  the server itself says that it failed (503: RFC 9110 15.6.4)
504 520 524                  unknown    a gateway answers for a server that took the request in and may yet act on it
===========================  =========  ===============================================================================

500 and 502 are no proof that nothing happened; they are transient because on a warning the cost of a missing message is
higher than that of a double one, and because the far side recognises a repeat. An adapter whose far side does not must
judge them by itself, and call them unknown.

What says something about the host itself, and not about one message: no connection, 5xx and 401 (`Trouble.HOST`), 429
(`Trouble.PACE`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from hub.channels.contract import (
    ChannelError,
    PermanentChannelError,
    Surroundings,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from hub.kernel.http import AddressRefused, Answer, AnswerLost, NotSent
from hub.kernel.phrase import Phrase

SUCCESS = range(200, 300)
REDIRECT = range(300, 400)
SERVER_ERROR = range(500, 600)
TRY_LATER = frozenset({408, 425, 429})
NEVER_ABLE = frozenset({501, 505})
# 520 and 524 are a widespread content delivery network's own: "unknown answer" and "no answer in time" of the server.
GATEWAY_LOST = frozenset({504, 520, 524})
TROUBLES = {401: Trouble.HOST, 429: Trouble.PACE} | dict.fromkeys(NEVER_ABLE, Trouble.MESSAGE)

# Longer than any alert lives; keeps "10^9 seconds" from overflowing somebody's date.
LONGEST_PAUSE = 30 * 24 * 3600.0
SECONDS = re.compile(r"[0-9]{1,12}")
DATE_LENGTH = 64

PLAIN_REASONS: Mapping[int, Phrase] = {
    400: Phrase("%(host)s did not understand the request (400)"),
    401: Phrase("%(host)s refused the credentials (401): the token or key must be renewed"),
    403: Phrase("%(host)s forbids this (403): the account lacks the right"),
    404: Phrase("%(host)s has nothing at this address (404)"),
    410: Phrase("%(host)s says that this address is gone for good (410)"),
    413: Phrase("%(host)s finds the message too large (413)"),
    422: Phrase("%(host)s refused the content (422)"),
    429: Phrase("%(host)s limits the rate (429)"),
    503: Phrase("%(host)s is overloaded or under maintenance (503)"),
}


def exchange(
    hub: Surroundings,
    method: str,
    url: str,
    *,
    deadline: float,
    headers: Mapping[str, str] | None = None,
    data: bytes | None = None,
    also: Container[int] = (),
    bulk: bool = False,
) -> Answer:
    """One request, and its answer if the status is 2xx or one of ``also``.

    Args:
        hub: lends the client and the clock.
        method: in upper case.
        url: where to.
        deadline: seconds for the whole exchange.
        headers: sent as they are.
        data: the body.
        also: statuses that the adapter wants to judge by itself.
        bulk: whether it is one of thousands.

    Raises:
        TransientChannelError, PermanentChannelError, UnknownOutcomeError: by the table of this module.
    """
    try:
        send = hub.http.bulk if bulk else hub.http.request
        response = send(method, url, deadline=deadline, headers=headers, data=data)
    except AddressRefused as error:
        raise PermanentChannelError(error.reason) from error
    except NotSent as error:
        raise TransientChannelError(error.reason, trouble=Trouble.HOST) from error
    except AnswerLost as error:
        raise UnknownOutcomeError(error.reason) from error
    if response.status_code in SUCCESS or response.status_code in also:
        return response
    raise failure(response, hub.clock.now())


def failure(response: Answer, now: datetime) -> ChannelError:
    """The outcome that an answer without success stands for."""
    status = response.status_code
    host = _host(response.url)
    reason = Phrase(PLAIN_REASONS[status].msgid, host=host) if status in PLAIN_REASONS else None
    if status in TRY_LATER or (status in SERVER_ERROR and status not in NEVER_ABLE | GATEWAY_LOST):
        reason = reason or Phrase("%(host)s answered with the error %(status)s", host=host, status=status)
        pause = retry_after(response.headers.get("Retry-After"), now)
        return TransientChannelError(reason, pause, _trouble(status))
    if status in GATEWAY_LOST:
        return UnknownOutcomeError(
            Phrase("a gateway of %(host)s lost the answer (%(status)s)", host=host, status=status)
        )
    if status in REDIRECT:
        return PermanentChannelError(
            Phrase("%(host)s points to another address (%(status)s), which is not followed", host=host, status=status)
        )
    reason = reason or Phrase("%(host)s refused the message (%(status)s)", host=host, status=status)
    return PermanentChannelError(reason, _trouble(status))


def retry_after(value: str | None, now: datetime) -> float | None:
    """The pause in seconds that a ``Retry-After`` header asks for (RFC 9110 10.2.3), or ``None`` if it asks for none.

    A date in the past and a negative number ask for nothing. Anything longer than `LONGEST_PAUSE` is cut to it.
    """
    value = (value or "").strip()
    if SECONDS.fullmatch(value):
        return min(float(value), LONGEST_PAUSE)
    if not value or len(value) > DATE_LENGTH:
        return None
    try:
        moment = parsedate_to_datetime(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        seconds = (moment - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(seconds, LONGEST_PAUSE) if seconds > 0 else None


def json_object(response: Answer) -> dict[str, Any]:
    """The JSON object in an answer of success.

    Raises:
        UnknownOutcomeError: there is none; something between us and the channel may have answered in its place.
    """
    try:
        found = response.json()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UnknownOutcomeError(Phrase("%(host)s answered without the expected content", host=_host(response.url)))
    return found


def _trouble(status: int) -> Trouble:
    return TROUBLES.get(status, Trouble.HOST if status in SERVER_ERROR else Trouble.MESSAGE)


def _host(url: str | None) -> str:
    return (url or "").partition("://")[2].partition("/")[0]
