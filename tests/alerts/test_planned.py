"""Planned sends: what was confirmed for a later moment leaves once, then, or a person is told why it did not."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from hub.alerts import drafts, queries
from hub.alerts.errors import StalePreview
from hub.alerts.planned import queries as planned_queries
from hub.alerts.planned import service as planned
from hub.alerts.planned.firing import fire
from hub.alerts.planned.models import PlanState, plans, watches
from hub.alerts.planned.watch import PlanWatcher, look
from hub.audit.models import AuditEntry
from hub.audit.queries import verify
from hub.dispatch import service as dispatch
from hub.dispatch.models import deliveries
from hub.identity import service as identity
from hub.identity.actor import Actor
from hub.kernel.db import database_now, reading, transaction
from hub.kernel.errors import Conflict, InvalidInput, NotFound
from tests.alerts.conftest import ACTOR, BLANKS, FIRST, publish

PARIS = ZoneInfo("Europe/Paris")
LATE = timedelta(minutes=15)
# Not an officer of this hub: who may still send is a test of its own.
NIGHT = Actor("command_line", "night", "night")
CANCEL = {"message_id": "act.cancel", "blanks": {"zones": BLANKS["zones"]}}


def local(moment: datetime) -> str:
    return moment.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")


def later(minutes: int) -> datetime:
    """A whole minute ahead of the database's clock."""
    return (database_now(reading()) + timedelta(minutes=minutes + 1)).replace(second=0, microsecond=0)


def draft(at: datetime, **changes):
    """The usual first alert with times that lie ahead of that moment."""
    ends, following = (f"{(at + timedelta(minutes=each)).astimezone(PARIS):%H:%M}" for each in (240, 40))
    return replace(FIRST, blanks={**BLANKS, "heure_fin": ends, "prochain": following}, **changes)


def plan(town, minutes=60, actor=NIGHT, **changes):
    at = later(minutes)
    preview = planned.preview(town.desk, draft(at, **changes), local(at))
    return planned.plan(town.desk, preview.draft, preview.digest, actor)


def fall_due(identifier, ago=timedelta()):
    """Moves a plan's moment to the present, its text too: what an hour of waiting would do."""
    with transaction() as session:
        session.execute(
            sa.update(plans)
            .where(plans.c.identifier == identifier)
            .values(planned_for=database_now(session).replace(microsecond=0) - ago)
        )


def watched(ago=timedelta()):
    """Somebody looked then, or never."""
    with transaction() as session:
        look(session, LATE)
        session.execute(sa.update(watches).values(seen_at=database_now(session) - ago))


def fire_due(town):
    with transaction() as session:
        due = look(session, LATE)
    for identifier in due:
        fire(town.desk.settings, town.desk.channels, town.desk.ring, identifier)
    return due


def state(identifier):
    session = reading()
    session.rollback()
    return session.scalar(sa.select(plans.c.state).where(plans.c.identifier == identifier))


def alerts():
    session = reading()
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(deliveries))


def actions():
    reading().rollback()
    return list(reading().scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)))


def due_plan(town, **changes):
    """A plan whose moment is the present minute; made with a desk that looks from an hour ago."""
    watched()
    at = database_now(reading()).replace(second=0, microsecond=0)
    preview = town_preview(town, draft(at, **changes), at)
    with transaction() as session:
        planned._store(session, preview, NIGHT, at - timedelta(hours=1))
    return preview.draft.identifier


def town_preview(town, wanted, at):
    return planned.compose(town.desk, reading(), replace(wanted, sent=at))


def test_what_was_shown_leaves_at_its_moment_and_says_so(any_town):
    identifier = due_plan(any_town)
    stored = reading().execute(sa.select(plans).where(plans.c.identifier == identifier)).one()
    assert fire_due(any_town) == [identifier]
    alert = queries.get(reading(), identifier)
    assert alert.sent == stored.planned_for, "every time in it is that of the plan, CAP's `sent` too"
    assert f"<sent>{alert.sent.astimezone(PARIS).isoformat()}</sent>" in alert.cap_xml
    assert (alert.digest, alert.created_by) == (stored.digest, NIGHT)
    assert (state(identifier), alerts(), len(any_town.rings)) == ("sent", 3, 1)
    assert actions() == ["plan.made", "plan.fired", "alert.triggered"]
    assert verify(reading()) is None
    assert fire_due(any_town) == []


def test_what_is_not_due_stays(any_town):
    identifier = plan(any_town)
    watched()
    assert fire_due(any_town) == []
    assert (state(identifier), alerts()) == ("planned", 0)
    [shown] = planned_queries.alive(reading())
    assert (shown.identifier, shown.planned_by, shown.stuck) == (identifier, "night", False)


def test_many_who_fire_at_once_send_once(any_town):
    identifier = due_plan(any_town)
    at_once = threading.Barrier(8)

    def one():
        at_once.wait()
        with any_town.app.app_context():
            fire(any_town.desk.settings, any_town.desk.channels, any_town.desk.ring, identifier)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (state(identifier), alerts(), len(any_town.rings)) == ("sent", 3, 1)
    assert actions().count("plan.fired") == 1
    assert actions().count("plan.refused") == 0


