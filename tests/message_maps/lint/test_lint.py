"""Each rule on a text that breaks it and on one that comes close and keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from hub.message_maps.lint import lint, lint_message, open_warnings, publishable
from hub.message_maps.lint.engine import RULES as ALL_RULES
from hub.message_maps.lint.rule import Grade, Scope
from hub.message_maps.model import Accepted
from tests.message_maps.lint import cases_contents, cases_whole
from tests.message_maps.lint.cases_contents import ALL, SMS, H, X
from tests.message_maps.samples import RULES, changed, flood

CASES = cases_contents.CASES + cases_whole.CASES


@cache
def said_of_the_sample() -> frozenset[tuple[str, str]]:
    """What is said of the small map as it is; its warnings are accepted in it."""
    return frozenset((finding.rule, str(finding)) for finding in lint(flood(), RULES))


def found(changes: dict[Any, Any]) -> set[str]:
    """The rules that a change breaks."""
    findings = lint(changed(changes), RULES)
    return {finding.rule for finding in findings if (finding.rule, str(finding)) not in said_of_the_sample()}


def test_the_sample_can_be_published() -> None:
    findings = lint(flood(), RULES)
    assert publishable(findings, flood().accepted)
    assert not publishable(findings, ())


@pytest.mark.parametrize(("rule", "breaks", "_keeps"), CASES)
def test_a_broken_rule_is_found(rule: str, breaks: dict[Any, Any], _keeps: object) -> None:
    assert rule in found(breaks)


@pytest.mark.parametrize(("rule", "_breaks", "keeps"), CASES)
def test_what_keeps_a_rule_is_left_alone(rule: str, _breaks: object, keeps: dict[Any, Any]) -> None:
    assert rule not in found(keeps)


def test_every_rule_has_an_example_or_a_place_that_keeps_it() -> None:
    checked = {rule.id for rule in ALL_RULES if rule.scope not in {Scope.RENDERED, Scope.ELSEWHERE}}
    elsewhere = [rule for rule in ALL_RULES if rule.scope is Scope.ELSEWHERE]
    assert checked - {"LIF-08"} == {rule for rule, _, _ in CASES}
    assert all(rule.enforced for rule in elsewhere)
    assert not checked & {rule.id for rule in elsewhere}


def test_a_rule_tells_the_writer_what_to_do() -> None:
    assert [rule.id for rule in ALL_RULES if str(rule.advice)[-1] not in ".”"] == []


@pytest.mark.parametrize(
    ("family", "count"),
    {
        "CMP": 13,
        "ORD": 2,
        "LEN": 6,
        "CHR": 5,
        "STY": 12,
        "LVL": 4,
        "CAP": 12,
        "LIF": 8,
        "DBK": 9,
        "ACC": 6,
        "I18N": 3,
        "PHD": 5,
        "MAP": 9,
    }.items(),
)
def test_every_rule_of_the_design_is_in_the_book(family: str, count: int) -> None:
    ids = {rule.id for rule in ALL_RULES if rule.id.startswith(f"{family}-")}
    assert ids == {f"{family}-{number:02d}" for number in range(1, count + 1)}


@pytest.mark.parametrize(("day", "overdue"), [("2027-11-20", False), ("2027-11-22", True)])
def test_a_review_is_overdue_only_for_who_says_what_day_it_is(day: str, overdue: bool) -> None:
    owner = replace(flood().owner, reviewed_on=date(2026, 11, 20), review_every_days=365)
    situation = replace(flood(), owner=owner)
    assert ("LIF-08" in {f.rule for f in lint(situation, replace(RULES, today=date.fromisoformat(day)))}) is overdue
    assert "LIF-08" not in {f.rule for f in lint(situation, RULES)}


def test_one_message_alone_gets_the_findings_it_gets_in_its_map() -> None:
    situation = changed({SMS: ALL.replace(H, ""), X: ALL + "x" * 140})
    whole = lint(situation, RULES)
    alone = lint_message(situation, "act.first", RULES)
    assert [f for f in whole if f in alone] == alone
    assert {"CMP-02", "LEN-01"} <= {f.rule for f in alone}


def test_a_warning_needs_its_own_reason() -> None:
    written = flood().message("act.first").variant("long", "fr")["text"].source
    breaks = changed({cases_contents.LONG: f"{written} Il semblerait que la digue tienne."})
    findings = lint(breaks, RULES)
    assert [f.rule for f in open_warnings(findings, breaks.accepted)] == ["STY-07"]
    reason = Accepted("STY-07", {"fr": "Voulu.", "en": "Meant."}, message="act.first", form="long")
    accepted = (*breaks.accepted, reason)
    assert publishable(lint(replace(breaks, accepted=accepted), RULES), accepted)
    elsewhere = (*breaks.accepted, replace(reason, form="sms"))
    findings = lint(replace(breaks, accepted=elsewhere), RULES)
    assert [f.rule for f in open_warnings(findings, elsewhere)] == ["STY-07", "MAP-09"]


def test_an_error_cannot_be_accepted() -> None:
    accepted = (*flood().accepted, Accepted("CMP-02", {"fr": "Non.", "en": "No."}))
    findings = lint(replace(changed({SMS: ALL.replace(H, "")}), accepted=accepted), RULES)
    assert not publishable(findings, accepted)


def test_a_finding_names_its_place() -> None:
    (finding,) = [found for found in lint(changed({SMS: ALL + "l\u2019eau"}), RULES) if found.rule == "CHR-02"]
    assert (finding.severity, finding.situation, finding.message) == (Grade.ERROR, "nat.flood", "act.first")
    assert (finding.form, finding.language, finding.part) == ("sms", "fr", "text")
    assert finding.span is not None
    assert "U+2019" in str(finding)


def test_a_borrowed_text_is_only_measured_again() -> None:
    findings = lint(changed({X: ALL.replace(H, "") + "x" * 120}), RULES)
    assert {(f.form, f.rule) for f in findings if f.form in {"x", "bluesky"}} >= {
        ("bluesky", "LEN-01"),
        ("x", "CMP-02"),
    }
    assert ("bluesky", "CMP-02") not in {(f.form, f.rule) for f in findings}


def test_other_house_limits_are_obeyed() -> None:
    strict = type(RULES)(link_hosts=RULES.link_hosts, sms_segments=1, led_columns=8, led_lines=2)
    assert {"LEN-02", "LEN-06"} <= {finding.rule for finding in lint(flood(), strict)}
