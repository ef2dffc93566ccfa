"""What a draft changes, in words; who else is at a message; which maps must be read again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.kernel.db import reading, transaction
from hub.message_maps.drafts import presence, queries, workflow
from hub.message_maps.drafts.diff import Mark, compare, words
from hub.message_maps.drafts.queries import Due
from tests.message_maps.drafts.samples import ANNE, BILL, ID, NOW, TERMS, document, message, publish
from tests.message_maps.samples import flood


def shown(before: str, after: str) -> str:
    signs = {Mark.SAME: "", Mark.ADDED: "+", Mark.REMOVED: "-"}
    return "".join(f"{signs[piece.mark]}{piece.text}{signs[piece.mark]}" for piece in words(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Montez vite", "Montez vite", "Montez vite"),
        ("Montez vite", "Montez très vite", "Montez +très +vite"),
        ("", "Neuf", "+Neuf+"),
        ("Vieux", "", "-Vieux-"),
        ("a " * 1500, "b " * 1500, f"-{'a ' * 1500}-+{'b ' * 1500}+"),
    ],
)
def test_words_are_compared(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected
    pieces = words(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.REMOVED) == after


def changes(after: dict) -> list[tuple[str, str, str]]:
    return [(".".join(each.unit), each.place, each.mark.value) for each in compare(document(), after)]


def test_the_same_document_has_no_changes() -> None:
    assert changes(document()) == []


def test_a_changed_text_is_one_change_at_its_place() -> None:
    assert changes(document(sms="[H]autre")) == [("messages.act.first", "variants.sms.fr", "changed")]


def test_structure_is_compared_too() -> None:
    after = document()
    moved = after["messages"].pop(0)
    after["messages"].append(moved)
    assert changes(after) == [("messages.act.first", "", "moved")]
    after["messages"].pop()
    assert {(unit, mark) for unit, _, mark in changes(after)} == {("messages.act.first", "removed")}
    message(after, "act.update")["title"]["fr"] = "Autre"
    assert ("messages.act.update", "title.fr", "changed") in changes(after)


@pytest.fixture
def here(app):
    with app.app_context():
        publish()
        yield


def test_two_people_at_one_message_are_told(here: None) -> None:
    def seen(actor, moment, name="act.first", *, edited=False):
        with transaction() as session:
            presence.note_presence(session, ID, name, actor=actor, now=moment, edited=edited)
            return [(each.name, each.edited_at) for each in presence.others(session, ID, name, actor=actor, now=moment)]

    assert seen(ANNE, NOW, edited=True) == []
    assert seen(BILL, NOW) == [("Anne", NOW)]
    assert seen(BILL, NOW, "act.update") == []
    assert seen(ANNE, NOW + timedelta(minutes=4)) == [("Bill", None)]
    assert seen(BILL, NOW + timedelta(minutes=10)) == []


@pytest.mark.parametrize(
    ("days", "due"),
    [(0, Due.LATER), (334, Due.LATER), (335, Due.SOON), (364, Due.SOON), (365, Due.OVERDUE), (400, Due.OVERDUE)],
)
def test_a_review_is_due_a_year_after_the_last_one(days: int, due: Due) -> None:
    situation = flood()
    today = situation.owner.reviewed_on + timedelta(days=days)
    assert (queries.review_of("nat.flood@1", situation, today).due, situation.owner.review_every_days) == (due, 365)


def test_reading_a_map_again_without_change_renews_its_date(here: None) -> None:
    late = date(2029, 1, 1)
    assert queries.reviews(reading(), late)[0].due is Due.OVERDUE
    with transaction() as session:
        terms = workflow.replace(TERMS, today=late)
        assert workflow.review_again(session, ID, actor=ANNE, now=NOW, terms=terms) == "nat.flood@2"
    review = queries.reviews(reading(), late)[0]
    assert (review.due, review.on) == (Due.LATER, date(2030, 1, 1))
