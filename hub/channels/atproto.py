"""One account on a server of the AT Protocol: its session, its calls, what its refusals mean.

Sources: atproto.com/specs (xrpc, tid, record-key), the lexicons ``com.atproto.server.*``, docs.bsky.app on rate limits,
and what the reference server (``@atproto/pds`` 0.4.217) was seen to answer:

* A token that is over is refused with 400 ``ExpiredToken``, one that the server does not know with ``InvalidToken``,
  before anything is done: the call may be made again with a fresh one.
* Logging in is limited to few times a day, renewing a session is not. So a session is kept and renewed; it lives in
  memory only, and each process logs in once.
* 429 comes without ``Retry-After``; ``RateLimit-Reset`` is the second since 1970 at which the limit is over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from hub.channels.contract import (
    ChannelError,
    PermanentChannelError,
    Surroundings,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from hub.channels.http import LONGEST_PAUSE, SECONDS, SUCCESS, exchange, failure, json_object
from hub.kernel.http import Answer
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret

SHORTEST_DEADLINE = 0.1
# Refusals that say what is wrong in their body.
WORDED = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
)
WORN_OUT = frozenset({"ExpiredToken", "InvalidToken"})
LONGEST_DETAIL = 200
# Larger numbers of seconds are a date.
FIRST_DATE = 10**9
# A TID is 13 digits of five bits: microseconds since 1970 in 53 bits, then 10 bits that tell clocks apart.
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
DIGIT_BITS, DIGIT_COUNT = 5, 13
CLOCK_BITS = 10
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Session:
    """Who we are there, and the two tokens that prove it."""

    did: str
    access: Secret
    refresh: Secret


class Account:
    """One account. Shared by all threads: two that log in at once have two sessions, and the later one is kept.

    Args:
        hub: lends the client and the clock.
        service: the address of the server, without a path. No address that a server names is ever used.
        handle: the name to log in with.
        password: the app password.
    """

    def __init__(self, hub: Surroundings, service: str, handle: str, password: Secret) -> None:
        self._hub = hub
        self._service = service
        self._host = service.partition("://")[2]
        self._handle = handle
        self._password = password
        self._session: Session | None = None

    def session(self, end: float) -> Session:
        """The session, after logging in if there is none.

        Args:
            end: when the time for it is over (`time.monotonic`).

        Raises:
            TransientChannelError, PermanentChannelError, UnknownOutcomeError: logging in failed.
        """
        if self._session is None:
            content = {"identifier": self._handle, "password": self._password.reveal()}
            self._session = self._begun(self._exchange("POST", "com.atproto.server.createSession", end, None, content))
        return self._session

    def call(
        self,
        method: str,
        name: str,
        end: float,
        *,
        query: Mapping[str, str] | None = None,
        content: Mapping[str, Any] | None = None,
    ) -> Answer:
        """One call, made once more with a fresh token if its token is over. Its answer may be a worded refusal.

        Raises:
            TransientChannelError, PermanentChannelError, UnknownOutcomeError: by `hub.channels.http`.
        """
        method_name = f"{name}?{urlencode(query)}" if query else name
        with before_it():
            session = self.session(end)
        answer = self._exchange(method, method_name, end, session.access, content)
        if error_of(answer) not in WORN_OUT:
            return answer
        with before_it():
            session = self._renewed(session, end)
        return self._exchange(method, method_name, end, session.access, content)

    def refusal(self, answer: Answer) -> ChannelError:
        """What an answer that is no success means, in the server's own words where it has some."""
        now = self._hub.clock.now()
        known = failure(answer, now)
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            pause = getattr(known, "retry_after", None) or rate_pause(answer, now)
            return TransientChannelError(known.reason, pause, Trouble.PACE)
        words = _words(answer)
        if not words or not isinstance(known, PermanentChannelError):
            return known
        reason = Phrase("%(host)s refused it: %(detail)s", host=self._host, detail=words)
        if error_of(answer) in WORN_OUT:  # not even a fresh token is taken: the server has a trouble of its own
            return TransientChannelError(reason, trouble=Trouble.HOST)
        return PermanentChannelError(reason, known.trouble)

    def _renewed(self, worn: Session, end: float) -> Session:
        """A fresh session: the worn one renewed, or a new one where the server refuses to."""
        if self._session is worn:
            answer = self._exchange("POST", "com.atproto.server.refreshSession", end, worn.refresh)
            if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                raise self.refusal(answer)
            self._session = self._begun(answer) if answer.status_code in SUCCESS else None
        return self.session(end)

    def _begun(self, answer: Answer) -> Session:
        if error_of(answer) == "AuthenticationRequired":
            reason = Phrase("%(host)s refused the account's name or its app password", host=self._host)
            raise PermanentChannelError(reason, Trouble.HOST)
        if answer.status_code not in SUCCESS:
            wrong = self.refusal(answer)
            wrong.trouble = wrong.trouble if wrong.trouble == Trouble.PACE else Trouble.HOST
            raise wrong
        found = json_object(answer)
        did, access, refresh = (found.get(key) for key in ("did", "accessJwt", "refreshJwt"))
        if not (isinstance(did, str) and isinstance(access, str) and isinstance(refresh, str)):
            raise UnknownOutcomeError(Phrase("the server answered without a session"))
        return Session(did, Secret(access), Secret(refresh))

    def _exchange(
        self, method: str, name: str, end: float, token: Secret | None, content: Mapping[str, Any] | None = None
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token.reveal()}"} if token else {}
        data = None
        if content is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(content, ensure_ascii=False).encode()
        left = max(end - monotonic(), SHORTEST_DEADLINE)
        address = f"{self._service}/xrpc/{name}"
        return exchange(self._hub, method, address, deadline=left, headers=headers, data=data, also=WORDED)


