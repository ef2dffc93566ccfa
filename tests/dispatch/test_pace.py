"""Paces and breakers: rules of time and counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.dispatch.pace import FIRST_PACE, SLOWEST_PACE, Breaker, Bucket, Event, full, slowed
from tests.dispatch.post import SETTINGS

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
RULES = replace(SETTINGS, breaker_failures=3, breaker_pause_seconds=30.0, retry_longest_seconds=100.0)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("per_minute", "seconds", "tokens"),
    [(60, 0, 0), (60, 1, 1), (60, 5, 5), (60, 100, 10), (6, 5, 0.5), (6, 10, 1), (6, 1000, 1), (60, -5, 0)],
)
def test_tokens_come_at_the_pace_and_up_to_ten_seconds_worth(per_minute, seconds, tokens):
    assert Bucket(per_minute, 0.0, NOW).at(after(seconds)).tokens == pytest.approx(tokens)


def test_a_new_bucket_is_full():
    assert (full(600, NOW).tokens, full(1, NOW).tokens) == (100, 1)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [(None, 2), (0, 0), (7, 7), (10**9, 100), (-5, 0), (float("nan"), 2), (float("inf"), 100)],
)
def test_a_complaint_is_a_pause_and_then_a_slow_pace(retry_after, seconds):
    bucket = slowed(None, retry_after, NOW, RULES)
    assert (bucket.per_minute, bucket.refilled_at) == (FIRST_PACE, after(seconds))
    assert bucket.at(after(seconds)).tokens == 0
    assert bucket.at(after(seconds + 1)).tokens == pytest.approx(1)


def test_each_further_complaint_halves_the_pace_down_to_the_slowest():
    bucket, seconds, paces = None, 0.0, []
    for _ in range(8):
        bucket = slowed(bucket, 5, after(seconds), RULES)
        paces.append(bucket.per_minute)
        seconds += 6
    assert paces == [60, 30, 15, 7.5, 3.75, SLOWEST_PACE, SLOWEST_PACE, SLOWEST_PACE]


def test_complaints_within_the_pause_are_one():
    first = slowed(None, 10, NOW, RULES)
    shorter = slowed(first, 3, after(1), RULES)
    longer = slowed(first, 60, after(1), RULES)
    assert (shorter.per_minute, shorter.refilled_at) == (FIRST_PACE, after(10))
    assert (longer.per_minute, longer.refilled_at) == (FIRST_PACE, after(61))


def test_without_complaint_the_pace_recovers_until_it_is_free():
    bucket = slowed(None, 0, NOW, RULES)
    assert [bucket.pace(after(s)) for s in (0, 29, 30, 60, 90, 120)] == [60, 60, 120, 240, 480, 960]
    assert not bucket.recovered(after(149))
    assert bucket.recovered(after(150))
    assert not full(60_000, NOW).recovered(after(150))
    assert bucket.recovered(after(10**9))


def events(pattern: str, token: str = "t") -> list[Event]:  # noqa: S107 - no secret
    return [Event(mark == "+", token) for mark in pattern]


@pytest.mark.parametrize(
    ("pattern", "failures", "opened"),
    [("", 0, False), ("--", 2, False), ("---", 3, True), ("--+--", 2, False), ("---+", 0, False), ("-----", 5, True)],
)
def test_a_breaker_opens_after_so_many_failures_in_a_row(pattern, failures, opened):
    breaker = Breaker().after(events(pattern), NOW, RULES)
    assert (breaker.failures, breaker.open_until) == (failures, after(30) if opened else None)


def test_what_was_under_way_when_it_opened_makes_the_pause_no_longer():
    breaker = Breaker().after(events("---"), NOW, RULES)
    assert breaker.after(events("--------"), after(5), RULES).open_until == after(30)


def test_each_probe_that_fails_doubles_the_pause_up_to_the_longest():
    breaker, pauses = Breaker().after(events("---"), NOW, RULES), []
    for number in range(4):
        probing = replace(breaker, probe_token=f"p{number}", open_until=after(45))
        breaker = probing.after(events("-", f"p{number}"), NOW, RULES)
        pauses.append(breaker.open_until - NOW)
    assert [pause.total_seconds() for pause in pauses] == [60, 100, 100, 100]


def test_a_success_closes_it():
    breaker = Breaker().after(events("---"), NOW, RULES)
    assert breaker.after(events("+"), NOW, RULES) == Breaker()


@pytest.mark.parametrize(("retry_after", "seconds"), [(5, 30), (80, 80), (10**9, 100), (float("nan"), 30)])
def test_a_host_that_asks_for_a_pause_gets_it(retry_after, seconds):
    asked = Event(alive=False, token="t", retry_after=retry_after)
    assert Breaker().after([*events("--"), asked], NOW, RULES).open_until == after(seconds)
