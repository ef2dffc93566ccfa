import pytest

from hub.alerts import queries
from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from tests.alerts.conftest import BLANKS

CANCEL = {"message_id": "act.cancel", "blanks": {"zones": BLANKS["zones"]}}
HOUR = 3600


def fresh():
    reading().rollback()
    return reading()


def identifiers(alerts):
    return [alert.identifier for alert in alerts]


@pytest.mark.parametrize("identifier", ["", "0" * 32, "\0", "\ud800", "A" * 32, "x" * 10_000, "é"])
def test_an_unknown_alert_is_not_found(any_town, identifier):
    with pytest.raises(NotFound):
        queries.get(reading(), identifier)
    with pytest.raises(NotFound):
        queries.follow_ups(reading(), identifier, any_town.clock.now())
    assert queries.incident(reading(), "0" * 32) == []


def test_open_alerts_real_ones_first_then_the_newest(any_town):
    drill = any_town.send(exercise=True)
    any_town.clock.advance(60)
    old = any_town.send()
    any_town.clock.advance(60)
    new = any_town.send()
    any_town.clock.advance(60)
    late_drill = any_town.send(exercise=True)
    now = any_town.clock.now()
    assert identifiers(queries.open_alerts(fresh(), now)) == [new, old, late_drill, drill]
    assert identifiers(queries.public_alerts(fresh(), now)) == [new, old, late_drill, drill]


def test_a_followed_alert_leaves_its_place_to_the_follow_up(any_town):
    first = any_town.send()
    update = any_town.trigger(any_town.follow(first, "act.update")).identifier
    now = any_town.clock.now()
    assert identifiers(queries.open_alerts(fresh(), now)) == [update]
    assert identifiers(queries.public_alerts(fresh(), now)) == [update]
    cancel = any_town.trigger(any_town.follow(update, **CANCEL)).identifier
    now = any_town.clock.now()
    assert queries.open_alerts(fresh(), now) == []
    assert identifiers(queries.public_alerts(fresh(), now)) == [cancel], "the public must read that it was withdrawn"
    assert identifiers(queries.incident(fresh(), first)) == [first, update, cancel]


def test_an_alert_that_ran_out_leaves_the_public_page_at_once_and_the_desk_after_a_day(any_town):
    first = any_town.send(expires="2026-11-21T18:40")
    any_town.clock.advance(HOUR - 1)
    assert identifiers(queries.public_alerts(fresh(), any_town.clock.now())) == [first]
    any_town.clock.advance(1)
    assert queries.get(fresh(), first).expired(any_town.clock.now())
    assert queries.public_alerts(fresh(), any_town.clock.now()) == []
    assert identifiers(queries.open_alerts(fresh(), any_town.clock.now())) == [first]
    any_town.clock.advance(24 * HOUR)
    assert queries.open_alerts(fresh(), any_town.clock.now()) == []


def test_the_archive_holds_one_line_an_incident_by_pages(any_town):
    sent = []
    for _ in range(5):
        any_town.clock.advance(60)
        sent.append(any_town.send())
    last = any_town.trigger(any_town.follow(sent[0], **CANCEL)).identifier
    expected = [last, *reversed(sent[1:])]
    first_page = queries.archive(fresh(), 1, per_page=2)
    assert (identifiers(first_page.items), first_page.number, first_page.pages, first_page.total) == (
        expected[:2],
        1,
        3,
        5,
    )
    assert identifiers(queries.archive(fresh(), 2, per_page=2).items) == expected[2:4]
    assert identifiers(queries.archive(fresh(), 3, per_page=2).items) == expected[4:]


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-(10**30), 1), (2, 1), (10**30, 1)])
def test_a_page_that_does_not_exist_is_the_nearest_one(any_town, asked, given):
    assert queries.archive(fresh(), asked).number == given
    sent = any_town.send()
    page = queries.archive(fresh(), asked)
    assert (page.number, identifiers(page.items)) == (given, [sent])


def test_nothing_was_ever_sent(any_town):
    page = queries.archive(fresh(), 1)
    assert (page.items, page.number, page.pages, page.total) == ((), 1, 1, 0)
