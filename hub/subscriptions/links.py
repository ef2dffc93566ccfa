"""Signed links: who follows one acts for one subscription and for one purpose, without an account.

A link to confirm ends and is good once; the others are good as long as the subscription. With the subscription, all of
them are dead.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from enum import StrEnum

from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.sealing import derived_key, keyed_hash
from hub.kernel.settings import Settings

FOR_LINKS = b"tocsin: links of subscribers, 1"
# 128 bits: nobody guesses at that over a network.
SIGNATURE_LENGTH = 32
TOKEN = re.compile(r"([cmu])\.([0-9a-f]{32})\.(\d{1,12})\.(\d{1,6})\.([0-9a-f]{32})", re.ASCII)


class Use(StrEnum):
    """What a link is for."""

    CONFIRM = "c"
    MANAGE = "m"
    UNSUBSCRIBE = "u"


def token(settings: Settings, use: Use, subscription_id: str, until: datetime | None = None, number: int = 0) -> str:
    """The signed part of a link; ``until`` is when it ends, ``number`` that of the letter in which it stands."""
    said = f"{use}.{subscription_id}.{int(until.timestamp()) if until else 0}.{number}"
    return f"{said}.{_signature(settings, said)}"


def read(settings: Settings, use: Use, text: str, now: datetime) -> tuple[str, int]:
    """The subscription and the letter that a link is for.

    Raises:
        NotFound: it is forged, for another use, or over; one answer for all.
    """
    found = TOKEN.fullmatch(text)
    said = text.rpartition(".")[0]
    if not (found and hmac.compare_digest(found[5], _signature(settings, said)) and found[1] == use):
        raise no_such_link()
    ends = int(found[3])
    if ends and datetime.fromtimestamp(ends, UTC) <= now:
        raise no_such_link()
    return found[2], int(found[4])


def no_such_link() -> NotFound:
    """What is said of every link that is not good, whatever the reason."""
    return NotFound(
        Phrase("This link is not good any more: it was used, it is too old, or the subscription has ended. Ask anew.")
    )


def url(settings: Settings, use: Use, signed: str) -> str:
    """The address of a link. The public pages serve these paths."""
    path = {Use.CONFIRM: "confirmer", Use.MANAGE: "choix", Use.UNSUBSCRIBE: "fin"}[use]
    return f"{settings.site.base_url.rstrip('/')}/abonnements/{path}/{signed}"


def _signature(settings: Settings, said: str) -> str:
    return keyed_hash(derived_key(settings, FOR_LINKS), said)[:SIGNATURE_LENGTH]
