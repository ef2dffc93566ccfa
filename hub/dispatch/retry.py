"""What follows from the outcome of an attempt: pure rules, time and chance are given."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.dispatch.models import FAST_LANE, SLOW_LANE
from hub.dispatch.states import AttemptOutcome, DeliveryState
from hub.kernel.settings import DeliverySettings

# The pause is drawn from this share of the back-off upwards: many failures at once must not come back at once.
LEAST_SHARE = 0.5
# A host that asked for a pause gets it in full, and a little chance on top.
AFTER_REQUEST_SHARE = 0.1
# Beyond it the back-off has long reached any longest pause that the settings allow.
MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules must know of a delivery: how often it was tried, since when, until when, and on what channel."""

    number: int
    first_attempt_at: datetime
    expires: datetime
    doubtful: bool
    idempotent: bool
    window: timedelta | None

    def may_repeat(self, moment: datetime) -> bool:
        """Whether an attempt at ``moment`` could do no harm although an earlier one may have been accepted."""
        if not self.idempotent:
            return False
        return self.window is None or moment < self.first_attempt_at + self.window


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a delivery stands after an attempt; ``next_attempt_at`` counts when it is due again."""

    state: DeliveryState
    next_attempt_at: datetime
    doubtful: bool


def pause(
    number: int, settings: DeliverySettings, chance: random.Random, retry_after: float | None = None
) -> timedelta:
    """The time until the next attempt after attempt ``number`` (1 is the first).

    Jittered exponential back-off from ``retry_first_seconds`` to ``retry_longest_seconds``. A request of the far side
    for a longer pause (``Retry-After``, RFC 9110 section 10.2.3) is honoured up to ``retry_longest_seconds``.
    """
    longest = settings.retry_longest_seconds
    backoff = min(longest, settings.retry_first_seconds * 2.0 ** min(number - 1, MOST_DOUBLINGS))
    seconds = backoff * chance.uniform(LEAST_SHARE, 1)
    if retry_after is not None and not math.isnan(retry_after) and retry_after > seconds:
        asked = min(retry_after, longest)
        seconds = asked + min(asked, settings.retry_first_seconds) * chance.uniform(0, AFTER_REQUEST_SHARE)
    return timedelta(seconds=seconds)


def lane_after(seconds: float, settings: DeliverySettings) -> int:
    """The lane of the next attempt: the slow one if this one used up what the fast lane allows."""
    return SLOW_LANE if seconds >= min(settings.first_try_seconds, settings.deadline_seconds) else FAST_LANE


def verdict(outcome: AttemptOutcome, standing: Standing, now: datetime, wait: timedelta) -> Verdict:
    """Where the delivery stands now.

    A delivery that may have been accepted once is never called failed or expired: that would be a guess.
    """
    doubtful = standing.doubtful or outcome == AttemptOutcome.UNKNOWN
    if outcome == AttemptOutcome.ACCEPTED:
        return Verdict(DeliveryState.ACCEPTED, now, doubtful=False)
    if outcome == AttemptOutcome.NOT_SENT:
        return Verdict(DeliveryState.DUE, now, doubtful=doubtful)
    again = now + wait
    if outcome == AttemptOutcome.PERMANENT:
        final = DeliveryState.FAILED
    elif again < standing.expires and (not doubtful or standing.may_repeat(again)):
        return Verdict(DeliveryState.DUE, again, doubtful=doubtful)
    else:
        final = DeliveryState.EXPIRED
    return Verdict(DeliveryState.UNKNOWN if doubtful else final, now, doubtful=doubtful)