@pytest.mark.parametrize("skew", [timedelta(hours=-5), timedelta(days=3)])
def test_the_clock_of_the_host_has_no_say(any_town, skew):
    """Fault F21: only the database's clock counts, for when it is planned and for when it leaves."""
    identifier = due_plan(any_town)
    other = plan(any_town, minutes=30)
    any_town.clock.set(datetime.now(UTC) + skew)
    watcher = PlanWatcher(any_town.app.app_context, any_town.desk.settings, any_town.desk.channels, any_town.desk.ring)
    watcher()
    watcher.join(30)
    assert (state(identifier), state(other), alerts()) == ("sent", "planned", 3)


def test_the_same_confirmation_twice_is_one_plan(any_town):
    at = later(30)
    preview = planned.preview(any_town.desk, draft(at), local(at))
    twice = [planned.plan(any_town.desk, preview.draft, preview.digest, NIGHT) for _ in range(2)]
    assert len(set(twice)) == 1
    assert actions() == ["plan.made"]
    with pytest.raises(StalePreview, match="not what was shown"):
        planned.plan(any_town.desk, replace(preview.draft, identifier="0" * 32), preview.digest, NIGHT)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (timedelta(minutes=-5), "past or too near"),
        (timedelta(seconds=30), "past or too near"),
        (timedelta(days=7, minutes=2), "next 7 days"),
    ],
)
def test_a_moment_lies_ahead_and_not_too_far(town, at, words):
    moment = (database_now(reading()) + at).replace(second=0, microsecond=0)
    with pytest.raises(InvalidInput, match=words):
        planned.preview(town.desk, draft(moment), local(moment))


@pytest.mark.parametrize("at", ["", "tomorrow", "2026-02-30T10:00", "2027-03-28T02:30", "999999-01-01T00:00"])
def test_a_moment_exists(town, at):
    with pytest.raises(InvalidInput, match="at: Give a date and a time that exist"):
        planned.preview(town.desk, FIRST, at)


def test_a_map_that_changed_is_not_sent(town, settings, clock):
    identifier = due_plan(town)
    publish(settings, clock, lambda situation: replace(situation, version=99))
    fire_due(town)
    assert (state(identifier), alerts()) == ("refused", 0)
    [shown] = planned_queries.stuck(reading())
    assert "have changed since the preview" in str(shown.reason)
    assert actions()[-1] == "plan.refused"


def test_an_incident_that_moved_on_is_not_followed(any_town):
    now = database_now(reading()).replace(second=0, microsecond=0)
    any_town.clock.set(now - timedelta(minutes=30))
    first = any_town.send(blanks=draft(any_town.clock.now()).blanks)
    watched()
    wanted = replace(FIRST, follows=first, communes=(), channels=(), **CANCEL)
    composed = town_preview(any_town, wanted, now)
    with transaction() as session:
        planned._store(session, composed, NIGHT, now)
    any_town.trigger(any_town.follow(first, **CANCEL))
    sent = alerts()
    fire_due(any_town)
    assert (state(composed.draft.identifier), alerts()) == ("refused", sent)


def test_a_row_that_was_edited_is_not_sent(town):
    identifier = due_plan(town)
    changed = replace(drafts.from_json(reading().scalar(sa.select(plans.c.draft))), communes=("76902",))
    with transaction() as session:
        session.execute(sa.update(plans).values(draft=drafts.to_json(changed)))
    fire_due(town)
    assert (state(identifier), alerts()) == ("refused", 0)
    other = due_plan(town)
    with transaction() as session:
        session.execute(sa.update(plans).where(plans.c.identifier == other).values(draft='{"of": "another version"}'))
    fire_due(town)
    assert (state(other), alerts()) == ("refused", 0)


def test_whoever_planned_it_must_still_be_trusted(town, clock):
    identity.create_officer("zoe", "Zoé", "officer", "fr", actor=ACTOR, now=clock.now())
    officer_id = reading().scalar(sa.text("SELECT id FROM officer"))
    kept, lost = due_plan(town), due_plan(town)
    with transaction() as session:
        session.execute(sa.update(plans).values(planned_by_kind="officer", planned_by_id=officer_id))
    fire(town.desk.settings, town.desk.channels, town.desk.ring, kept)
    assert state(kept) == "sent"
    identity.disable("zoe", actor=ACTOR, now=clock.now())
    fire(town.desk.settings, town.desk.channels, town.desk.ring, lost)
    assert state(lost) == "refused"


def restored(town):
    """The last look of this database is a day old: a backup, or a hub that slept."""
    with transaction() as session:
        session.execute(sa.update(watches).values(seen_at=database_now(session) - timedelta(days=1)))


def stopped(town):
    dispatch.stop_all(reason="", actor=ACTOR, now=town.clock.now())


