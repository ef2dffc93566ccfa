"""The rules of retries, as tables."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.dispatch.models import FAST_LANE, SLOW_LANE
from hub.dispatch.retry import Standing, lane_after, pause, verdict
from hub.dispatch.states import MOVES, AttemptOutcome, DeliveryState
from tests.dispatch.post import SETTINGS

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
WAIT = timedelta(seconds=10)
FRESH = Standing(
    number=1,
    first_attempt_at=NOW,
    expires=NOW + timedelta(hours=1),
    doubtful=False,
    idempotent=True,
    window=None,
)
ONCE = replace(FRESH, idempotent=False)
WINDOW = replace(FRESH, window=timedelta(minutes=50))
LATE = replace(WINDOW, first_attempt_at=NOW - timedelta(minutes=50) + WAIT)
ENDING = replace(FRESH, expires=NOW + WAIT)


@pytest.mark.parametrize(
    ("outcome", "standing", "state"),
    [
        ("accepted", FRESH, "accepted"),
        ("accepted", replace(FRESH, doubtful=True), "accepted"),
        ("permanent", FRESH, "failed"),
        ("permanent", replace(FRESH, doubtful=True), "unknown"),
        ("transient", FRESH, "due"),
        ("transient", ONCE, "due"),
        ("transient", LATE, "due"),  # nothing was accepted: the window does not matter
        ("transient", replace(LATE, doubtful=True), "unknown"),
        ("transient", replace(WINDOW, doubtful=True), "due"),
        ("transient", ENDING, "expired"),
        ("transient", replace(ENDING, doubtful=True), "unknown"),
        ("transient", replace(ONCE, doubtful=True), "unknown"),
        ("unknown", FRESH, "due"),
        ("unknown", ONCE, "unknown"),
        ("unknown", WINDOW, "due"),
        ("unknown", LATE, "unknown"),
        ("unknown", ENDING, "unknown"),
        ("not_sent", ONCE, "due"),
    ],
)
def test_what_follows_from_an_outcome(outcome, standing, state):
    found = verdict(AttemptOutcome(outcome), standing, NOW, WAIT)
    assert found.state == state
    assert found.state in MOVES[DeliveryState.LEASED]
    if state == "due":
        assert found.next_attempt_at == (NOW if outcome == "not_sent" else NOW + WAIT)


def test_a_doubt_stays_until_an_acceptance_ends_it():
    assert verdict(AttemptOutcome.UNKNOWN, FRESH, NOW, WAIT).doubtful
    doubtful = replace(FRESH, doubtful=True)
    assert verdict(AttemptOutcome.TRANSIENT, doubtful, NOW, WAIT).doubtful
    assert not verdict(AttemptOutcome.ACCEPTED, doubtful, NOW, WAIT).doubtful


@pytest.mark.parametrize(
    ("number", "least", "most"), [(1, 1, 2), (2, 2, 4), (3, 4, 8), (8, 128, 256), (9, 150, 300), (100_000, 150, 300)]
)
def test_the_back_off_doubles_with_jitter_up_to_the_longest_pause(number, least, most):
    chance = random.Random(1)
    found = [pause(number, SETTINGS, chance).total_seconds() for _ in range(200)]
    assert least <= min(found) < max(found) <= most
    assert max(found) - min(found) > (most - least) / 2


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        (None, 1, 2),
        (0, 1, 2),
        (-30, 1, 2),
        (float("nan"), 1, 2),
        (60, 60, 60.2),
        (10**9, 300, 300.2),
        (float("inf"), 300, 300.2),
    ],
)
def test_a_request_for_a_pause_is_honoured_and_capped(asked, least, most):
    chance = random.Random(1)
    found = [pause(1, SETTINGS, chance, asked).total_seconds() for _ in range(200)]
    assert least <= min(found)
    assert max(found) <= most


@pytest.mark.parametrize(("seconds", "lane"), [(0.1, FAST_LANE), (3.9, FAST_LANE), (4.0, SLOW_LANE), (15.0, SLOW_LANE)])
def test_a_time_out_leads_to_the_slow_lane(seconds, lane):
    assert lane_after(seconds, SETTINGS) == lane


def test_only_an_officer_moves_a_delivery_out_of_a_final_state():
    assert (
        MOVES[DeliveryState.ACCEPTED] == MOVES[DeliveryState.CANCELLED] == MOVES[DeliveryState.EXPIRED] == frozenset()
    )
    assert MOVES[DeliveryState.FAILED] == {DeliveryState.DUE}
