"""What becomes of a report, on both engines: linked, moved, set aside, and every judgement kept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.kernel.db import reading
from hub.rumours import linking, work
from hub.rumours.errors import ChangedMeanwhile, StepRefused
from hub.rumours.linking import Offer, Seen
from hub.rumours.matching.matcher import Matcher
from hub.rumours.models import MatchDecision, Report
from hub.rumours.states import ReportState
from tests.rumours.conftest import ANNE, VERA


def judgements(report_id):
    session = reading()
    session.rollback()
    rows = session.scalars(sa.select(MatchDecision).where(MatchDecision.report_id == report_id))
    return {row.rumour_id: (row.rank, row.confirmed, row.by_name) for row in rows}


def test_a_report_is_linked_moved_and_its_matcher_learns_it(any_desk):
    first, second = any_desk.opened(), any_desk.opened({"fr": "L'eau du robinet est empoisonnée."})
    text = "la passerelle aurait été arrachée par le courant"
    report_id = any_desk.report("r1", text=text, commune="76901")
    matcher = Matcher()
    assert matcher.copy_of(reading(), text) is None
    offers = [Offer(second, 0.4), Offer(first, 0.3)]
    linking.link(any_desk.desk, Seen(report_id, "received"), first, offers, actor=ANNE)
    reading().rollback()
    assert matcher.copy_of(reading(), text).rumour_id == first
    assert any_desk.row(first).communes == ["76901"]
    assert judgements(report_id) == {second: (1, False, ANNE.name), first: (2, True, ANNE.name)}
    linking.link(any_desk.desk, Seen(report_id, "linked", first), second, [], actor=VERA)
    reading().rollback()
    assert matcher.copy_of(reading(), text).rumour_id == second
    assert judgements(report_id)[first] == (2, False, VERA.name)


def test_whoever_judges_second_is_told(any_desk):
    rumour_id, report_id = any_desk.opened(), any_desk.report("r1")
    seen = Seen(report_id, "received")
    linking.set_aside(any_desk.desk, seen, ReportState.ABUSE, [], actor=ANNE)
    with pytest.raises(ChangedMeanwhile):
        linking.link(any_desk.desk, seen, rumour_id, [], actor=VERA)
    with pytest.raises(StepRefused):
        linking.link(any_desk.desk, Seen(report_id, "abuse"), rumour_id, [], actor=VERA)
    with pytest.raises(StepRefused):
        work.open_rumour(any_desk.desk, {"fr": "Autre chose."}, actor=VERA, report_id=report_id)
    linking.unlink(any_desk.desk, Seen(report_id, "abuse"), actor=VERA)
    assert reading().get_one(Report, report_id).state == ReportState.RECEIVED


def test_nothing_is_linked_to_a_rumour_that_was_merged(any_desk):
    gone, other, report_id = any_desk.opened(), any_desk.opened(), any_desk.report("r1")
    work.merge(any_desk.desk, any_desk.ref(gone), other, actor=ANNE)
    with pytest.raises(StepRefused):
        linking.link(any_desk.desk, Seen(report_id, "received"), gone, [], actor=ANNE)
    assert judgements(report_id) == {}
