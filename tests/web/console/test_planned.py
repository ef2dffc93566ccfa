"""Sending later, from the confirmation to the home page, and what every page says when it was not sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from hub.alerts.planned.models import plans
from hub.dispatch import reasons
from hub.kernel.db import reading, transaction
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from tests.alerts.test_planned import local

RIVER = {"blanks.riviere.fr": "la Lise", "blanks.riviere.en": "the Lise"}


@pytest.fixture
def clock(clock):
    """Moments are planned by the database's clock, so the hub's must show the same."""
    clock.set(datetime.now(UTC))
    return clock


def hour(clock, minutes):
    return local(clock.now() + timedelta(minutes=minutes))[-5:]


def times(clock, minutes=0):
    return {"blanks.heure_fin": hour(clock, minutes + 240), "blanks.prochain": hour(clock, minutes + 40)}


def look_ahead(anne, clock, minutes=30):
    """From the filled form to the confirmation of a later moment."""
    anne.confirm(**times(clock, 1))
    moment = local(clock.now() + timedelta(minutes=minutes))
    return anne.post("/console/plan", {"token": anne.hidden("token"), "at": moment})


def keep(anne):
    return anne.post("/console/plan/keep", {"token": anne.hidden("token"), "word": "EXERCICE"})


def planned_id(anne):
    return re.search(r"/console/planned/([0-9a-f]{32})/cancel", anne.page)[1]


def states(town):
    with town.app_context():
        return list(reading().scalars(sa.select(plans.c.state).order_by(plans.c.planned_at)))


def test_it_is_shown_as_it_will_be_then_and_kept(anne, town, clock):
    assert look_ahead(anne, clock).status_code == 200
    assert hour(clock, 30).replace(":", "h") in anne.page.replace(":", "h"), "the texts say the planned moment"
    later = anne.hidden("token")
    refused = anne.post("/console/confirm", {"token": later, "word": "EXERCICE"})
    assert refused.status_code == 400, "what is for later cannot be sent at once"
    assert anne.post("/console/plan/keep", {"token": later, "word": "no"}).status_code == 422
    assert keep(anne).status_code == 303
    anne.get("/console/")
    assert "Anne Martin" in anne.page
    assert states(town) == ["planned"]

    assert anne.post("/console/plan/keep", {"token": later}).status_code == 303, "it is planned: no word is asked for"
    anne.get("/console/")
    anne.post(f"/console/planned/{planned_id(anne)}/cancel")
    assert states(town) == ["cancelled"]
    anne.get(anne.post("/console/plan/keep", {"token": later, "word": "EXERCICE"}).location)
    assert "C'est planifié" not in anne.page
    assert "entre-temps" in anne.page


def test_a_wrong_moment_is_named_beside_its_field(anne, clock):
    assert look_ahead(anne, clock, minutes=-60).status_code == 422
    assert "f-at" in anne.faults()
    assert anne.hidden("token"), "nothing typed is lost"


@pytest.mark.parametrize("word", ["EXERCICE", ""])
def test_what_has_become_stale_is_shown_anew_with_what_was_typed(anne, town, clock, word):
    look_ahead(anne, clock)
    with town.app_context(), transaction() as session:
        _, river = versions.find(session, "nat.flood.river")
        versions.publish(
            session, [replace(river, title={"fr": "Autre", "en": "Other"})], now=clock.now(), actor_name="x"
        )
    answer = anne.post("/console/plan/keep", {"token": anne.hidden("token"), "word": word})
    assert answer.status_code == 409
    assert "Bas-Bourg, rue du Port" in anne.page
    assert keep(anne).status_code == 303


def test_moving_and_changing_put_another_one_in_its_place(anne, town, clock):
    look_ahead(anne, clock)
    keep(anne)
    anne.get("/console/")
    first = planned_id(anne)
    assert (
        anne.post(f"/console/planned/{first}/move", {"at": local(clock.now() + timedelta(minutes=35))}).status_code
        == 200
    )
    keep(anne)
    assert states(town) == ["cancelled", "planned"]
    anne.get("/console/")
    second = planned_id(anne)
    anne.get(f"/console/planned/{second}/edit")
    assert anne.hidden("plan") == second
    assert "la Lise" in anne.page
    assert anne.post(f"/console/planned/{first}/now").status_code == 404, "it has ended"


def test_one_that_was_not_sent_is_on_every_page_until_a_person_decides(anne, town, clock):
    look_ahead(anne, clock)
    keep(anne)
    anne.get("/console/")
    identifier = planned_id(anne)
    why = reasons.stored(Phrase("All sending was stopped at that moment."))
    with town.app_context(), transaction() as session:
        session.execute(sa.update(plans).values(state="waiting", reason=why))
    for page in ("/console/", "/console/channels", "/console/health"):
        anne.get(page)
        assert 'href="/console/#planned"' in anne.page
    assert anne.post(f"/console/planned/{identifier}/now").status_code == 200
    word = re.search(r'class="word">(\w+)<', anne.page)[1]
    token = anne.hidden("token")
    sent = anne.post("/console/confirm", {"token": token, "word": word})
    assert sent.status_code == 303
    assert anne.post("/console/confirm", {"token": token, "word": word}).location == sent.location
    assert states(town) == ["sent"]
    anne.get("/console/")
    assert 'href="/console/#planned"' not in anne.page


def test_whoever_may_only_look_sees_the_plans(anne, stranger, clock):
    look_ahead(anne, clock)
    keep(anne)
    stranger.log_in("vera")
    stranger.get("/console/")
    assert "Anne Martin" in stranger.page
    assert "/console/planned/" not in stranger.page
    assert stranger.post("/console/planned/" + "0" * 32 + "/cancel").status_code == 403


@pytest.mark.parametrize("mode", ["exercise", "actual"])
def test_a_broken_promise_is_on_every_page_until_a_message_follows(anne, clock, mode):
    identifier = anne.send(mode, **times(clock))
    link = f'href="/console/alerts/{identifier}#follow-title"'
    clock.advance(40 * 60 + 61)
    for page in ("/console/", "/console/channels", "/console/health"):
        assert link in anne.get(page).text
    assert ('role="alert"><strong>EXERCICE' in anne.page) is (mode == "exercise")
    shown = anne.get("/metrics").text
    status = {"exercise": "Exercise", "actual": "Actual"}[mode]
    assert f'hub_promises_overdue{{status="{status}"}} 1.0' in shown
    typed = {"blanks.zones": "Bas-Bourg", "blanks.prochain": hour(clock, 30), "blanks.heure_fin": hour(clock, 240)}
    anne.get(f"/console/alerts/{identifier}")
    anne.post(f"/console/alerts/{identifier}/follow-up/act.no_change", {**typed, **RIVER})
    anne.post("/console/confirm", {"token": anne.hidden("token")})
    assert link not in anne.get("/console/").text
