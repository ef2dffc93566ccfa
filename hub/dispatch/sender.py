"""One attempt: the last checks, the call of the adapter, and what follows from its outcome. No database in here."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.cap.vocabulary import Status
from hub.channels.contract import (
    Acceptance,
    Channel,
    Outgoing,
    PermanentChannelError,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from hub.dispatch.lease import TOO_LATE, Claimed
from hub.dispatch.models import FAST_LANE
from hub.dispatch.retry import Standing, Verdict, lane_after, pause, verdict
from hub.dispatch.states import AttemptOutcome, DeliveryState
from hub.kernel.clock import Clock
from hub.kernel.phrase import Phrase
from hub.kernel.settings import DeliverySettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """An attempt that has ended, and where its delivery stands now.

    ``seconds`` is the time that the channel took. ``trouble`` is what it says about the host, ``retry_after`` the pause
    in seconds that the host asked for.
    """

    claimed: Claimed
    outcome: AttemptOutcome
    verdict: Verdict
    lane: int
    ended_at: datetime
    reason: Phrase | None = None
    acceptance: Acceptance | None = None
    seconds: float = 0.0
    trouble: Trouble = Trouble.MESSAGE
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    outcome: AttemptOutcome
    reason: Phrase | None = None
    acceptance: Acceptance | None = None
    retry_after: float | None = None
    trouble: Trouble = Trouble.MESSAGE


class Sender:
    """Makes attempts; one for all threads.

    Args:
        channels: the configured channels.
        settings: deadlines and pauses.
        clock: the time.
        chance: the jitter of pauses.
    """

    def __init__(
        self, channels: Mapping[str, Channel], settings: DeliverySettings, clock: Clock, chance: random.Random
    ) -> None:
        self._channels = channels
        self._settings = settings
        self._clock = clock
        self._chance = chance

    def attempt(self, claimed: Claimed) -> Result:
        """One attempt. Never raises: whatever an adapter does, the delivery gets an outcome."""
        channel = self._channels.get(claimed.channel_id)
        now = self._clock.now()
        if channel is None:
            reason = Phrase("the channel %(channel)s is no longer set up", channel=claimed.channel_id)
            return self._refused(claimed, now, reason)
        if claimed.status != Status.ACTUAL and not channel.exercise:
            reason = Phrase("the channel %(channel)s does not take exercises", channel=claimed.channel_id)
            return self._refused(claimed, now, reason)
        if not claimed.body:
            return self._refused(claimed, now, Phrase("what was to be sent is missing or damaged in the database"))
        standing = _standing(claimed, channel)
        deadline = self._deadline(claimed, channel)
        unsent = self._unsent(claimed, standing, deadline, now)
        if unsent:
            return unsent
        started = time.monotonic()
        answer = _call(channel, claimed, deadline)
        seconds = time.monotonic() - started
        now = self._clock.now()
        wait = pause(claimed.number, self._settings, self._chance, answer.retry_after)
        return Result(
            claimed,
            answer.outcome,
            verdict(answer.outcome, standing, now, wait),
            lane_after(seconds, self._settings),
            now,
            answer.reason,
            answer.acceptance,
            seconds,
            answer.trouble,
            answer.retry_after,
        )

    def given_back(self, claimed: Claimed) -> Result:
        """The result of an attempt that was not made: due again at once, for anyone."""
        now = self._clock.now()
        stands = Verdict(DeliveryState.DUE, now, doubtful=claimed.doubtful)
        return Result(claimed, AttemptOutcome.NOT_SENT, stands, claimed.lane, now)

    def _deadline(self, claimed: Claimed, channel: Channel) -> float:
        full = self._settings.deadline_seconds
        # Cut short, an attempt on any other channel would end as unknown and could not be made again.
        quick = channel.adapter.idempotent and claimed.lane == FAST_LANE
        return min(full, self._settings.first_try_seconds) if quick else full

    def _unsent(self, claimed: Claimed, standing: Standing, deadline: float, now: datetime) -> Result | None:
        if claimed.expires <= now:
            reason = TOO_LATE
            final = DeliveryState.UNKNOWN if claimed.doubtful else DeliveryState.EXPIRED
        elif claimed.doubtful and not standing.may_repeat(now):
            reason = Phrase("it may have arrived, and it is too late to repeat it safely")
            final = DeliveryState.UNKNOWN
        elif now + timedelta(seconds=deadline) > claimed.lease_until:
            # The answer would come when another dispatcher may already have taken over.
            return self.given_back(claimed)
        else:
            return None
        stands = Verdict(final, now, doubtful=claimed.doubtful)
        return Result(claimed, AttemptOutcome.NOT_SENT, stands, claimed.lane, now, reason)

    def _refused(self, claimed: Claimed, now: datetime, reason: Phrase) -> Result:
        final = DeliveryState.UNKNOWN if claimed.doubtful else DeliveryState.FAILED
        stands = Verdict(final, now, doubtful=claimed.doubtful)
        return Result(claimed, AttemptOutcome.NOT_SENT, stands, claimed.lane, now, reason)


def _standing(claimed: Claimed, channel: Channel) -> Standing:
    return Standing(
        number=claimed.number,
        first_attempt_at=claimed.first_attempt_at,
        expires=claimed.expires,
        doubtful=claimed.doubtful,
        idempotent=channel.adapter.idempotent,
        window=channel.adapter.idempotency_window,
    )


def _call(channel: Channel, claimed: Claimed, deadline: float) -> _Answer:
    outgoing = Outgoing(
        publication_id=claimed.publication_id,
        body=claimed.body,
        destination=claimed.destination,
        idempotency_key=claimed.idempotency_key,
        deadline=deadline,
        first_attempt_at=claimed.first_attempt_at,
        follows=claimed.follows,
    )
    try:
        acceptance: object = channel.adapter.send(outgoing)
        if isinstance(acceptance, Acceptance):
            return _Answer(AttemptOutcome.ACCEPTED, acceptance=acceptance)
        log.error("channel %s returned no acceptance for delivery %s", channel.id, claimed.delivery_id)
    except TransientChannelError as error:
        return _Answer(AttemptOutcome.TRANSIENT, error.reason, retry_after=error.retry_after, trouble=error.trouble)
    except PermanentChannelError as error:
        return _Answer(AttemptOutcome.PERMANENT, error.reason, trouble=error.trouble)
    except UnknownOutcomeError as error:
        return _Answer(AttemptOutcome.UNKNOWN, error.reason)
    except BaseException:  # no flaw of one adapter, not even SystemExit, may end a thread that serves all of them
        log.exception("channel %s failed on delivery %s in a way it should not", channel.id, claimed.delivery_id)
    # Nobody knows how far it got.
    return _Answer(AttemptOutcome.UNKNOWN, Phrase("the channel failed unexpectedly; it may have arrived"))
