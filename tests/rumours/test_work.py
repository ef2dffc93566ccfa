import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.kernel.db import reading
from hub.kernel.errors import InvalidInput, NotFound
from hub.rumours import work
from hub.rumours.answer import Answer, from_json
from hub.rumours.changing import Ref
from hub.rumours.errors import ChangedMeanwhile, StepRefused
from hub.rumours.models import Report
from hub.rumours.states import Response
from hub.rumours.triage import Band
from hub.rumours.verdicts import Verdict
from tests.rumours.conftest import ANNE, BRIDGE, GRAVE, SMALL, VERA


def actions(rumour_id):
    rows = sa.select(AuditEntry.action).where(AuditEntry.subject == rumour_id).order_by(AuditEntry.seq)
    return list(reading().scalars(rows))


def test_a_rumour_from_its_first_report_to_its_end(any_desk):
    first = any_desk.report("r1", commune="76901")
    rumour_id = work.open_rumour(any_desk.desk, BRIDGE, actor=ANNE, report_id=first)
    row = any_desk.row(rumour_id)
    assert (row.workflow, row.verdict, row.response) == ("new", "not_known_yet", "undecided")
    assert row.communes == ["76901"]
    assert row.due_at == row.created_at + timedelta(minutes=30)
    work.triage(any_desk.desk, any_desk.ref(rumour_id), GRAVE, actor=ANNE)
    row = any_desk.row(rumour_id)
    # 3 x (2 + 3/2 + 1 + 0) x 1.5: one report within the last hour counts as a start.
    assert (row.workflow, row.priority, row.band) == ("triaged", 20.25, "critical")
    assert row.due_at == row.created_at + timedelta(minutes=15)
    work.take(any_desk.desk, any_desk.ref(rumour_id), actor=VERA)
    finding = work.Finding(Verdict.FALSE, as_of=any_desk.clock.now(), confidence=90)
    work.write(any_desk.desk, any_desk.ref(rumour_id), Answer(fact={"fr": "Le pont tient."}), finding, actor=VERA)
    work.decide(any_desk.desk, any_desk.ref(rumour_id), work.Decision(Response.PRIVATE), actor=VERA)
    work.close(any_desk.desk, any_desk.ref(rumour_id), actor=VERA)
    row = any_desk.row(rumour_id)
    assert (row.workflow, row.verdict, row.response, row.assignee_name) == ("closed", "false", "private", "Vera Petit")
    assert from_json(row.answer).fact == {"fr": "Le pont tient."}
    assert actions(rumour_id) == [
        f"rumour.{deed}" for deed in ("opened", "weighed", "taken", "written", "decided", "closed")
    ]


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ({}, "claim.fr"),
        ({"fr": "   "}, "claim.fr"),
        ({"en": "Only English"}, "claim.fr"),
        ({"fr": "x" * 301}, "claim.fr"),
    ],
)
def test_a_claim_is_one_sentence_in_the_first_language(desk, claim, field):
    with pytest.raises(InvalidInput) as refused:
        work.open_rumour(desk.desk, claim, actor=ANNE)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_what_does_not_exist_is_named(desk):
    with pytest.raises(InvalidInput) as refused:
        work.open_rumour(desk.desk, BRIDGE, actor=ANNE, event_id="no-such")
    assert refused.value.faults[0].field == "event"
    with pytest.raises(NotFound):
        work.open_rumour(desk.desk, BRIDGE, actor=ANNE, report_id="no-such")
    with pytest.raises(NotFound):
        work.take(desk.desk, Ref("zzzzzzz", 1), actor=ANNE)


def test_of_two_changes_of_one_revision_the_second_is_refused(any_desk):
    rumour_id = any_desk.weighed()
    seen = any_desk.ref(rumour_id)
    work.watch(any_desk.desk, seen, watched=True, actor=ANNE)
    with pytest.raises(ChangedMeanwhile):
        work.take(any_desk.desk, seen, actor=VERA)
    row = any_desk.row(rumour_id)
    assert row.watched
    assert row.assignee_id is None


def test_who_checks_it_keeps_it_for_a_while(desk, clock):
    rumour_id = desk.taken(by=ANNE)
    with pytest.raises(StepRefused, match="Anne Martin"):
        work.take(desk.desk, desk.ref(rumour_id), actor=VERA)
    work.take(desk.desk, desk.ref(rumour_id), actor=ANNE)
    clock.advance(30 * 60)
    work.take(desk.desk, desk.ref(rumour_id), actor=VERA)
    assert desk.row(rumour_id).assignee_name == "Vera Petit"
    work.give_back(desk.desk, desk.ref(rumour_id), actor=VERA)
    work.take(desk.desk, desk.ref(rumour_id), actor=ANNE)
    assert desk.row(rumour_id).assignee_name == "Anne Martin"


def test_an_override_needs_a_reason_and_both_are_logged(desk):
    rumour_id = desk.opened()
    with pytest.raises(InvalidInput) as refused:
        work.triage(desk.desk, desk.ref(rumour_id), SMALL, actor=ANNE, override=work.Override(Band.HIGH, " "))
    assert refused.value.faults[0].field == "override_reason"
    override = work.Override(Band.HIGH, "Le maire a été interrogé.")
    work.triage(desk.desk, desk.ref(rumour_id), SMALL, actor=ANNE, override=override)
    row = desk.row(rumour_id)
    assert (row.band, row.override_band) == ("low", "high")
    assert row.due_at == row.created_at + timedelta(minutes=30)
    said = reading().scalars(sa.select(AuditEntry.detail).order_by(AuditEntry.seq.desc())).first()
    said = json.loads(said)
    assert (said["band"], said["override"], said["override_reason"]) == ("low", "high", "Le maire a été interrogé.")


