"""How fast, and whether at all: token buckets and circuit breakers as pure rules; time is given."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.kernel.settings import DeliverySettings

MINUTE = 60.0
# A bucket holds what comes in ten seconds: twice the longest polling interval, so that no token is lost between two.
BURST_SHARE = 6.0
# What a host gets after it has said for the first time that we are too fast, a minute: one attempt a second. Half of
# that after each further time; never less than one every half minute.
FIRST_PACE = 60.0
SLOWEST_PACE = 2.0
# The pace doubles after each half minute without complaint, and is free again beyond this many a minute.
RECOVERY = timedelta(seconds=30)
FREE_PACE = 1000.0
# Beyond it any pause has long reached the longest, and any pace is free.
MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket; see `hub.dispatch.gate_models.RateBucket`."""

    per_minute: float
    tokens: float
    refilled_at: datetime
    slowed_at: datetime | None = None

    def pace(self, now: datetime) -> float:
        """Tokens a minute at this moment: that of a slowed host recovers."""
        if self.slowed_at is None:
            return self.per_minute
        doublings = min(max(0, (now - self.slowed_at) // RECOVERY), MOST_DOUBLINGS)
        return self.per_minute * 2.0**doublings

    def at(self, now: datetime) -> Bucket:
        """The bucket with what has come in until ``now``. In a pause nothing comes; a clock set back takes nothing."""
        if now <= self.refilled_at:
            return self
        pace = self.pace(now)
        come = (now - self.refilled_at).total_seconds() * pace / MINUTE
        return replace(self, tokens=min(_burst(pace), self.tokens + come), refilled_at=now)

    def recovered(self, now: datetime) -> bool:
        """Whether a slowed host may be sent to freely again."""
        return self.slowed_at is not None and self.pace(now) > FREE_PACE


def full(per_minute: float, now: datetime) -> Bucket:
    """A bucket that nobody has taken from yet."""
    return Bucket(per_minute, _burst(per_minute), now)


def slowed(known: Bucket | None, retry_after: float | None, now: datetime, settings: DeliverySettings) -> Bucket:
    """The bucket of a host that says that we are too fast.

    It pauses for as long as it asked (``Retry-After``, RFC 9110 section 10.2.3), up to ``retry_longest_seconds``, and
    goes on at half its pace. Attempts that were under way together are one complaint: within the pause it is only made
    longer.
    """
    asked = settings.retry_first_seconds if retry_after is None or math.isnan(retry_after) else retry_after
    until = now + timedelta(seconds=min(max(asked, 0.0), settings.retry_longest_seconds))
    if known is None:
        return Bucket(FIRST_PACE, 0.0, until, until)
    if known.slowed_at is not None and now < known.slowed_at:
        until = max(until, known.slowed_at)
        return Bucket(known.per_minute, 0.0, until, until)
    return Bucket(max(SLOWEST_PACE, known.pace(now) / 2), 0.0, until, until)


@dataclass(frozen=True, slots=True)
class Event:
    """What one attempt says about its host: it lives, or it fails. ``token`` is that of the claim."""

    alive: bool
    token: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """A circuit breaker; see `hub.dispatch.gate_models.Circuit`. Closed while ``open_until`` is ``None``."""

    failures: int = 0
    trips: int = 0
    open_until: datetime | None = None
    probe_token: str | None = None

    def after(self, events: Iterable[Event], now: datetime, settings: DeliverySettings) -> Breaker:
        """Where it stands after attempts that ended in this order."""
        stands = self
        for event in events:
            stands = Breaker() if event.alive else stands._failed(event, now, settings)
        return stands

    def _failed(self, event: Event, now: datetime, settings: DeliverySettings) -> Breaker:
        failures = self.failures + 1
        opens = self.open_until is None and failures >= settings.breaker_failures
        if not opens and (self.open_until is None or event.token != self.probe_token):
            # Not enough yet; or it was under way when the circuit opened, and says nothing new.
            return replace(self, failures=failures)
        pause = settings.breaker_pause_seconds * 2.0 ** min(self.trips, MOST_DOUBLINGS)
        asked = event.retry_after if event.retry_after is not None and not math.isnan(event.retry_after) else 0.0
        seconds = min(max(pause, asked), settings.retry_longest_seconds)
        return Breaker(failures, self.trips + 1, now + timedelta(seconds=seconds))


def _burst(per_minute: float) -> float:
    return max(1.0, per_minute / BURST_SHARE)
