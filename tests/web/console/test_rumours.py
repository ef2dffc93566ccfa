"""The rumour desk without scripts: from a report to a correction on every channel, by two officers and a volunteer."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
import sqlalchemy as sa

from hub.kernel.db import reading, transaction
from hub.rumours.models import MatchDecision, Report, Rumour, RumourVersion
from hub.web.security import policy_of
from tests.web.console.rumour_steps import (
    ASKED,
    CLAIM,
    CONFIRMED,
    DESK,
    HEAVY,
    WRITTEN,
    do,
    enter,
    judged,
    opened,
    proposed,
    published_by,
    taken,
    told,
)

# Fields of one line: what was typed stands in them again.
LINES = {"as_of", "confidence", "address", "title", "organisation", "source_name", "review_at"}
# form, what is wrong in it, the field that is named
BAD = [
    ("weigh", {"harm": "9"}, "harm"),
    ("weigh", {"spread": ""}, "spread"),
    ("weigh", {"actor": "un"}, "actor"),
    ("weigh", {"override": "low"}, "override_reason"),
    ("weigh", {"override": "grave"}, "override"),
    ("decide", {"response": "shout"}, "response"),
    ("decide", {"response": "undecided"}, "response"),
    ("decide", {"response": "monitor", "review_at": "demain"}, "review_at"),
    ("words", {"claim.fr": ""}, "claim.fr"),
    ("words", {"claim.fr": "x" * 301}, "claim.fr"),
    ("words", {**CLAIM, "event": "nowhere"}, "event"),
    ("words", {**CLAIM, "communes": "99999"}, "communes"),
    ("answer", {"verdict": "perhaps"}, "verdict"),
    ("answer", {"as_of": ""}, "as_of"),
    ("answer", {"as_of": "2026-11-22T17:30"}, "as_of"),
    ("answer", {"valid_until": "2026-11-21T10:00"}, "valid_until"),
    ("answer", {"confidence": "101"}, "confidence"),
    ("grounds/confirmation", {"means": "pigeon"}, "means"),
    ("grounds/confirmation", {"at": "2026-11-23T10:00"}, "at"),
    ("grounds/confirmation", {"organisation": ""}, "organisation"),
    ("grounds/confirmation", {"supports": ""}, "supports"),
    ("grounds/evidence", {"title": "Photo"}, "file"),
    ("grounds/evidence", {"title": "Photo", "address": "https://10.0.0.1/x"}, "address"),
    ("grounds/evidence", {"title": "Photo", "address": "file:///etc/passwd"}, "address"),
]


@pytest.fixture
def bill(town, clock):
    return enter(town, clock, "bill", "Bill Roux")


@pytest.fixture
def volunteer(town, clock):
    return enter(town, clock, "zoe", "Zoé Blanc", "volunteer")


def test_from_a_report_to_a_correction_on_the_same_channels(town, anne, bill):
    rumour_id = proposed(anne)
    assert published_by(anne, rumour_id).status_code == 403
    shown = published_by(bill, rumour_id)
    assert shown.status_code == 303
    bill.get(shown.location)
    assert "Fichier" in bill.page
    assert do(anne, rumour_id, "reopen", reopen_reason=" ").status_code == 422
    assert set(anne.faults()) == {"f-reopen_reason"}
    assert do(anne, rumour_id, "reopen", reopen_reason="La photo est de 2017").status_code == 303
    assert do(anne, rumour_id, "take").status_code == 303
    again = {**WRITTEN, "wrong.fr": "Nous avions daté la photo de 2016.", "wrong.en": "We had dated the photo 2016."}
    assert do(anne, rumour_id, "answer", "/answer", **again, kind="correction").status_code == 303
    anne.get(f"{DESK}/{rumour_id}/review")  # as from the sheet: what the writer chose is known
    assert "<ins>Nous avions daté la photo de 2016.</ins>" in anne.page
    revision = anne.hidden("revision")
    assert anne.post(f"{DESK}/{rumour_id}/propose", {"revision": revision, "kind": "correction"}).status_code == 303
    assert published_by(bill, rumour_id).status_code == 303
    with town.app_context():
        versions = reading().scalars(sa.select(RumourVersion).order_by(RumourVersion.number)).all()
    assert [(each.kind, each.channels) for each in versions] == [("answer", ["essai"]), ("correction", ["essai"])]


def test_a_report_is_compared_with_what_is_known_and_the_judgement_is_kept(town, anne):
    bridge = opened(anne)
    water = judged(
        anne, told(anne, "l'eau du robinet est empoisonnée"), "new", **{"claim.fr": "L'eau est empoisonnée."}
    )
    report = told(anne, "on dit que le pont sur la Lise serait parti, et l'eau aussi")
    anne.get(f"{DESK}/reports/{report}")
    assert "<mark>pont</mark>" in anne.page
    assert judged(anne, report, "link", rumour=bridge).status_code == 303
    anne.get(f"{DESK}/{bridge}")
    assert "et l'eau aussi" in anne.page
    with town.app_context():
        rows = reading().scalars(sa.select(MatchDecision).where(MatchDecision.report_id == report)).all()
        assert {row.rumour_id: row.confirmed for row in rows}[bridge] is True
        assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
        assert all(row.by_name == "Anne Martin" and not row.automatic for row in rows)
    assert judged(anne, report, "unlink").status_code == 303
    with town.app_context():
        assert reading().get(Report, report).state == "received"
        link = sa.select(MatchDecision.confirmed).where(
            MatchDecision.report_id == report, MatchDecision.rumour_id == bridge
        )
        assert reading().scalars(link).all() == [False]
    assert water.status_code == 303


def test_two_officers_at_one_report(anne, bill):
    bridge = opened(anne)
    report = told(anne, "le pont serait parti hier soir")
    anne.get(f"{DESK}/reports/{report}")
    bill.get(f"{DESK}/reports/{report}")
    seen = {"state_seen": "received", "rumour_seen": ""}
    assert anne.post(f"{DESK}/reports/{report}/link", {**seen, "rumour": bridge}).status_code == 303
    assert bill.post(f"{DESK}/reports/{report}/aside", {**seen, "state": "abuse"}).status_code == 409
    assert f'href="{DESK}/{bridge}"' in bill.page
    assert bill.post(f"{DESK}/reports/{report}/link", {**seen, "rumour": "zzzzzzz"}).status_code in {404, 409}


def test_two_officers_at_one_answer_lose_nothing(anne, bill):
    rumour_id = taken(anne)
    bill.get(f"{DESK}/{rumour_id}/answer")
    old = bill.hidden("revision")
    assert do(anne, rumour_id, "answer", "/answer", **{**WRITTEN, "fact.fr": "Le pont tient bien."}).status_code == 303
    mine = {**WRITTEN, "fact.fr": "Le pont tient encore."}
    assert bill.post(f"{DESK}/{rumour_id}/answer", {"revision": old, **mine}).status_code == 409
    assert "Le pont tient encore.</textarea>" in bill.page
    assert "<del>bien</del><ins>encore</ins>" in bill.page
    assert bill.post(f"{DESK}/{rumour_id}/answer", {"revision": bill.hidden("revision"), **mine}).status_code == 303


def test_two_verifiers_publish_at_once_and_one_of_them_is_told(anne, bill):
    rumour_id = proposed(anne)
    bill.get(f"{DESK}/{rumour_id}/review")
    fields = {"revision": bill.hidden("revision"), "digest": bill.hidden("digest")}
    assert bill.post(f"{DESK}/{rumour_id}/approve", fields).status_code == 303
    assert bill.post(f"{DESK}/{rumour_id}/approve", fields).status_code == 409


def test_a_holding_statement_goes_at_once(anne):
    rumour_id = taken(anne)
    assert do(anne, rumour_id, "decide", response="register").status_code == 303
    held = {**WRITTEN, "verdict": "not_known_yet"}
    assert do(anne, rumour_id, "answer", **held).status_code == 303
    anne.get(f"{DESK}/{rumour_id}/review?kind=holding")
    fields = {"revision": anne.hidden("revision"), "digest": anne.hidden("digest"), "kind": "holding"}
    assert anne.post(f"{DESK}/{rumour_id}/hold", {**fields, "digest": "x"}).status_code == 409
    assert anne.post(f"{DESK}/{rumour_id}/hold", fields).status_code == 303


def test_the_proposer_weighs_whether_to_answer_and_the_second_person_gives_a_reason(anne, bill):
    rumour_id = proposed(anne)
    assert do(bill, rumour_id, "return", "/review").status_code == 422
    assert do(bill, rumour_id, "return", "/review", reason="La date manque").status_code == 303
    assert do(anne, rumour_id, "propose", "/review", kind="answer").status_code == 422
    assert do(anne, rumour_id, "propose", "/review", kind="answer", **ASKED).status_code == 303
    anne.get(f"{DESK}/{rumour_id}")
    assert "La date manque" in anne.page


def test_those_who_reported_it_are_told(town, anne):
    rumour_id = taken(anne)
    assert do(anne, rumour_id, "reporters", text="Le pont tient.").status_code == 409
    assert do(anne, rumour_id, "decide", response="private").status_code == 303
    assert do(anne, rumour_id, "reporters", text=" ").status_code == 422
    assert do(anne, rumour_id, "reporters", text="Le pont tient.").status_code == 303
    with town.app_context():
        (report,) = reading().scalars(sa.select(Report).where(Report.rumour_id == rumour_id))
        assert (report.private_answer, report.answered_at is not None) == ("Le pont tient.", True)


def test_a_decision_to_leave_it_alone_comes_back_on_its_day(anne, clock):
    rumour_id = opened(anne)
    do(anne, rumour_id, "weigh", **{**HEAVY, "harm": "1", "spread": "1"})
    decision = {"response": "monitor", "reason": "Un seul voisin", "close": "yes"}
    faults = do(anne, rumour_id, "decide", **decision)
    assert faults.status_code == 422
    assert set(anne.faults()) == {"f-review_at", "f-reopen_at_spread"}
    whole = {**decision, "review_at": "2026-11-22T09:00", "reopen_at_spread": "3"}
    assert do(anne, rumour_id, "decide", **whole).status_code == 303
    clock.advance(24 * 3600)
    anne.log_in()
    anne.get(DESK)
    assert "Un seul voisin" in anne.page
    anne.get("/console/")
    assert f"{DESK}#review" in anne.page
    assert do(anne, rumour_id, "weigh", **{**HEAVY, "harm": "1"}).status_code == 303
    anne.get(f"{DESK}?state=verifying")
    assert rumour_id in anne.page
    anne.get(f"{DESK}?state=new")
    assert rumour_id not in anne.page


def test_bad_input_is_named_at_its_field_and_nothing_typed_is_lost(anne):
    rumour_id = opened(anne)
    typed = {"weigh": HEAVY, "answer": WRITTEN, "grounds/confirmation": CONFIRMED}
    for form, wrong, field in BAD:
        answer = do(anne, rumour_id, form, **{**typed.get(form, {}), **wrong})
        assert answer.status_code == 422, (form, wrong)
        assert "f-" + field.replace(".", "-") in anne.faults(), (form, wrong, anne.faults())
        lines = {name: text for name, text in {**typed.get(form, {}), **wrong}.items() if name in LINES and text}
        assert all(f'value="{text}"' in anne.page for text in lines.values()), (form, wrong)
        areas = [text for name, text in typed.get(form, {}).items() if name.startswith(("fact.", "why.", "statement"))]
        assert all(text in unescape(anne.page) for text in areas), (form, wrong)
    assert do(anne, rumour_id, "merge", into="zzzzzzz").status_code == 404
    assert 'value="zzzzzzz"' in anne.page
    assert do(anne, rumour_id, "merge", into=rumour_id).status_code == 422


def test_an_event_groups_rumours(anne):
    rumour_id = opened(anne)
    event = {"id": "crue-2026", "title.fr": "Crue", "title.en": "Flood", "began_at": "2026-11-20T08:00"}
    assert anne.post(f"{DESK}/events", {**event, "id": "Crue 2026"}).status_code == 422
    assert anne.post(f"{DESK}/events", event).status_code == 303
    assert anne.post(f"{DESK}/events", event).status_code == 409
    assert do(anne, rumour_id, "words", **CLAIM, event="crue-2026", communes=["76901"]).status_code == 303
    anne.get(f"{DESK}?event=crue-2026&commune=76901")
    assert rumour_id in anne.page
    assert anne.post(f"{DESK}/events/crue-2026/end", {"ended": "yes"}).status_code == 303
    assert anne.post(f"{DESK}/events/none/end", {"ended": "yes"}).status_code == 404


def test_evidence_is_kept_by_its_hash_and_handed_out_to_be_saved(anne):
    rumour_id = taken(anne)
    anne.get(f"{DESK}/{rumour_id}/grounds")
    file = {"file": (io.BytesIO(b"%PDF-1.7 rapport"), "rapport.pdf")}
    fields = {"csrf_token": anne.token, "revision": anne.hidden("revision"), "title": "Rapport", **file}
    assert anne.post(f"{DESK}/{rumour_id}/grounds/evidence", fields).status_code == 303
    anne.get(f"{DESK}/{rumour_id}")
    address = re.search(rf"{DESK}/{rumour_id}/evidence/\d+", anne.page)[0]
    copy = anne.get(address)
    assert (copy.data, copy.mimetype) == (b"%PDF-1.7 rapport", "application/octet-stream")
    assert copy.headers["Content-Disposition"].startswith("attachment; filename=")
    row = address.rpartition("/")[2]
    assert do(anne, rumour_id, f"grounds/evidence/{row}/remove").status_code == 303
    assert anne.get(address).status_code == 404
    assert anne.get(f"{DESK}/{rumour_id}/grounds").status_code == 200


def test_a_page_that_does_not_come_is_shown_as_having_no_copy(anne):
    rumour_id = taken(anne)
    nobody = {"title": "Vidéo", "address": "http://127.0.0.1:9/video"}
    assert do(anne, rumour_id, "grounds/evidence", "/grounds", **nobody).status_code == 303
    anne.get(f"{DESK}/{rumour_id}/grounds")
    assert "Aucune copie" in anne.page
    row = re.search(r"/evidence/(\d+)/copy", anne.page)[1]
    refused = do(anne, rumour_id, f"evidence/{row}/copy", "/grounds")
    assert (refused.status_code, f'file-{row}-error"' in anne.page) == (422, True)
    assert do(anne, rumour_id, f"evidence/{row}/copy", "/grounds", again="yes").status_code == 303
    assert anne.get(f"{DESK}/{rumour_id}/evidence/{row}").status_code == 404
    brought = {"file": (io.BytesIO(b"%PDF-1.7 video"), "video.pdf")}
    assert do(anne, rumour_id, f"evidence/{row}/copy", "/grounds", **brought).status_code == 303
    assert anne.get(f"{DESK}/{rumour_id}/evidence/{row}").data == b"%PDF-1.7 video"


def test_a_volunteer_adds_what_was_seen_and_publishes_nothing(town, anne, volunteer):
    rumour_id = taken(anne)
    assert volunteer.onward == DESK
    assert re.findall(r'<li><a href="(/console[^"]*)"', volunteer.page)[:1] == [DESK]
    assert "/console/channels" not in volunteer.page
    report = told(volunteer, "le pont de la Lise aurait disparu dans la nuit")
    assert judged(volunteer, report, "link", rumour=rumour_id).status_code == 303
    assert do(volunteer, rumour_id, "grounds/confirmation", "/grounds", **CONFIRMED).status_code == 303
    for page in ("", "/grounds"):
        assert volunteer.get(f"{DESK}/{rumour_id}{page}").status_code == 200
    refused = ("weigh", "decide", "answer", "propose", "approve", "hold", "return", "close", "take", "merge", "words")
    for deed in refused:
        assert volunteer.post(f"{DESK}/{rumour_id}/{deed}", {"revision": "9"}).status_code == 403, deed
    assert volunteer.get("/console/").status_code == 403
    assert f'<p>\n  <a href="{DESK}">' in volunteer.page, "the way back is open to them"
    with town.app_context():
        assert reading().get(Rumour, rumour_id).workflow == "verifying"


def test_while_typing_it_is_said_what_is_missing_and_what_channels_would_carry(anne):
    rumour_id = taken(anne)
    do(anne, rumour_id, "decide", response="targeted")
    said = anne.post(f"{DESK}/{rumour_id}/answer/check", {**WRITTEN, "fact.fr": ""})
    assert 'href="#f-fact-fr"' in said.text
    assert "Le pont de la Lise tient" in said.text
    live = anne.post(f"{DESK}/{rumour_id}/weigh/score", HEAVY)
    assert 'role="status"' in live.text


@pytest.mark.parametrize(
    ("response", "pattern", "required"),
    [
        ("register", "answer.false", set()),
        ("targeted", "", set()),
        ("targeted", "answer.false", {"fait", "mythe", "raison", "preuve"}),
        ("targeted", "answer.danger", {"fait", "mythe", "raison", "preuve", "consigne"}),
    ],
)
def test_only_the_blanks_of_the_text_that_goes_out_are_required(anne, response, pattern, required):
    rumour_id = taken(anne)
    do(anne, rumour_id, "decide", response=response)
    assert (
        do(anne, rumour_id, "answer", **{**WRITTEN, "pattern": pattern, "blanks.consigne.fr": "Restez."}).status_code
        == 303
    )
    anne.get(f"{DESK}/{rumour_id}/answer")
    found = re.findall(r'name="blanks\.(\w+)\.fr"[^>]*aria-required', anne.page)
    assert set(found) == required
    assert 'value="Restez."' in anne.page, "what another text uses is kept"


def test_every_page_of_the_desk_says_who_may_open_it(town):
    rules = [rule for rule in town.url_map.iter_rules() if rule.rule.startswith(DESK)]
    found = {rule.endpoint: policy_of(town, rule.endpoint) for rule in rules}
    assert len(found) > 30
    assert {name for name, policy in found.items() if policy == "rumour.approve"} == {
        "console.approve",
        "console.return_answer",
    }
    contributed = {name for name, policy in found.items() if policy == "rumour.contribute"}
    assert contributed == {
        "console.new_report",
        "console.add_report",
        "console.link_report",
        "console.rumour_grounds",
        "console.add_confirmation",
        "console.add_evidence",
        "console.add_copy",
    }
    for rule in rules:
        if "GET" not in rule.methods:
            assert found[rule.endpoint] in {"rumour.work", "rumour.approve", "rumour.contribute"}


def test_a_report_belongs_to_one_rumour_only(town, anne):
    report = told(anne)
    assert judged(anne, report, "new", **CLAIM).status_code == 303
    assert anne.post(f"{DESK}/reports/{report}/new", {**CLAIM, "offers": "forged"}).status_code == 409
    with town.app_context(), transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Rumour)) == 1
