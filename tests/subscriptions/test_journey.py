"""From the form to the confirmation, an alert by mail and one click that ends it; nobody's address in the clear."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.dispatch import queries
from hub.dispatch.models import deliveries
from hub.dispatch.service import resend
from hub.kernel.db import reading
from tests.alerts.conftest import FIRST
from tests.rumours.conftest import ANNE
from tests.subscriptions.conftest import BASE, READER

CORRECTION = {"erreur": "rue du Port", "juste": "rue du Pont"}


def test_from_the_form_to_an_alert_and_out_with_one_click(readers, caplog):
    caplog.set_level(logging.DEBUG)
    page = readers.client.get("/abonnements")
    assert (page.status_code, "Set-Cookie" in page.headers) == (200, False)
    assert "mailto" not in page.text
    asked = readers.ask()
    assert asked.status_code == 200
    assert READER not in asked.text

    (letter,) = readers.mails()
    assert letter["To"] == READER
    assert letter["List-Unsubscribe"] is None, "nobody is subscribed yet"
    path = readers.path(letter, "confirmer")
    assert "<button" in readers.client.get(path).text
    assert readers.rows()[0].confirmed_at is None, "looking at the link confirmed it"
    alert = readers.send()
    assert len(readers.mails()) == 1, "an alert went to somebody who had not confirmed"

    done = readers.client.post(path)
    assert (done.status_code, "Set-Cookie" in done.headers) == (200, False)
    assert readers.client.post(path).status_code == 404, "the link was good twice"

    second = readers.send()
    mail = readers.mails()[-1]
    text = next(mail.iter_parts()).get_content()
    assert mail["Content-Language"] == "fr"
    assert f"{BASE}/alertes/{second.identifier}" in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = readers.path(mail, "fin")
    assert mail["List-Unsubscribe"] == f"<{BASE}{leave}>"
    with readers.town.app.app_context():
        progress = {each.channel_id: each for each in queries.progress(reading(), second.identifier).channels}
        (row,) = progress["abonnes"].deliveries
        assert (row.state, row.remote_id) == ("accepted", "4Zx1Y2abcd")
        assert "abonnes" not in {each.channel_id for each in queries.progress(reading(), alert.identifier).channels}

    assert "<button" in readers.client.get(leave).text
    assert len(readers.rows()) == 1, "looking at the link unsubscribed"
    for _ in range(2):
        over = readers.client.post(leave, data={"List-Unsubscribe": "One-Click"})
        assert (over.status_code, "Set-Cookie" in over.headers) == (200, False)
    assert readers.rows() == []
    readers.town.follow(second, "act.correction", **CORRECTION)
    assert len(readers.mails()) == 2, "somebody who had left was written to"

    nowhere_in_the_clear(readers, caplog)


def nowhere_in_the_clear(readers, caplog):
    local = READER.partition("@")[0].lower()
    with readers.town.app.app_context():
        directory = readers.town.app.extensions["hub"].settings.data.directory
        actions = list(reading().scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)))
    kept = b"".join(file.read_bytes() for file in directory.rglob("*") if file.is_file()).lower()
    assert b"subscription" in kept
    assert local.encode() not in kept
    ours = [record.getMessage() + repr(vars(record)) for record in caplog.records if record.name != "mail.log"]
    assert [line for line in ours if local in line.lower()] == []
    assert "subscription.confirmed" in actions
    assert "subscription.ended" in actions


def test_a_correction_goes_to_those_who_got_the_wrong_one(readers):
    readers.join("un@lecteurs.example")
    readers.join("deux@lecteurs.example", communes=["76901"])
    readers.join("ailleurs@lecteurs.example", communes=["76902"])
    wrong = readers.send()
    first = readers.mails()[3:]
    right = readers.town.follow(wrong, "act.correction", **CORRECTION)
    second = readers.mails()[3 + len(first) :]
    assert sorted(mail["To"] for mail in first) == ["deux@lecteurs.example", "un@lecteurs.example"]
    assert sorted(mail["To"] for mail in second) == sorted(mail["To"] for mail in first)
    threads = {mail["To"]: mail["Message-ID"] for mail in first}
    assert {mail["To"]: mail["In-Reply-To"] for mail in second} == threads
    assert right.identifier in next(second[0].iter_parts()).get_content()


def test_a_correction_of_the_area_reaches_those_it_adds(any_readers):
    readers = any_readers
    readers.join("un@lecteurs.example", communes=["76901"])
    readers.join("autre@lecteurs.example", communes=["76902"])
    wrong = readers.send(communes=("76901",))
    assert [mail["To"] for mail in readers.mails()[2:]] == ["un@lecteurs.example"]
    readers.town.clock.advance(60)
    readers.send(
        message_id="act.correction", follows=wrong.identifier, communes=("76902",), blanks=FIRST.blanks | CORRECTION
    )
    assert sorted(mail["To"] for mail in readers.mails()[3:]) == ["autre@lecteurs.example", "un@lecteurs.example"]


def test_mails_never_leave_before_what_warns(readers):
    readers.join()
    alert = readers.send()
    with readers.town.app.app_context():
        found = reading().execute(
            sa.select(deliveries.c.channel_id, deliveries.c.priority).where(
                deliveries.c.publication_id == alert.identifier
            )
        )
        priority = dict(found.all())
    exercise = readers.send(exercise=True)
    with readers.town.app.app_context():
        chosen = sa.select(deliveries.c.priority).where(deliveries.c.publication_id == exercise.identifier)
        warns = list(reading().scalars(chosen))
    assert warns, "the exercise went over the feed"
    assert priority["abonnes"] < min(*warns, priority["flux-cap"])


def unknown_then_again(readers, number):
    """What the mail server took without an answer, sent again by an officer; the two mails."""
    mails = readers.mails()
    readers.server.at_the_end = "250 2.0.0 Ok: queued as 4Zx1Y2abcd"
    with readers.town.app.app_context():
        unknown = sa.select(deliveries.c.id).where(deliveries.c.state == "unknown")
        resend(reading().scalars(unknown).one(), actor=ANNE, now=readers.town.clock.now())
    again = readers.mails()
    assert (len(mails), len(again)) == (number, number + 1)
    return mails[-1], again[-1]


def test_a_mail_that_is_sent_again_has_the_same_links_and_they_are_good(readers):
    readers.server.at_the_end = "drop"
    readers.ask()
    first, again = unknown_then_again(readers, 1)
    assert readers.path(first, "confirmer") == readers.path(again, "confirmer")
    assert readers.client.post(readers.path(again, "confirmer")).status_code == 200
    readers.server.at_the_end = "drop"
    alert = readers.send()
    first, again = unknown_then_again(readers, 3)
    assert first["Message-ID"] == again["Message-ID"]
    for use in ("choix", "fin"):
        assert readers.path(first, use) == readers.path(again, use)
        assert readers.client.get(readers.path(again, use)).status_code == 200
    assert f"{BASE}/alertes/{alert.identifier}" in next(again.iter_parts()).get_content()
    assert readers.client.get(f"/alertes/{alert.identifier}").status_code == 200


def test_a_letter_that_had_arrived_is_not_sent_again_without_its_link(readers):
    readers.server.at_the_end = "drop"
    readers.ask()
    (letter,) = readers.mails()
    readers.server.at_the_end = "250 Ok"
    assert readers.client.post(readers.path(letter, "confirmer")).status_code == 200
    with readers.town.app.app_context():
        resend(reading().scalars(sa.select(deliveries.c.id)).one(), actor=ANNE, now=readers.town.clock.now())
    assert len(readers.mails()) == 1
    with readers.town.app.app_context():
        state, error = reading().execute(sa.select(deliveries.c.state, deliveries.c.error)).one()
    assert (state, "confirmed meanwhile" in error) == ("failed", True)
