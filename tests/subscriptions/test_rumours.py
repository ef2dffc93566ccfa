"""Each version of an answer goes to those who asked for it, whether it is sent over channels or not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.kernel.db import transaction
from hub.rumours import work
from hub.rumours.models import Event, Rumour
from hub.rumours.states import Response, VersionKind
from hub.rumours.verdicts import Verdict
from tests.rumours.answers import ANSWER
from tests.rumours.conftest import ANNE
from tests.rumours.conftest import Town as RumourTown
from tests.rumours.test_publishing import publish, written
from tests.subscriptions.conftest import BASE

EVENT = "crue-lise-2026"


@pytest.fixture
def event(readers):
    with readers.town.app.app_context(), transaction() as session:
        title = {"fr": "Crue de la Lise", "en": "Lise flood"}
        session.add(Event(id=EVENT, title=title, began_at=readers.town.clock.now()))
    return EVENT


@pytest.fixture
def desk(readers):
    return RumourTown(readers.town.app.extensions["hub"].rumours, readers.town.clock)


def to(mails):
    return sorted(mail["To"].partition("@")[0] for mail in mails)


def answered(readers, desk, answer=ANSWER, kind=VersionKind.ANSWER, verdict=Verdict.FALSE, rumour_id=None, **about):
    """Publishes a version in the register only; the rumour's id."""
    with readers.town.app.app_context():
        if rumour_id is not None:
            work.reopen(desk.desk, desk.ref(rumour_id), "Le pont est fermé.", actor=ANNE)
        rumour_id = written(desk, answer, Response.REGISTER, verdict, rumour_id)
        if about:
            with transaction() as session:
                row = session.get_one(Rumour, rumour_id)
                for name, value in about.items():
                    setattr(row, name, value)
        publish(desk, rumour_id, kind)
    return rumour_id


def test_a_version_reaches_those_who_asked_for_it_and_a_correction_those_it_misled(readers, desk, event):
    readers.join("tout@l.example", topics=["rumours"])
    readers.join("alertes@l.example", topics=["alerts"])
    readers.join("commune@l.example", topics=["rumours"], communes=["76901"])
    readers.join("ailleurs@l.example", topics=["rumours"], communes=["76902"])
    readers.join("crue@l.example", topics=[], events=[event], language="en")
    rumour_id = answered(readers, desk, communes=["76901"], event_id=event)
    first = readers.mails()[5:]
    assert to(first) == ["commune", "crue", "tout"]
    mail = next(mail for mail in first if mail["To"].startswith("crue"))
    assert mail["Subject"] == ANSWER.fact["en"]
    assert f"{BASE}/rumeurs/{rumour_id}" in next(mail.iter_parts()).get_content()

    readers.join("nouveau@l.example", topics=["rumours"])
    path = readers.path(next(mail for mail in first if mail["To"].startswith("commune")), "fin")
    readers.client.post(path)
    before = len(readers.mails())
    readers.town.clock.advance(600)
    fixed = replace(ANSWER, wrong={"fr": "Le pont n'est plus ouvert.", "en": "The bridge is open no more."})
    answered(readers, desk, fixed, VersionKind.CORRECTION, Verdict.MISLEADING, rumour_id, communes=["76901"])
    second = readers.mails()[before:]
    assert to(second) == ["crue", "nouveau", "tout"]
    correction = next(mail for mail in second if mail["To"].startswith("tout"))
    assert correction["Subject"].startswith("Correction : ")
    assert correction["In-Reply-To"] == next(mail for mail in first if mail["To"].startswith("tout"))["Message-ID"]
    assert fixed.wrong["fr"] in next(correction.iter_parts()).get_content()


def test_the_form_offers_the_events_that_go_on(readers, event):
    assert f'value="{EVENT}"' in readers.client.get("/abonnements").text
    with readers.town.app.app_context(), transaction() as session:
        session.get_one(Event, event).ended_at = readers.town.clock.now()
    assert f'value="{EVENT}"' not in readers.client.get("/abonnements").text
