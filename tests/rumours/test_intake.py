import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.kernel.db import reading
from hub.kernel.errors import InvalidInput
from hub.rumours import work
from hub.rumours.errors import ReportKeyReused
from hub.rumours.intake import Once, ReportDraft, Request, Via, hashed, take_in
from hub.rumours.matching.matcher import Matcher
from hub.rumours.models import MatchDecision, Report
from tests.rumours.conftest import ANNE

DRAFT = ReportDraft(text="Le pont de la Lise a été emporté cette nuit !", heard_on="facebook", commune="76901")


def stored(report_id) -> Report:
    session = reading()
    session.rollback()
    return session.get_one(Report, report_id)


def count(table) -> int:
    return reading().scalar(sa.select(sa.func.count()).select_from(table))


def test_a_report_is_stored_as_it_was_said_and_nobody_knows_by_whom(desk):
    clock = desk.clock
    whole = replace(
        DRAFT, text="Le <b>pont</b>\r\n\u202eest parti\u200b ", place="après l'église", latitude=49.5, longitude=0.2,
        seen_at=clock.now() - timedelta(hours=1), link="https://reseau.example/p/1", contact="marie@poste.example",
    )  # fmt: skip
    receipt = take_in(desk.desk, Matcher(), whole, Via.PUBLIC)
    row = stored(receipt.report_id)
    assert row.text == "Le <b>pont</b>\nest parti"
    assert (row.commune, row.place, row.latitude, row.longitude) == ("76901", "après l'église", 49.5, 0.2)
    assert (row.link, row.seen_at) == (whole.link, whole.seen_at)
    assert (row.by_kind, row.by_id, row.by_name, row.via, row.state) == ("", "", "", "public", "received")
    assert row.contact_until == clock.now() + timedelta(days=30)
    assert row.tracking_hash == hashed(receipt.tracking_code)
    entries = reading().scalars(sa.select(AuditEntry)).all()
    assert [entry.action for entry in entries] == ["report.received"]
    told = json.loads(entries[0].detail)
    assert told["contact"] is True
    assert not any(secret in entries[0].detail for secret in ("marie", "pont", "église", receipt.tracking_code))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "trop court"[:9]}, "text"),
        ({"text": "\u200b" * 50}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "x" * 100_001}, "text"),
        ({"commune": ""}, "commune"),
        ({"commune": "75056"}, "commune"),
        ({"place": "x" * 121}, "place"),
        ({"latitude": 49.5}, "point"),
        ({"latitude": 0.2, "longitude": 49.5}, "point"),
        ({"latitude": float("nan"), "longitude": 0.2}, "point"),
        ({"latitude": float("inf"), "longitude": 0.2}, "point"),
        ({"heard_on": "pigeon"}, "heard_on"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "data:text/html,x"}, "link"),
        ({"link": "https://user:pw@reseau.example/"}, "link"),
        ({"link": "https://[::1"}, "link"),
        ({"link": "https://" + "x" * 2000}, "link"),
        ({"contact": "pas un contact"}, "contact"),
        ({"contact": "a@b"}, "contact"),
        ({"contact": "12345"}, "contact"),
        ({"picture": b"PK\x03\x04 no picture"}, "picture"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(desk, change, field):
    with pytest.raises(InvalidInput) as refusal:
        take_in(desk.desk, Matcher(), replace(DRAFT, **change), Via.PUBLIC)
    assert [fault.field for fault in refusal.value.faults] == [field]
    assert count(Report) == 0


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=-367)])
def test_a_moment_must_be_possible(desk, ahead):
    with pytest.raises(InvalidInput, match="seen_at"):
        take_in(desk.desk, Matcher(), replace(DRAFT, seen_at=desk.clock.now() + ahead), Via.PUBLIC)


def test_the_longest_text_and_a_place_elsewhere_are_taken(desk):
    draft = replace(DRAFT, text="ho " * 1333 + "h", commune="", place="Le Havre", contact="+33 6 12 34 56 78")
    row = stored(take_in(desk.desk, Matcher(), draft, Via.PUBLIC).report_id)
    assert (len(row.text), row.commune, row.place) == (4000, "", "Le Havre")


