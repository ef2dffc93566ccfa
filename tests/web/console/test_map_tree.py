"""What the badges of the map say, and in which order its messages hang."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.kernel.phrase import Phrase
from hub.message_maps.drafts.queries import review_of
from hub.message_maps.drafts.states import DraftState
from hub.message_maps.lint import Finding, Grade
from hub.message_maps.model import Accepted, State
from hub.web.console.maps.tree import branch
from tests.message_maps.samples import flood

DAY = date(2026, 11, 21)


def finding(severity, message="act.first"):
    return Finding("LEN-01", severity, "nat.flood", message, "sms", "fr", Phrase("too long"))


def hung(findings=(), exercised=(), age=0, copy=None, **changes):
    owner = replace(flood().owner, reviewed_on=DAY - timedelta(age), review_every_days=365)
    review = review_of("nat.flood@1", replace(flood(), owner=owner, **changes), DAY)
    return branch(review, exercised, tuple(findings), copy)


def words(badges):
    return [str(badge.phrase) for badge in badges]


WARNING = finding(Grade.WARNING)
PLAYED = [("nat.flood", "act.first")]


@pytest.mark.parametrize(
    ("found", "badges"),
    [
        (hung(exercised=PLAYED), []),
        (hung(), ["never rehearsed"]),
        (hung(exercised=PLAYED, status=State.DRAFT), ["draft"]),
        (hung(exercised=PLAYED, status=State.REVIEW), ["in review"]),
        (hung(exercised=PLAYED, age=334), []),
        (hung(exercised=PLAYED, age=335), ["review due soon"]),
        (hung(exercised=PLAYED, age=364), ["review due soon"]),
        (hung(exercised=PLAYED, age=365), ["review overdue"]),
        (hung([finding(Grade.ERROR)] * 2, PLAYED), ["errors: 2"]),
        (hung([finding(Grade.WARNING), finding(Grade.ADVICE)], PLAYED), ["warnings: 1"]),
        (hung([finding(Grade.ERROR), finding(Grade.WARNING)], PLAYED), ["errors: 1", "warnings: 1"]),
        (hung([WARNING], PLAYED, accepted=(Accepted("LEN-01", {"fr": "voulu"}, "act.first"),)), []),
        (hung(exercised=PLAYED, copy=DraftState.DRAFT), ["being changed"]),
        (hung(exercised=PLAYED, copy=DraftState.REVIEW), ["change in review"]),
        (hung(exercised=PLAYED, messages=(replace(flood().messages[0], draft=True),)), ["drafts: 1"]),
        (hung(exercised=[("nat.old", "act.first")], aliases=("nat.old",)), []),
        (hung(exercised=[("nat.other", "act.first")]), ["never rehearsed"]),
        (hung([finding(Grade.ERROR)], age=400), ["review overdue", "errors: 1", "never rehearsed"]),
    ],
)
def test_badges_of_a_situation(found, badges):
    assert words(found.badges) == badges


def test_a_message_has_badges_of_its_own_and_repeats_none_of_its_situation():
    found = hung([finding(Grade.ERROR)], PLAYED)
    badges = {leaf.message.id: words(found.badges_of(leaf)) for leaf in found.leaves}
    assert badges.pop("act.first") == ["errors: 1"]
    assert set(map(tuple, badges.values())) == {("never rehearsed",)}
    assert [words(hung().badges_of(leaf)) for leaf in hung().leaves] == [[] for _ in flood().messages]


def test_messages_hang_by_phase_then_level_then_kind():
    found = hung()
    assert sorted(leaf.message.id for leaf in found.leaves) == sorted(message.id for message in flood().messages)
    order = [(rung.phase, rung.level.rank) for rung in found.rungs]
    assert order == sorted(order, key=lambda each: (["before", "during", "after"].index(each[0]), each[1]))
    for rung in found.rungs:
        assert {(leaf.message.phase, leaf.message.level) for leaf in rung.leaves} == {(rung.phase, rung.level.id)}
