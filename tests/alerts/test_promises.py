"""Promised messages that do not come (LIF-05)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.alerts import promises, queries
from hub.kernel.db import reading

# 18:30 in Paris, as the alert's text says.
PROMISED = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


def broken(town):
    session, now = reading(), town.clock.now()
    session.rollback()
    return [
        (each.alert.identifier, each.at) for each in promises.overdue(session, queries.open_alerts(session, now), now)
    ]


@pytest.mark.parametrize("exercise", [False, True])
@pytest.mark.parametrize(("seconds", "told"), [(49 * 60, False), (50 * 60, True), (20 * 3600, True)])
def test_it_is_overdue_from_its_moment_on(town, exercise, seconds, told):
    channels = ("flux-cap", "essai")
    identifier = town.send(exercise=exercise, channels=channels)
    town.clock.advance(seconds)
    assert broken(town) == ([(identifier, PROMISED)] if told else [])


@pytest.mark.parametrize(
    ("message_id", "blanks", "again"),
    [
        ("act.update", {"prochain": "19:20"}, True),
        ("act.no_change", {"prochain": "19:20"}, True),
        ("act.all_clear", {}, False),
        ("act.cancel", {}, False),
    ],
)
def test_any_message_that_follows_keeps_the_promise_and_may_make_another(any_town, message_id, blanks, again):
    first = any_town.send()
    any_town.clock.advance(52 * 60)
    assert [identifier for identifier, _ in broken(any_town)] == [first]
    typed = {**queries.get(reading(), first).blanks, **blanks}
    second = any_town.trigger(any_town.follow(first, message_id, blanks=typed)).identifier
    assert broken(any_town) == []
    any_town.clock.advance(3600)
    assert [identifier for identifier, _ in broken(any_town)] == ([second] if again else [])


def test_the_longest_waiting_comes_first(town):
    late, later = town.send(blanks={**town.preview().draft.blanks, "prochain": "18:00"}), town.send()
    town.clock.advance(3600)
    assert [identifier for identifier, _ in broken(town)] == [late, later]
