"""When an alert ends: always, and in the time of the town."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase

FIELD = "expires"
LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)


def check(text: str, *, sent: datetime, longest: timedelta, zone: ZoneInfo) -> tuple[datetime | None, list[Fault]]:
    """The end of an alert as typed, ``YYYY-MM-DDTHH:MM`` in the town's time, or what is wrong with it.

    An hour that exists twice, in the autumn, is taken as the later one: an alert must not end before people expect it.

    Args:
        text: what was typed.
        sent: the moment of sending.
        longest: how long an alert may last.
        zone: the town's time zone.
    """
    moment = read(text, zone)
    if moment is None:
        phrase = Phrase("Give a date and a time that exist, such as %(example)s.", example=example(sent, zone))
        return None, [Fault(FIELD, phrase)]
    if moment <= sent:
        return None, [Fault(FIELD, Phrase("The end of the alert must lie in the future."))]
    if moment > sent + longest:
        hours = int(longest.total_seconds() // 3600)
        return None, [Fault(FIELD, Phrase("The end of the alert must lie within %(hours)s hours.", hours=hours))]
    return moment, []


def read(text: str, zone: ZoneInfo) -> datetime | None:
    """The moment of a text ``YYYY-MM-DDTHH:MM`` in a zone; ``None`` when there is no such moment."""
    if not LOCAL.fullmatch(text):
        return None
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=zone, fold=1)
        moment = datetime.fromtimestamp(local.timestamp(), zone)
    except (ValueError, OverflowError):
        return None
    # In the spring an hour is left out; a time within it comes back as another one.
    exists = moment.replace(tzinfo=None) == local.replace(tzinfo=None, fold=moment.fold)
    return moment.astimezone(UTC) if exists else None


def example(sent: datetime, zone: ZoneInfo) -> str:
    """Such a text, some hours ahead."""
    return (sent.astimezone(zone) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M")
