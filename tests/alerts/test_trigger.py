"""Sending what was confirmed: all of it or nothing, once, whoever clicks how often."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hub.alerts import queries, service
from hub.alerts.errors import AlreadyFollowed, StalePreview
from hub.alerts.states import State
from hub.audit.queries import verify
from hub.dispatch.models import bodies, deliveries, publications
from hub.identity.actor import Actor
from hub.kernel.db import db, reading, transaction
from hub.kernel.errors import Conflict, HubError, InvalidInput
from tests.alerts.conftest import ACTOR, BLANKS, publish

AT_ONCE = 50


def count(table):
    reading().rollback()
    return reading().scalar(sa.select(sa.func.count()).select_from(db.metadata.tables[table]))


def nothing_was_sent():
    return {table: count(table) for table in ("alert", "publication", "delivery", "audit_entry")} == dict.fromkeys(
        ("alert", "publication", "delivery", "audit_entry"), 0
    )


def test_the_alert_its_deliveries_and_the_audit_entry_are_stored_together(any_town):
    preview = any_town.preview()
    result = any_town.trigger(preview)
    assert result == service.TriggerResult(preview.draft.identifier, created=True)

    alert = queries.get(reading(), result.identifier)
    assert (alert.state, alert.kind, alert.status, alert.msg_type) == (State.OPEN, "alert", "Actual", "Alert")
    assert (alert.urgency, alert.severity, alert.certainty) == ("Immediate", "Severe", "Likely")
    assert (alert.sent, alert.expires) == (preview.draft.sent, preview.content.expires)
    assert (alert.situation_id, alert.version_id, alert.message_id) == (
        "nat.flood.river",
        "nat.flood.river@1",
        "act.first",
    )
    assert alert.cap_xml == preview.message.cap_xml
    assert alert.digest == preview.digest
    assert alert.area == preview.area
    assert alert.blanks == BLANKS
    assert alert.channels == ("flux-cap", "essai", "reel")
    assert alert.texts["fr"] == preview.content.texts["long"]["fr"].text
    assert alert.headline["en"].startswith("FLOODING")
    assert alert.level_label["en"] == "Act now"
    assert alert.created_by == ACTOR
    assert (alert.incident, alert.follows, alert.followed_by) == (alert.identifier, None, None)

    stored = reading().execute(sa.select(bodies.c.channel_id, bodies.c.body)).all()
    assert {row.channel_id: json.loads(row.body) for row in stored} == preview.bodies, "byte for byte what was shown"
    assert count("delivery") == 3
    entry = reading().execute(sa.text("SELECT * FROM audit_entry")).one()
    assert (entry.action, entry.subject, entry.actor_name) == ("alert.triggered", alert.identifier, "Anne Martin")
    assert json.loads(entry.detail)["digest"] == preview.digest
    assert verify(reading()) is None
    assert any_town.rings == [any_town.clock.now()]


def test_the_bell_rings_when_others_can_see_the_alert(any_town):
    seen = []

    def ring():
        with any_town.app.app_context():
            seen.append(count("delivery"))

    preview = any_town.preview()
    service.trigger(replace(any_town.desk, ring=ring), preview.draft, preview.digest, ACTOR)
    assert seen == [3]


def test_the_same_confirmation_again_is_answered_with_the_same_alert(any_town):
    preview = any_town.preview()
    any_town.trigger(preview)
    any_town.clock.advance(7200)  # long after the preview would have become stale
    assert any_town.trigger(preview) == service.TriggerResult(preview.draft.identifier, created=False)
    assert (count("alert"), count("delivery"), len(any_town.rings)) == (1, 3, 1)


def test_an_identifier_belongs_to_one_content(any_town):
    preview = any_town.preview()
    any_town.trigger(preview)
    other = service.preview(any_town.desk, replace(preview.draft, blanks={**BLANKS, "zones": "Haut-Bourg"}))
    with pytest.raises(Conflict, match="under this identifier"):
        any_town.trigger(other)
    assert count("alert") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"blanks": {**BLANKS, "zones": "Haut-Bourg"}},
        {"communes": ("76902",)},
        {"exercise": True},
        {"channels": ("essai",)},
        {"expires": "2026-11-22T10:00"},
        {"message_id": "watch.first", "blanks": {**BLANKS, "heure_debut": "20:00"}},
    ],
)
def test_what_was_not_confirmed_is_refused(town, change):
    preview = town.preview()
    with pytest.raises(StalePreview, match="not what was shown"):
        service.trigger(town.desk, replace(preview.draft, **change), preview.digest, ACTOR)
    assert nothing_was_sent()
    assert town.rings == []


@pytest.mark.parametrize("change", [{"identifier": ""}, {"sent": None}, {"version_id": ""}, {"identifier": "A" * 32}])
def test_what_was_not_previewed_is_refused(town, change):
    preview = town.preview()
    with pytest.raises(StalePreview, match="not previewed"):
        service.trigger(town.desk, replace(preview.draft, **change), preview.digest, ACTOR)
    assert nothing_was_sent()


def test_a_faulty_draft_is_refused_at_the_trigger_too(town):
    preview = town.preview()
    with pytest.raises(InvalidInput, match="area"):
        service.trigger(town.desk, replace(preview.draft, communes=()), preview.digest, ACTOR)
    assert nothing_was_sent()


@pytest.mark.parametrize(
    ("changes", "seconds", "words"),
    [
        ({}, 15 * 60 + 1, "too old"),
        ({"expires": "2026-11-21T17:50"}, 10 * 60, "end of the alert has passed"),
        ({"blanks": {**BLANKS, "prochain": "17:50"}}, 10 * 60, "time in the text has passed"),
    ],
)
def test_a_preview_does_not_stay_valid(town, changes, seconds, words):
    preview = town.preview(**changes)
    town.clock.advance(seconds)
    with pytest.raises(StalePreview, match=words):
        town.trigger(preview)
    assert nothing_was_sent()


def test_until_then_it_does(town):
    preview = town.preview()
    town.clock.advance(15 * 60)
    assert town.trigger(preview).created


def test_a_map_changed_after_the_preview_is_not_used(town, settings, clock):
    preview = town.preview()
    publish(settings, clock, lambda situation: replace(situation, version=99))
    with pytest.raises(StalePreview, match="have changed"):
        town.trigger(preview)
    assert nothing_was_sent()


def test_a_trigger_that_breaks_in_the_middle_leaves_nothing(any_town):
    preview = any_town.preview()
    taken = dict.fromkeys(("incident", "status", "msg_type"), "x")
    times = dict.fromkeys(("sent", "expires", "created_at"), any_town.clock.now())
    with transaction() as session:
        session.execute(sa.insert(publications).values(id=preview.draft.identifier, priority=0, **taken, **times))
    with pytest.raises(IntegrityError):
        any_town.trigger(preview)
    assert (count("alert"), count("delivery"), count("audit_entry"), any_town.rings) == (0, 0, 0, [])
    with transaction() as session:
        session.execute(sa.delete(publications))
    assert any_town.trigger(preview).created, "the same confirmation works once the fault is gone"


def at_once(town, triggers):
    """Runs the triggers in as many threads, all let go together; what each one got."""
    barrier = Barrier(len(triggers))

    def run(preview):
        barrier.wait()
        with town.app.app_context():
            try:
                return service.trigger(town.desk, preview.draft, preview.digest, ACTOR)
            except HubError as refusal:
                return refusal

    with ThreadPoolExecutor(len(triggers)) as pool:
        return list(pool.map(run, triggers))


def test_fifty_clicks_at_once_make_one_alert(any_town):
    preview = any_town.preview()
    results = at_once(any_town, [preview] * AT_ONCE)
    assert {result.identifier for result in results} == {preview.draft.identifier}
    assert [result.created for result in results].count(True) == 1
    assert (count("alert"), count("publication"), count("delivery"), count("audit_entry")) == (1, 1, 3, 1)
    assert len(any_town.rings) == 1
    assert verify(reading()) is None


def test_fifty_clicks_at_once_make_one_follow_up(any_town):
    first = any_town.send()
    preview = any_town.follow(first, "act.cancel", blanks={"zones": BLANKS["zones"]})
    results = at_once(any_town, [preview] * AT_ONCE)
    assert [result.created for result in results].count(True) == 1
    assert (count("alert"), count("publication"), count("audit_entry")) == (2, 2, 2)


def test_of_many_officers_who_follow_up_at_once_one_wins(any_town):
    first = any_town.send()
    cancel = {"message_id": "act.cancel", "blanks": {"zones": BLANKS["zones"]}}
    update = {"message_id": "act.update"}
    previews = [any_town.follow(first, **[cancel, update][number % 2]) for number in range(8)]
    results = at_once(any_town, previews)
    winners = [result for result in results if isinstance(result, service.TriggerResult)]
    assert len(winners) == 1
    assert all(isinstance(result, AlreadyFollowed) for result in results if result not in winners)
    assert (count("alert"), count("publication"), count("audit_entry")) == (2, 2, 2)
    line = queries.incident(reading(), first)
    assert [alert.identifier for alert in line] == [first, winners[0].identifier]
    assert verify(reading()) is None


def test_different_alerts_at_once_do_not_hinder_each_other(any_town):
    previews = [any_town.preview() for _ in range(10)]
    results = at_once(any_town, previews)
    assert [result.created for result in results] == [True] * 10
    assert (count("alert"), count("delivery"), count("audit_entry")) == (10, 30, 10)
    assert verify(reading()) is None


def test_who_triggered_is_kept_with_the_alert(town):
    preview = town.preview()
    service.trigger(town.desk, preview.draft, preview.digest, Actor("command_line", "root", "root"))
    assert queries.get(reading(), preview.draft.identifier).created_by == Actor("command_line", "root", "root")


def test_deliveries_wait_for_nobody_at_first(town):
    town.send()
    rows = reading().execute(sa.select(deliveries.c.state, deliveries.c.waits_for_id)).all()
    assert rows == [("due", None)] * 3
