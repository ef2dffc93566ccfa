"""Working copies: what is stored, what is brought together, what is refused; no text is ever lost. Both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.audit.models import AuditEntry
from hub.identity.actor import Actor
from hub.kernel.db import reading, transaction
from hub.kernel.errors import InvalidInput
from hub.message_maps.drafts import service, workflow
from hub.message_maps.drafts.service import DraftConflict
from hub.message_maps.drafts.states import DraftState

NOW = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)
ANNE, BILL = Actor("officer", "a1", "Anne"), Actor("officer", "b2", "Bill")


@pytest.fixture
def here(app):
    with app.app_context():
        yield


@pytest.fixture
def on_each_engine(both_engines_app):
    with both_engines_app.app_context():
        yield


def document(**texts: str) -> dict[str, Any]:
    messages = [{"id": name, "title": {"fr": text}} for name, text in texts.items()]
    return {"schema": "tocsin-map/1", "situation": {"id": "nat.flood", "kinetics": "slow"}, "messages": messages}


def put(content: dict[str, Any], expected: int | None, actor: Actor = ANNE, origin: str = "editor") -> service.Draft:
    with transaction() as session:
        return service.put(session, "nat.flood", content, actor=actor, now=NOW, expected=expected, origin=origin)


def test_a_copy_is_kept_as_typed(on_each_engine: None) -> None:
    odd = document(first="[K moitié écrit", nul="\x00", lone="\ud800", line="a\r\nb")
    draft = put(odd, None)
    assert (draft.revision, draft.state, draft.authors) == (1, DraftState.DRAFT, (ANNE,))
    assert put(odd, 1).document == odd


def test_what_changes_nothing_is_not_stored_again(here: None) -> None:
    put(document(first="un"), None)
    assert put(document(first="un"), 1, BILL).authors == (ANNE,)
    assert put(document(first="deux"), 1, BILL).revision == 2


def test_each_change_is_in_the_audit_log(here: None) -> None:
    put(document(first="un", second="un"), None)
    put(document(first="un", second="deux"), 1, BILL)
    entries = reading().query(AuditEntry).order_by(AuditEntry.seq).all()
    assert [entry.actor_name for entry in entries] == ["Anne", "Bill"]
    assert '"changed":["messages.second"]' in entries[1].detail


def test_changes_of_two_messages_are_brought_together(here: None) -> None:
    put(document(first="un", second="un"), None)
    put(document(first="Anne", second="un"), 1)
    draft = put(document(first="un", second="Bill", third="neuf"), 1, BILL)
    assert draft.document == document(first="Anne", second="Bill", third="neuf")
    assert draft.merged == (("messages", "first"),)
    assert draft.authors == (ANNE, BILL)


def test_two_texts_of_one_message_are_both_shown_and_nothing_is_stored(on_each_engine: None) -> None:
    put(document(first="un", second="un"), None)
    put(document(first="Anne", second="Anne"), 1)
    with pytest.raises(DraftConflict) as refused:
        put(document(first="Bill", second="un"), 1, BILL)
    clash = refused.value.clashes[0]
    assert (clash.place, clash.base["title"]["fr"]) == ("messages.first", "un")
    assert (clash.mine["title"]["fr"], clash.theirs["title"]["fr"]) == ("Bill", "Anne")
    assert refused.value.mine == document(first="Bill", second="Anne")
    assert refused.value.current.revision == 2
    assert put(refused.value.mine, 2, BILL).document == document(first="Bill", second="Anne")


@pytest.mark.parametrize(
    ("mine", "together"),
    [
        (document(second="2", first="1"), document(second="2", third="3", first="1")),
        (document(first="1"), document(first="1", third="3")),
        (document(first="1", second="2", fourth="4"), document(first="1", second="2", fourth="4", third="3")),
    ],
    ids=["moved", "removed", "both added"],
)
def test_structure_is_brought_together_too(here: None, mine: dict[str, Any], together: dict[str, Any]) -> None:
    put(document(first="1", second="2"), None)
    put(document(first="1", second="2", third="3"), 1)
    merged = put(mine, 1, BILL).document
    assert {each["id"]: each for each in merged["messages"]} == {each["id"]: each for each in together["messages"]}


def test_an_open_copy_is_not_overwritten_by_a_new_one(here: None) -> None:
    put(document(first="Anne"), None)
    with pytest.raises(DraftConflict) as refused:
        put(document(first="import"), None, BILL, "import")
    assert [clash.place for clash in refused.value.clashes] == ["messages.first"]


def test_a_closed_copy_begins_again_and_old_pages_are_told(here: None) -> None:
    put(document(first="Anne"), None)
    with transaction() as session:
        workflow.discard(session, "nat.flood", actor=ANNE, now=NOW, expected=1)
    begun = put(document(first="Bill"), None, BILL)
    assert (begun.revision, begun.state, begun.authors) == (2, DraftState.DRAFT, (BILL,))
    with transaction() as session:
        workflow.discard(session, "nat.flood", actor=ANNE, now=NOW, expected=2)
    with pytest.raises(DraftConflict, match="closed"):
        put(document(first="Anne, late"), 1)


def test_what_cannot_be_an_id_is_refused(here: None) -> None:
    for name in ("", "Nat.Flood", "nat..flood", "a" * 101, "é", "../x", "nat\n"):
        with pytest.raises(InvalidInput), transaction() as session:
            service.put(session, name, document(), actor=ANNE, now=NOW, expected=None, origin="editor")


def test_a_document_has_a_bound(here: None) -> None:
    with pytest.raises(InvalidInput, match="larger"):
        put(document(first="x" * 1_000_000), None)
