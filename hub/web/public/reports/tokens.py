"""The signed token of the public form: when the form was given out, and a number of its own.

It is no protection against forged requests, and none is needed: the form acts for nobody. Whoever makes a visitor's
browser send it gains nothing over sending it themselves; a cookie to prevent that would be the only one of the public
pages. The token makes a second click the same report again, and makes programs wait as long as a person needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from hub.kernel.ids import new_id

# A form that is left open over a night shift is still good.
LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Token:
    """One form that was given out. ``text`` goes into the page and comes back."""

    number: str
    made_at: datetime
    text: str


def issue(now: datetime) -> Token:
    """A token for a fresh form."""
    number = new_id()
    return Token(number, now, str(_signer().dumps([number, int(now.timestamp())])))


def read(text: str, now: datetime) -> Token | None:
    """The token of a form that came back; ``None`` when it is missing, forged or too old."""
    try:
        number, seconds = _signer().loads(text)
    except BadData:
        return None
    made_at = datetime.fromtimestamp(seconds, UTC)
    return Token(number, made_at, text) if now - made_at <= LASTS else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="hub.report")
