"""An officer under stress finds the situation with any word, accents and case aside."""

from __future__ import annotations

import pytest

from hub.message_maps.search import search
from tests.message_maps.samples import changed, flood

FIRE = changed(
    {
        ("id",): "nat.fire",
        ("title",): {"fr": "Feu de forêt", "en": "Wildfire"},
        ("synonyms",): {"fr": ["incendie"], "en": ["fire"]},
        ("hazard",): {"fr": ["feu"], "en": ["fire"]},
        ("messages",): [],
    }
)


@pytest.mark.parametrize(
    ("query", "language", "found"),
    [
        ("crue", "fr", ["nat.flood"]),
        ("CRUE RIVIERE", "fr", ["nat.flood"]),
        ("debordement", "fr", ["nat.flood"]),
        ("forêt", "fr", ["nat.fire"]),
        ("Foret", "fr", ["nat.fire"]),
        ("incend", "fr", ["nat.fire"]),
        ("flood", "en", ["nat.flood"]),
        ("flood", "fr", ["nat.flood"]),
        ("evacuation", "fr", ["nat.flood"]),
        ("emporter voiture", "fr", ["nat.flood"]),
        ("nat", "fr", ["nat.flood", "nat.fire"]),
        ("rue", "fr", []),
        ("tsunami", "fr", []),
        ("", "fr", ["nat.flood", "nat.fire"]),
        ("'; DROP TABLE x; --", "fr", []),
        ("crue " * 500, "fr", ["nat.flood"]),
    ],
)
def test_search(query: str, language: str, found: list[str]) -> None:
    assert [hit.situation.id for hit in search([flood(), FIRE], query, language)] == found


def test_messages_that_match_are_named() -> None:
    (hit,) = search([flood()], "annulation", "fr")
    assert [message.id for message in hit.messages] == ["act.cancel"]


def test_a_title_counts_more_than_a_text() -> None:
    other = changed({("id",): "z.other", ("title",): {"fr": "Voiture", "en": "Car"}})
    assert [hit.situation.id for hit in search([flood(), other], "voiture", "fr")] == ["z.other", "nat.flood"]