def test_a_copy_links_by_itself_and_a_new_wording_is_known_to_other_hosts_at_once(any_desk):
    here, there = Matcher(), Matcher()
    rumour_id = work.open_rumour(any_desk.desk, {"fr": DRAFT.text}, actor=ANNE)
    assert there.copy_of(reading(), "rien à voir") is None
    exact = take_in(any_desk.desk, here, replace(DRAFT, text=DRAFT.text.upper()), Via.PUBLIC)
    row = any_desk.row(rumour_id)
    assert (exact.linked_to, row.revision) == (rumour_id, 1), "an officer who is writing is not interrupted"
    long = (
        "Alerte partagez vite car le grand pont de la Lise vers Rivemont a été emporté cette nuit par la rivière dit-on"
    )
    first = take_in(any_desk.desk, here, replace(DRAFT, text=long), Via.PUBLIC)
    assert first.linked_to is None
    session = reading()
    session.rollback()
    decision = session.scalars(sa.select(MatchDecision)).one()
    assert (decision.automatic, decision.confirmed, decision.rumour_id) == (True, True, rumour_id)
    opened = work.open_rumour(any_desk.desk, {"fr": "Le pont."}, actor=ANNE, report_id=first.report_id)
    near = take_in(any_desk.desk, here, replace(DRAFT, text=f"{long} hélas"), Via.PUBLIC)
    assert (near.linked_to, any_desk.row(opened).revision) == (opened, 2)
    reading().rollback()
    assert there.copy_of(reading(), f"{long} hélas").text == f"{long} hélas"


def test_a_denial_is_no_copy(desk):
    work.open_rumour(desk.desk, {"fr": DRAFT.text}, actor=ANNE)
    denial = replace(DRAFT, text="Le pont de la Lise n'a pas été emporté cette nuit !")
    assert take_in(desk.desk, Matcher(), denial, Via.PUBLIC).linked_to is None


def test_the_same_form_again_gets_the_same_receipt_other_words_do_not(any_desk):
    form = Request(Once.FORM, "public", "n1")
    first, again, other, reachable = (
        take_in(any_desk.desk, Matcher(), draft, Via.PUBLIC, request=form)
        for draft in (DRAFT, DRAFT, replace(DRAFT, commune="76902"), replace(DRAFT, contact="0612345678"))
    )
    assert (again.report_id, again.tracking_code, again.replayed) == (first.report_id, first.tracking_code, True)
    assert len({first.report_id, other.report_id, reachable.report_id}) == 3
    assert take_in(any_desk.desk, Matcher(), DRAFT, Via.PUBLIC).report_id != first.report_id
    assert count(Report) == 4


def test_a_key_belongs_to_one_report_and_to_one_partner(desk):
    key = Request(Once.KEY, "sdis", "k1")
    first = take_in(desk.desk, Matcher(), DRAFT, Via.PARTNER, ANNE, key)
    assert take_in(desk.desk, Matcher(), DRAFT, Via.PARTNER, ANNE, key).report_id == first.report_id
    with pytest.raises(ReportKeyReused):
        take_in(desk.desk, Matcher(), replace(DRAFT, commune="76902"), Via.PARTNER, ANNE, key)
    assert take_in(desk.desk, Matcher(), DRAFT, Via.PARTNER, ANNE, Request(Once.KEY, "vost", "k1")) != first
    assert stored(first.report_id).by_name == "Anne Martin"


class TestBlocked:
    @pytest.fixture
    def overrides(self):
        return {"rumours": {"blocked": ["casino-gratuit", "achetez"]}}

    def test_is_set_aside_for_the_public_and_taken_from_officers(self, desk):
        spam = replace(DRAFT, text="ACHETEZ vos places maintenant")
        linked = replace(DRAFT, link="https://www.Casino-Gratuit.example/")
        states = [
            stored(take_in(desk.desk, Matcher(), draft, via).report_id).state
            for draft, via in ((spam, "public"), (linked, "public"), (spam, "officer"))
        ]
        assert states == ["abuse", "abuse", "received"]
