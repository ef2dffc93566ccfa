"""The health page, the button that has a channel looked at, and the banner when nobody dispatches."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.channels.contract import TransientChannelError
from hub.dispatch import reasons
from hub.dispatch.gate_models import HOST, buckets, circuits
from hub.dispatch.models import deliveries, destinations
from hub.dispatch.watch_models import channel_checks, dispatchers
from hub.kernel.db import reading, transaction
from hub.kernel.phrase import Phrase
from tests.web.console.conftest import Browser

HEALTH = "/console/health"


def sign(app, clock, ago=0.0, host="capucine"):
    seen_at = clock.now() - timedelta(seconds=ago)
    with app.app_context(), transaction() as session:
        row = {"id": host, "host": host, "pid": 4711, "started_at": seen_at, "seen_at": seen_at}
        session.execute(sa.insert(dispatchers).values(**row))


def in_english(browser):
    browser.get("/console/")
    browser.post("/console/language", {"language": "en", "next": "/console/"})
    return browser


def section(page, title, end="</section>"):
    return page.partition(title)[2].partition(end)[0]


def run(app):
    assert app.extensions["hub"].engine.run_until_idle(60)


@pytest.mark.parametrize(("ago", "told"), [(None, True), (0, False), (29, False), (30, True), (3600, True)])
@pytest.mark.parametrize("address", ["/console/", "/console/situations", "/console/channels", HEALTH])
def test_every_page_says_when_no_dispatcher_runs_anywhere(town, anne, clock, ago, told, address):
    if ago is not None:
        sign(town, clock, ago)
    page = in_english(anne).get(address).text
    assert ("Nothing is being sent: no dispatcher runs." in page) is told


def test_a_dispatcher_on_another_host_is_enough(town, anne, clock):
    sign(town, clock, ago=400, host="gone")
    sign(town, clock, ago=2, host="far")
    page = in_english(anne).get(HEALTH).text
    assert "no dispatcher runs" not in page
    assert page.index("far") < page.index("gone")
    assert page.count("alive") == 1
    assert page.count("silent") == 1


def test_the_page_needs_an_officer(stranger):
    assert stranger.get(HEALTH).status_code == 303


def test_before_anything_was_sent(town, anne):
    page = in_english(anne).get(HEALTH).text
    assert "3 of 3 destinations would accept it." in page
    assert "3 of them have not been sent anything yet." in page
    assert "None runs: nothing is sent." in page
    assert page.count("none yet") >= 3
    assert "Nothing has failed in the last hour." in page


def test_after_a_message_was_accepted(town, anne, clock):
    anne.send()
    in_english(anne)
    waiting = anne.get(HEALTH).text
    assert section(waiting, '<th scope="row">Flux CAP</th>', "</tr>").count("<td>1</td>") == 1
    run(town)
    page = anne.get(HEALTH).text
    assert "3 of 3 destinations would accept it." in page
    assert "1 of them has not been sent anything yet." in page
    places = section(page, 'id="places-title"', "</table>")
    assert places.count("accepted") >= 2
    # Never tried, never accepted: first.
    assert places.index("Panneaux") < places.index("Flux CAP")
    assert places.count("2026") == 2


def broken(app, channel_id="essai"):
    adapter = app.extensions["hub"].channels[channel_id].adapter

    def refuse(_outgoing):
        raise TransientChannelError(Phrase("the disk is full"))

    adapter.send = refuse


def test_a_destination_whose_tries_fail_would_not_accept(town, anne):
    broken(town)
    anne.send()
    in_english(anne)
    run(town)
    page = anne.get(HEALTH).text
    assert "2 of 3 destinations would accept it." in page
    assert "tries have failed so far" in page


def test_failures_of_the_last_hour_and_no_older_ones(town, anne, clock):
    anne.send()
    in_english(anne)
    run(town)
    with town.app_context(), transaction() as session:
        essai = deliveries.c.channel_id == "essai"
        session.execute(sa.update(deliveries).where(essai).values(state="failed", finished_at=clock.now()))
    page = anne.get(HEALTH).text
    assert "2 of 3 destinations would accept it." in page
    assert "Needs your attention" in page
    assert "Send again" in page
    clock.advance(3601)
    page = anne.get(HEALTH).text
    assert "Nothing has failed in the last hour." in page
    assert "2 of 3 destinations would accept it." in page


def test_a_channel_whose_check_failed_would_not_accept(town, anne, clock):
    with town.app_context(), transaction() as session:
        fault = '{"msgid": "the file cannot be written: %(detail)s", "params": {"detail": "EROFS"}}'
        row = {"channel_id": "essai", "next_at": clock.now(), "checked_at": clock.now(), "fault": fault}
        session.execute(sa.insert(channel_checks).values(**row))
    page = in_english(anne).get(HEALTH).text
    assert "2 of 3 destinations would accept it." in page
    assert "the file cannot be written: EROFS" in page


def test_check_now(town, anne, clock):
    in_english(anne)
    anne.get(HEALTH)
    assert anne.post(f"{HEALTH}/checks/essai").status_code == 303
    with town.app_context():
        assert reading().execute(sa.select(channel_checks)).one().next_at == clock.now()
        with transaction() as session:
            session.execute(
                sa.update(channel_checks).values(checked_at=clock.now(), next_at=clock.now() + timedelta(1))
            )
    assert "within a few seconds" in anne.get(HEALTH).text
    anne.post(f"{HEALTH}/checks/essai")
    assert "only seconds ago" in anne.get(HEALTH).text
    assert anne.post(f"{HEALTH}/checks/nobody").status_code == 404


def test_a_viewer_looks_and_presses_nothing(town, clock):
    vera = Browser(town.test_client())
    vera.log_in("vera")
    page = in_english(vera).get(HEALTH).text
    assert "Health of the hub" in page
    assert "Check now" not in page
    assert vera.post(f"{HEALTH}/checks/essai").status_code == 403


def test_the_page_is_bounded_and_ordered(town, anne, clock):
    with town.app_context(), transaction() as session:
        rows = [
            {"channel_id": "essai", "address": f"a{n}", "label": f"L{n:03}", "host": "h", "enabled": True}
            | {"created_at": clock.now()}
            for n in range(100)
        ]
        session.execute(sa.insert(destinations), rows)
    in_english(anne)
    page = anne.get(HEALTH).text
    assert "103 of 103" in page
    assert "83 more are not shown." in page
    assert section(page, 'id="places-title"', "</table>").count('<th scope="row">') == 20
    assert anne.get(f"{HEALTH}?order=slowest").status_code == 200
    assert anne.get(f"{HEALTH}?order=<script>").status_code == 200


def test_a_label_stays_text(town, anne, clock):
    with town.app_context(), transaction() as session:
        session.execute(sa.update(dispatchers).values(host="x"))
        row = {"id": "d", "host": "<script>alert(1)</script>", "pid": 1, "started_at": clock.now()}
        session.execute(sa.insert(dispatchers).values(**row, seen_at=clock.now()))
    assert "<script>alert" not in anne.get(HEALTH).text


def test_stopped_sending_is_told(town, anne):
    in_english(anne).post("/console/sending/stop", {"reason": "drill"})
    assert "But all sending is stopped" in anne.get(HEALTH).text


def test_hosts_that_are_left_alone_or_slowed_down_are_named_with_the_reason(town, anne, clock):
    assert "Hosts in trouble" not in in_english(anne).get(HEALTH).text
    why, now = reasons.stored(Phrase("nobody answers there")), clock.now()
    soon = now + timedelta(minutes=5)
    with town.app_context(), transaction() as session:
        for host, until in (("down.example", soon), ("stumbled-once.example", None)):
            row = {"host": host, "failures": 7, "trips": 1, "open_until": until, "since": now, "reason": why}
            session.execute(sa.insert(circuits).values(**row))
        pace = {"per_minute": 30.0, "tokens": 0.0, "refilled_at": now, "slowed_at": soon}
        session.execute(sa.insert(buckets).values(scope=HOST, name="shy.example", **pace))
    page = section(anne.get(HEALTH).text, "Hosts in trouble", "</table>")
    assert "down.example" in page
    assert "Left alone after 7 failures in a row" in page
    assert "nobody answers there" in page
    assert "shy.example" in page
    assert "Slowed down to" in page
    assert "stumbled-once.example" not in page