def test_every_weight_out_of_range_is_named_and_nothing_is_stored(desk):
    rumour_id = desk.opened()
    with pytest.raises(InvalidInput) as refused:
        work.triage(desk.desk, desk.ref(rumour_id), replace(GRAVE, harm=4, spread=0, actor=-1), actor=ANNE)
    assert [fault.field for fault in refused.value.faults] == ["harm", "spread", "actor"]
    assert desk.row(rumour_id).workflow == "new"


def test_to_leave_a_rumour_alone_takes_a_reason_a_date_and_a_threshold(desk, clock):
    rumour_id = desk.weighed(SMALL)
    for decision, fields in (
        (work.Decision(Response.MONITOR), ["reason", "review_at", "reopen_at_spread"]),
        (work.Decision(Response.MONITOR, "Peu vu.", clock.now(), 7), ["review_at", "reopen_at_spread"]),
    ):
        with pytest.raises(InvalidInput) as refused:
            work.decide(desk.desk, desk.ref(rumour_id), decision, actor=ANNE)
        assert [fault.field for fault in refused.value.faults] == fields
    with pytest.raises(StepRefused):
        work.close(desk.desk, desk.ref(rumour_id), actor=ANNE)
    decision = work.Decision(Response.MONITOR, "Peu vu.", clock.now() + timedelta(days=1), 3)
    work.decide(desk.desk, desk.ref(rumour_id), decision, actor=ANNE)
    work.close(desk.desk, desk.ref(rumour_id), actor=ANNE)
    row = desk.row(rumour_id)
    assert (row.workflow, row.response, row.response_reason, row.response_by) == (
        "closed",
        "monitor",
        "Peu vu.",
        "Anne Martin",
    )


@pytest.mark.parametrize(("spread", "workflow"), [(2, "closed"), (3, "verifying"), (5, "verifying")])
def test_what_was_left_alone_is_taken_up_once_it_spreads(desk, clock, spread, workflow):
    rumour_id = desk.weighed(SMALL)
    decision = work.Decision(Response.MONITOR, "Peu vu.", clock.now() + timedelta(days=1), 3)
    work.decide(desk.desk, desk.ref(rumour_id), decision, actor=ANNE)
    work.close(desk.desk, desk.ref(rumour_id), actor=ANNE)
    work.triage(desk.desk, desk.ref(rumour_id), replace(SMALL, spread=spread), actor=VERA)
    assert desk.row(rumour_id).workflow == workflow


@pytest.mark.parametrize(
    ("as_of", "until", "confidence", "fields"),
    [
        (60, None, None, ["as_of"]),
        (0, -1, None, ["valid_until"]),
        (0, 0, None, ["valid_until"]),
        (0, 60, 101, ["confidence"]),
        (0, 60, 100, []),
    ],
)
def test_the_moments_of_a_finding_fit_together(desk, clock, as_of, until, confidence, fields):
    rumour_id = desk.taken()
    moment = clock.now() + timedelta(minutes=as_of)
    end = None if until is None else clock.now() + timedelta(minutes=until)
    finding = work.Finding(Verdict.FALSE, moment, end, confidence)
    if not fields:
        work.write(desk.desk, desk.ref(rumour_id), Answer(), finding, actor=ANNE)
        assert desk.row(rumour_id).verdict_valid_until == end
        return
    with pytest.raises(InvalidInput) as refused:
        work.write(desk.desk, desk.ref(rumour_id), Answer(), finding, actor=ANNE)
    assert [fault.field for fault in refused.value.faults] == fields


def test_two_rumours_that_are_one(any_desk):
    kept, other = any_desk.weighed(), any_desk.opened({"fr": "Il n'y a plus de pont."})
    any_desk.report("r1", rumour_id=other)
    with pytest.raises(InvalidInput):
        work.merge(any_desk.desk, any_desk.ref(other), other, actor=ANNE)
    work.merge(any_desk.desk, any_desk.ref(other), kept, actor=ANNE)
    row = any_desk.row(other)
    assert (row.workflow, row.merged_into) == ("merged", kept)
    assert reading().get_one(Report, "r1").rumour_id == kept
    third = any_desk.opened({"fr": " Un\u200b pont\nen moins. "})
    assert any_desk.row(third).claim == {"fr": "Un pont en moins."}, "one line without what cannot be seen"
    with pytest.raises(InvalidInput, match=kept):
        work.merge(any_desk.desk, any_desk.ref(third), other, actor=ANNE)
    with pytest.raises(StepRefused):
        work.triage(any_desk.desk, any_desk.ref(other), GRAVE, actor=ANNE)
    work.merge(any_desk.desk, any_desk.ref(kept), third, actor=ANNE)
    assert any_desk.row(other).merged_into == third, "no pointer leads to another pointer"


@pytest.mark.parametrize(
    ("reports", "velocity"),
    [
        ([], 0),
        ([(90, "")], 0),
        ([(10, "")], 1),
        ([(10, "76901"), (70, "76901")], 0),
        ([(10, "76902"), (70, "76901")], 1),
        ([(1, ""), (2, ""), (3, ""), (70, "")], 2),
    ],
)
def test_the_speed_is_counted_from_the_reports(any_desk, reports, velocity):
    rumour_id = any_desk.opened()
    for number, (minutes_ago, commune) in enumerate(reports):
        any_desk.report(f"r{number}", rumour_id=rumour_id, minutes_ago=minutes_ago, commune=commune)
    work.triage(any_desk.desk, any_desk.ref(rumour_id), replace(GRAVE, velocity=2), actor=ANNE)
    assert any_desk.row(rumour_id).weights["velocity"] == velocity
