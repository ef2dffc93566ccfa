"""Draft, review, approved by someone else, retired: what each step needs and what it leaves behind."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hub.audit.models import AuditEntry
from hub.audit.queries import verify
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from hub.message_maps import versions
from hub.message_maps.drafts import queries, service, workflow
from hub.message_maps.drafts.service import DraftConflict
from hub.message_maps.model import Kinetics, State
from tests.message_maps.drafts.samples import (
    ANNE,
    BILL,
    CARL,
    ID,
    NOW,
    TERMS,
    TODAY,
    approve,
    document,
    in_use,
    message,
    publish,
    put,
    state,
    submit,
)


@pytest.fixture(autouse=True)
def here(app):
    with app.app_context():
        publish()
        yield


def titled() -> dict:
    content = document()
    content["situation"]["title"]["fr"] = "Crue"
    return content


def actions() -> list[str]:
    return [entry.action for entry in reading().query(AuditEntry).order_by(AuditEntry.seq)]


def test_a_draft_becomes_a_version_that_says_who_and_when() -> None:
    put(titled())
    submit()
    assert approve() == "nat.flood@2"
    version_id, situation = versions.find(reading(), ID)
    assert (version_id, situation.title["fr"], situation.status) == ("nat.flood@2", "Crue", State.APPROVED)
    assert (situation.version, situation.owner.reviewed_on) == (2, TODAY)
    record = versions.history(reading(), ID)[0].record
    assert record is not None
    assert [author["name"] for author in record["authors"]] == ["Anne"]
    assert (record["approved"]["name"], record["at"]) == ("Bill", NOW.isoformat())
    assert versions.get(reading(), "nat.flood@1").title["fr"] != "Crue"
    assert actions() == ["map.draft_changed", "map.submitted", "map.approved"]
    assert verify(reading()) is None
    assert state() == "approved"


@pytest.mark.parametrize("second", [ANNE, CARL], ids=["the author", "who handed it in"])
def test_an_approver_has_neither_written_nor_handed_it_in(second) -> None:
    put(titled())
    submit(CARL)
    with pytest.raises(Forbidden, match="another officer"):
        approve(second)
    assert approve(BILL) == "nat.flood@2"


def test_whoever_changed_a_word_is_an_author() -> None:
    put(titled(), ANNE)
    put(document(title={"fr": "Crue de la Lise", "en": "Flood"}), BILL, 1)
    submit()
    with pytest.raises(Forbidden):
        approve(BILL)


def test_any_edit_resets_to_draft() -> None:
    put(titled())
    submit()
    assert state() == "review"
    put(document(synonyms={"fr": ["eau"], "en": ["water"]}), ANNE, 1)
    assert state() == "draft"
    with pytest.raises(Conflict):
        approve()


def test_a_reviewer_sends_back_with_a_reason() -> None:
    put(titled())
    submit()
    with pytest.raises(InvalidInput, match="what must change"), transaction() as session:
        workflow.send_back(session, ID, actor=BILL, now=NOW, expected=1, reason="  ")
    with transaction() as session:
        workflow.send_back(session, ID, actor=BILL, now=NOW, expected=1, reason="Trop court")
    draft = queries.get_open(reading(), ID)
    assert (draft.state, draft.notes[0]["text"], draft.submitted) == ("draft", "Trop court", None)


def broken(place: str):
    content = titled()
    first = message(content, "act.first")
    if place == "fault":
        first["variants"]["sms"]["fr"] = "[S"
    elif place == "error":
        first["variants"]["sms"]["fr"] = first["variants"]["sms"]["fr"] + " trop long" * 60
    elif place == "reference":
        first["followups"]["update"] = "nowhere"
    return content


@pytest.mark.parametrize("place", ["fault", "error", "reference"])
def test_what_is_not_sound_is_kept_but_not_handed_in(place) -> None:
    put(broken(place))
    with pytest.raises(InvalidInput) as refused:
        submit()
    assert any(fault.field.startswith("messages.act.first") for fault in refused.value.faults)
    assert state() == "draft"
    assert queries.get_open(reading(), ID).document == broken(place)


def test_what_changes_nothing_is_not_handed_in() -> None:
    put(document())
    with pytest.raises(Conflict, match="same"):
        submit()


def test_a_decision_is_taken_on_what_was_read() -> None:
    put(titled())
    with pytest.raises(DraftConflict), transaction() as session:
        workflow.submit(session, ID, actor=ANNE, now=NOW, expected=7, terms=TERMS)
    with pytest.raises(NotFound), transaction() as session:
        workflow.submit(session, "nat.other", actor=ANNE, now=NOW, expected=1, terms=TERMS)


def without(name: str) -> dict:
    content = titled()
    content["messages"] = [each for each in content["messages"] if each["id"] != name]
    for each in content["messages"]:
        each["followups"] = {role: to for role, to in each.get("followups", {}).items() if to != name}
    return content


def test_a_message_of_an_open_alert_cannot_be_removed() -> None:
    put(without("evacuate.first"))
    with pytest.raises(InvalidInput, match="open alert"):
        submit(terms=in_use("evacuate.first"))
    submit()
    with pytest.raises(InvalidInput, match="open alert"):
        approve(terms=in_use("evacuate.first"))
    assert approve() == "nat.flood@2"


def test_the_id_of_a_removed_message_is_never_used_again() -> None:
    put(without("evacuate.first"))
    submit()
    approve()
    put(titled())
    with pytest.raises(InvalidInput, match="earlier version"):
        submit()


def test_a_renamed_situation_is_found_under_its_former_id() -> None:
    put(document(id="nat.flood.lise"))
    submit()
    assert approve() == "nat.flood.lise@1"
    version_id, situation = versions.find(reading(), ID)
    assert (version_id, situation.aliases) == ("nat.flood.lise@1", (ID,))
    assert [each.id for _, each in versions.current(reading())] == ["nat.flood.lise"]
    assert queries.retired(reading()) == []


def test_an_id_that_was_used_is_not_given_to_another_situation() -> None:
    put(document(id="nat.flood.lise"))
    submit()
    approve()
    with transaction() as session:
        service.put(session, "nat.new", document(id=ID), actor=ANNE, now=NOW, expected=None, origin="editor")
        found = workflow.findings(session, queries.get_open(session, "nat.new"), TERMS)[1]
    assert [fault.field for fault in found] == ["situation.id"]


def test_what_is_asked_of_a_former_id_is_done_to_the_present_one() -> None:
    put(document(id="nat.flood.lise"))
    submit()
    approve()
    busy = replace(TERMS, in_use={"nat.flood.lise": frozenset({"act.first"})})
    with pytest.raises(Conflict, match="open alert"), transaction() as session:
        workflow.retire(session, ID, actor=ANNE, now=NOW, reason="doublon", terms=busy)


def test_a_situation_is_retired_and_brought_back() -> None:
    with pytest.raises(Conflict, match="open alert"), transaction() as session:
        workflow.retire(session, ID, actor=ANNE, now=NOW, reason="doublon", terms=in_use("act.first"))
    with transaction() as session:
        assert workflow.retire(session, ID, actor=ANNE, now=NOW, reason="doublon", terms=TERMS) == "nat.flood@2"
    assert versions.current(reading()) == []
    assert [each.id for _, each in queries.retired(reading())] == [ID]
    put(document())
    submit()
    assert approve() == "nat.flood@3"
    assert [version_id for version_id, _ in versions.current(reading())] == ["nat.flood@3"]


def test_an_open_draft_is_finished_before_a_situation_is_retired_or_reviewed() -> None:
    put(titled())
    with pytest.raises(Conflict), transaction() as session:
        workflow.retire(session, ID, actor=ANNE, now=NOW, reason="doublon", terms=TERMS)
    with pytest.raises(Conflict), transaction() as session:
        workflow.review_again(session, ID, actor=ANNE, now=NOW, terms=TERMS)


def test_what_was_published_meanwhile_is_taken_over_before_a_draft_is_handed_in() -> None:
    put(titled())
    with transaction() as session:
        changed = versions.get(session, "nat.flood@1")
        titles = {**changed.title, "en": "High water"}
        newer = workflow.replace(changed, title=titles, kinetics=Kinetics.FAST)
        versions.publish(session, [newer], now=NOW, actor_name="hub")
    with pytest.raises(Conflict, match="newer"):
        submit()
    with transaction() as session:
        draft, clashes = workflow.rebase(session, ID, actor=ANNE, now=NOW, expected=1)
    assert [clash.place for clash in clashes] == ["situation.title"]
    assert draft.document["situation"]["title"]["fr"] == "Crue"
    assert draft.document["situation"]["kinetics"] == "fast"
    assert draft.notes[0]["places"] == ["situation.title"]
    submit()


def test_the_detail_of_an_approval_is_in_the_log() -> None:
    put(titled())
    submit()
    approve()
    entry = reading().query(AuditEntry).filter_by(action="map.approved").one()
    assert entry.subject == "nat.flood@2"
    assert json.loads(entry.detail)["submitted"]["name"] == "Anne"