@contextmanager
def before_it() -> Iterator[None]:
    """What goes wrong in here goes wrong before the message itself is handed over: nothing is in doubt."""
    try:
        yield
    except UnknownOutcomeError as error:
        raise TransientChannelError(error.reason, trouble=error.trouble) from error


def error_of(answer: Answer) -> str:
    """The name of the error in an answer; empty if there is none."""
    return str(_body(answer).get("error", "")) if answer.status_code not in SUCCESS else ""


def rate_pause(answer: Answer, now: datetime) -> float | None:
    """The seconds until ``RateLimit-Reset``; ``None`` if the answer does not tell, or the moment is over."""
    value = (answer.headers.get("RateLimit-Reset") or "").strip()
    if not SECONDS.fullmatch(value):
        return None
    seconds = float(value) if int(value) < FIRST_DATE else float(value) - now.timestamp()
    return min(seconds, LONGEST_PAUSE) if seconds > 0 else None


def tid(moment: datetime, key: str) -> str:
    """A record key of the kind that posts must have, the same for the same moment and key.

    Its seconds are those of the moment, so that records lie in their order. What a TID has below a second, and the bits
    that tell clocks apart, are 30 bits of the key's digest: two messages within one second get two records.
    """
    digest = int.from_bytes(sha256(key.encode()).digest()[:8])
    micros = int(moment.timestamp()) * MICROSECONDS + digest % MICROSECONDS
    number = micros << CLOCK_BITS | digest // MICROSECONDS % 2**CLOCK_BITS
    highest = DIGIT_BITS * (DIGIT_COUNT - 1)
    return "".join(DIGITS[number >> shift & (2**DIGIT_BITS - 1)] for shift in range(highest, -1, -DIGIT_BITS))


def _words(answer: Answer) -> str:
    body = _body(answer)
    parts = [part for part in (body.get("error"), body.get("message")) if isinstance(part, str) and part]
    return "".join(sign for sign in ": ".join(parts) if sign.isprintable())[:LONGEST_DETAIL]


def _body(answer: Answer) -> Mapping[str, Any]:
    try:
        return json_object(answer)
    except UnknownOutcomeError:
        return {}
