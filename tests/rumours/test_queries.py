from dataclasses import replace
from datetime import timedelta

import pytest

from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from hub.rumours import queries, work
from hub.rumours.states import Response
from hub.rumours.triage import Band
from tests.rumours.conftest import ANNE, GRAVE, SMALL


def test_the_queue_shows_the_gravest_first_and_forgets_what_is_closed(any_desk):
    small = any_desk.weighed(SMALL)
    middle = any_desk.weighed(replace(GRAVE, harm=2, spread=2, local=False))
    grave = any_desk.weighed(GRAVE)
    graver = any_desk.weighed(replace(GRAVE, actor=2))
    lifted = any_desk.weighed(SMALL)
    override = work.Override(Band.CRITICAL, "Le préfet demande.")
    work.triage(any_desk.desk, any_desk.ref(lifted), SMALL, actor=ANNE, override=override)
    closed = any_desk.weighed(GRAVE)
    work.decide(any_desk.desk, any_desk.ref(closed), work.Decision(Response.PRIVATE), actor=ANNE)
    work.close(any_desk.desk, any_desk.ref(closed), actor=ANNE)
    any_desk.report("r1", rumour_id=grave)
    any_desk.report("r2", rumour_id=grave)
    found = queries.queue(reading(), any_desk.clock.now())
    assert [waiting.rumour.id for waiting in found] == [graver, lifted, grave, middle, small]
    assert [waiting.reports for waiting in found] == [0, 0, 2, 0, 0]


def test_what_is_past_its_time_is_said(desk, clock):
    desk.weighed(GRAVE)
    clock.advance(30 * 60 - 1)
    assert [waiting.overdue for waiting in queries.queue(reading(), clock.now())] == [False]
    clock.advance(1)
    assert [waiting.overdue for waiting in queries.queue(reading(), clock.now())] == [True]


def test_the_numbers_of_the_first_page(any_desk, clock):
    assert queries.summary(reading(), clock.now()) == queries.Summary(0, 0, 0, 0)
    any_desk.weighed(GRAVE)
    left = any_desk.weighed(SMALL)
    monitor = work.Decision(Response.MONITOR, "Peu vu.", clock.now() + timedelta(hours=1), 3)
    work.decide(any_desk.desk, any_desk.ref(left), monitor, actor=ANNE)
    work.close(any_desk.desk, any_desk.ref(left), actor=ANNE)
    any_desk.report("r1")
    assert queries.summary(reading(), clock.now()) == queries.Summary(1, 0, 1, 0)
    assert queries.summary(reading(), clock.now() + timedelta(hours=1)) == queries.Summary(1, 1, 1, 1)


def test_an_unknown_rumour_is_not_found(desk):
    with pytest.raises(NotFound, match="zzz"):
        queries.find(reading(), "zzz")