def ahead(town):
    with transaction() as session:
        session.execute(sa.update(watches).values(seen_at=database_now(session) + timedelta(hours=1)))


def never(town):
    with transaction() as session:
        session.execute(sa.delete(watches))


def overdue(town):
    fall_due(
        reading().scalar(sa.select(plans.c.identifier).order_by(plans.c.planned_for)), ago=LATE + timedelta(minutes=1)
    )


@pytest.mark.parametrize("what", [stopped, ahead, never, overdue])
def test_what_should_have_left_meanwhile_waits_for_a_person(town, what):
    identifier, future = due_plan(town), plan(town)
    what(town)
    assert fire_due(town) == []
    assert fire_due(town) == [], "not at the next look either"
    assert (state(identifier), state(future), alerts()) == ("waiting", "planned", 0)


def test_after_a_restore_from_a_backup_a_person_decides(any_town):
    identifier, future = due_plan(any_town), plan(any_town)
    restored(any_town)
    assert fire_due(any_town) == []
    assert fire_due(any_town) == [], "not at the next look either"
    assert (state(identifier), state(future), alerts()) == ("waiting", "planned", 0)
    assert actions()[-1] == "plan.waiting"

    wanted = planned_queries.draft_of(reading(), identifier)
    any_town.clock.set(database_now(reading()))
    preview = any_town.preview(**{**vars_of(wanted), "blanks": draft(any_town.clock.now()).blanks})
    sent = planned.trigger(any_town.desk, preview.draft, preview.digest, ACTOR)
    assert sent.created
    assert (state(identifier), alerts()) == ("sent", 3)
    again = any_town.preview(**{**vars_of(wanted), "blanks": draft(any_town.clock.now()).blanks})
    with pytest.raises(Conflict, match="sent, changed or taken back"):
        planned.trigger(any_town.desk, again.draft, again.digest, ACTOR)
    assert alerts() == 3


def vars_of(wanted):
    return {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}


def test_a_short_pause_of_the_hub_is_none(any_town):
    identifier = due_plan(any_town)
    with transaction() as session:
        session.execute(sa.update(watches).values(seen_at=database_now(session) - timedelta(seconds=90)))
    assert fire_due(any_town) == [identifier]
    assert state(identifier) == PlanState.SENT


def test_taking_back(any_town):
    identifier = due_plan(any_town)
    planned.cancel(identifier, ACTOR)
    assert fire_due(any_town) == []
    assert (state(identifier), alerts(), actions()) == ("cancelled", 0, ["plan.made", "plan.cancelled"])
    with pytest.raises(Conflict):
        planned.cancel(identifier, ACTOR)
    with pytest.raises(NotFound):
        planned_queries.draft_of(reading(), identifier)


def test_taken_back_while_it_is_fired_it_is_not_sent(any_town):
    """The end of the plan and the alert are one transaction: whoever is second does nothing at all."""
    identifier = due_plan(any_town)
    with transaction() as session:
        due = look(session, LATE)
    planned.cancel(identifier, ACTOR)
    with transaction() as session:  # as the firing process read it before
        session.execute(sa.update(plans).values(state="planned"))
    planned.cancel(identifier, ACTOR)
    fire(any_town.desk.settings, any_town.desk.channels, any_town.desk.ring, due[0])
    assert (state(identifier), alerts()) == ("cancelled", 0)


def test_another_plan_takes_its_place(any_town):
    old, at = plan(any_town), later(90)
    wanted = planned_queries.draft_of(reading(), old)
    preview = planned.preview(any_town.desk, replace(wanted, blanks=draft(at).blanks), local(at))
    new = planned.plan(any_town.desk, preview.draft, preview.digest, NIGHT)
    assert (state(old), state(new)) == ("cancelled", "planned")
    other = planned.preview(any_town.desk, replace(wanted, blanks=draft(at).blanks), local(at))
    with pytest.raises(Conflict, match="sent, changed or taken back"):
        planned.plan(any_town.desk, other.draft, other.digest, NIGHT)
    assert [each.identifier for each in planned_queries.alive(reading())] == [new]


def test_what_cannot_be_fired_now_is_tried_again(town, caplog):
    """A database that cannot write for a moment refuses nothing: the plan stays."""
    identifier = due_plan(town)
    with transaction() as session:
        session.execute(
            sa.text("CREATE TRIGGER full_disk BEFORE INSERT ON alert BEGIN SELECT RAISE(ABORT, 'full'); END")
        )
    watcher = PlanWatcher(town.app.app_context, town.desk.settings, town.desk.channels, town.desk.ring)
    with caplog.at_level(logging.CRITICAL):
        watcher()
        watcher.join(30)
    assert (state(identifier), alerts()) == ("planned", 0)
    with transaction() as session:
        session.execute(sa.text("DROP TRIGGER full_disk"))
    watcher()
    watcher.join(30)
    assert (state(identifier), alerts()) == ("sent", 3)
