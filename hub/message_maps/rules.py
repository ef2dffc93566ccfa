"""What reading and checking message maps must know of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.channels.text import LED_COLUMNS, LED_LINES, SMS_SEGMENTS


@dataclass(frozen=True, slots=True)
class Rules:
    """What the linter must know of the installation: languages of the site, hosts that may be linked, house limits.

    ``today``: the day on which a map is looked at, for overdue reviews (LIF-08); without it they are not looked for.
    """

    languages: tuple[str, ...] = ("fr", "en")
    link_hosts: tuple[str, ...] = ()
    sms_segments: int = SMS_SEGMENTS
    led_lines: int = LED_LINES
    led_columns: int = LED_COLUMNS
    today: date | None = None
