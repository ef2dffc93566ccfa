"""An officer under stress finds the situation with any word, accents and case aside."""

from __future__ import annotations

import pytest

from hub.message_maps.search import Place, search
from hub.message_maps.search_words import excerpt
from tests.message_maps.samples import changed, flood, text

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


@pytest.mark.parametrize(
    ("query", "language", "place"),
    [
        ("crue", "fr", Place("name", "fr")),
        ("nat", "fr", Place("id", "")),
        ("debordement", "fr", Place("synonym", "fr")),
        ("overflow", "fr", Place("synonym", "en")),
        ("annulation", "fr", Place("title", "fr")),
        ("cancel", "fr", Place("title", "en")),
    ],
)
def test_a_hit_says_where_the_words_stand(query: str, language: str, place: Place) -> None:
    (hit,) = search([flood()], query, language)
    assert (hit.place or hit.found[0].place) == place


def test_every_form_and_language_is_searched() -> None:
    for form in ("sms", "long", "led", "cap", "voice"):
        for language in ("fr", "en"):
            part = "description" if form == "cap" else "page1" if form == "led" else "text"
            word = f"zig{form}{language}"
            (hit,) = search([changed({text("act.first", form, language, part): f"[G]Allez, {word}."})], word, "fr")
            assert [(each.message.id, each.place) for each in hit.found] == [("act.first", Place(form, language))]


def test_names_of_blanks_are_no_words() -> None:
    (name,) = [name for name in flood().placeholders if name == "riviere"]
    found = search([changed({("title",): {"fr": "X", "en": "X"}, ("hazard",): {}, ("synonyms",): {}})], name, "en")
    assert all(each.place.language == "fr" for hit in found for each in hit.found)


@pytest.mark.parametrize(
    ("text_found", "query", "shown"),
    [
        ("Ne roulez pas.", "roul", "Ne *roulez* pas."),
        (
            "L'ÉLECTRICITÉ est coupée, électricien prévenu.",
            "electrici",
            "L'*ÉLECTRICITÉ* est coupée, *électricien* prévenu.",
        ),
        ("L'œuvre", "oeuv", "L'*œuvre*"),
        ("Rien de cela.", "crue", "Rien de cela."),
        ("mot " * 30 + "crue " + "mot " * 60, "crue", "… " + "mot " * 9 + "*crue* " + ("mot " * 29).strip() + " …"),
        ("a" * 300, "crue", "a" * 160 + " …"),
        ("deux\nlignes", "lignes", "deux *lignes*"),
    ],
)
def test_an_excerpt_shows_the_words_that_were_asked_for(text_found: str, query: str, shown: str) -> None:
    pieces = excerpt(text_found, query)
    assert "".join(f"*{piece.text}*" if piece.found else piece.text for piece in pieces) == shown
