"""What may be typed into a blank, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.kernel.errors import InvalidInput
from hub.kernel.settings import Authority
from hub.message_maps.blank_types import examine, length, put, tidy
from hub.message_maps.blanks import Filled, asked, fill
from hub.message_maps.model import Placeholder, PlaceholderType, Situation
from tests.message_maps.samples import RULES, changed, flood

AUTHORITY = Authority(
    name="Mairie de Rivemont",
    commune="Rivemont",
    sender="alerte@rivemont.example",
    url="https://rivemont.example",
    phone="02 35 00 00 00",
)
NOW = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)  # 17:40 in Paris
TYPED = {
    "riviere.fr": "la Lise",
    "riviere.en": "the Lise",
    "zones": "Bas-Bourg,rue du Pont",
    "fin": "23:00",
    "prochain": "18h30",
}


def filled(typed: dict[str, str], situation: Situation | None = None, now: datetime = NOW) -> Filled:
    situation = situation or flood()
    return fill(
        situation,
        situation.message("act.first"),
        typed,
        authority=AUTHORITY,
        now=now,
        timezone="Europe/Paris",
        languages=("fr", "en"),
        link_hosts=RULES.link_hosts,
    )


def faults(typed: dict[str, str], **more: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        filled(typed, **more)
    return {fault.field: str(fault.phrase) for fault in refusal.value.faults}


def blank(kind: str, longest: int = 40, **more: Any) -> Placeholder:
    return Placeholder(
        "x", PlaceholderType(kind), longest, {"fr": "x", "en": "x"}, {"fr": "exemple", "en": "example"}, **more
    )


def test_only_what_the_message_and_the_area_use_is_asked() -> None:
    assert [each.name for each in asked(flood(), flood().message("act.first"))] == [
        "riviere", "zones", "fin", "prochain",
    ]  # fmt: skip
    assert [each.name for each in asked(flood(), flood().message("act.correction"))] == [
        "zones", "fin", "erreur", "juste",
    ]  # fmt: skip


def test_values_are_put_into_each_language() -> None:
    found = filled(TYPED)
    assert found.values["fr"] == {
        "commune": "Rivemont",
        "riviere": "la Lise",
        "zones": "Bas-Bourg, rue du Pont",
        "fin": "23h00",
        "prochain": "18h30",
        "url": "https://rivemont.example",
    }
    assert found.values["en"]["riviere"] == "the Lise"
    assert (found.values["en"]["fin"], found.values["en"]["prochain"]) == ("23:00", "18:30")
    assert found.moments["fin"] == datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
    assert found.typed["zones"] == "Bas-Bourg,rue du Pont"


def test_a_time_ahead_may_be_tomorrow() -> None:
    assert filled({**TYPED, "fin": "02:00"}).moments["fin"] == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def test_the_night_in_which_the_clock_goes_back() -> None:
    before = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 00:30 in Paris, summer time
    found = filled({**TYPED, "fin": "06:00", "prochain": "01:00"}, now=before)
    assert found.moments["fin"] == datetime(2026, 10, 25, 5, 0, tzinfo=UTC)


def test_every_wrong_field_is_named_at_once() -> None:
    assert set(faults({})) == {f"blanks.{name}" for name in TYPED}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("zones", "   ", "fill this in"),
        ("zones", "x" * 37, "37 characters; at most 36 fit"),
        ("zones", "Bourg,,Pont", "commas"),
        ("zones", "!!!", "names"),
        ("riviere.fr", "ab" + "\u20ac" * 7, "16 characters; at most 14"),
        ("riviere.en", "...", "name of a place"),
        ("riviere.en", "", "for example: the Lise"),
        ("zones", "rue \u202edu Pont", "U+202E"),
        ("zones", "rue\u200b du Pont", "U+200B"),
        ("zones", "rue\x00 du Pont", "U+0000"),
        ("zones", "rue\x07 du Pont", "U+0007"),
        ("zones", "rue \ud800", "U+D800"),
        ("zones", "rue\ufeff", "U+FEFF"),
        ("zones", "@everyone", "starts with @"),
        ("zones", "rue du Pont, https://evil.example", "no web address"),
        ("zones", "voir www.evil.example", "no web address"),
        ("zones", "voir mairie-rivemont.example/crue", "put a space after the full stop"),
        ("zones", "quai, \uff20maire", "starts with @"),
        ("zones", "quai \U0001f30a", "emoji"),
        ("zones", "улица", "cannot be sent by SMS"),
        ("fin", "demain", "time of day"),
        ("fin", "25:00", "time of day"),
        ("fin", "18h60", "time of day"),
        ("fin", "17:40", "just passed"),
        ("fin", "17:00", "just passed"),
        ("prochain", "18:41", "within 60 minutes"),
        ("prochain", "17:39", "just passed"),
        ("zone", "x", "did you mean `zones`"),
        ("riviere", "la Lise", "riviere.fr, riviere.en"),
        ("riviere.de", "die Lise", "no such blank"),
        ("zones.fr", "Bourg", "no such blank"),
        ("commune", "Ailleurs", "by itself"),
    ],
)
def test_a_wrong_value_is_refused_by_name(field: str, value: str, says: str) -> None:
    found = faults({**TYPED, field: value})
    assert set(found) == {f"blanks.{field}"}
    assert says in found[f"blanks.{field}"]


@pytest.mark.parametrize("value", ["{{7*7}}", "<script>", "[S] rue", "a@b.fr", "rue, p. 3.5", "100 % sûr", "=1+1"])
def test_odd_text_stays_literal(value: str) -> None:
    found = filled({**TYPED, "zones": value})
    assert found.values["fr"]["zones"] == found.values["en"]["zones"] == value


def test_text_is_tidied() -> None:
    assert tidy("  e\u0301te\u0301 \n rue\u00a0du  Pont ") == "été rue du Pont"


def test_an_optional_blank_may_stay_empty_and_a_default_fills_in() -> None:
    optional = changed({("placeholders", "riviere", "required"): False})
    assert filled({**TYPED, "riviere.fr": "", "riviere.en": ""}, optional).values["fr"]["riviere"] == ""
    default = changed({("placeholders", "riviere", "default"): "le Rhin"})
    assert filled({**TYPED, "riviere.fr": "", "riviere.en": " "}, default).values["en"]["riviere"] == "le Rhin"


def test_values_of_other_messages_are_left_aside() -> None:
    assert "erreur" not in filled({**TYPED, "erreur": "rue du Port"}).values["fr"]


@pytest.mark.parametrize(
    ("kind", "value", "french", "english"),
    [
        ("time", "9:05", "09h05", "09:05"),
        ("time", "18 h 30", "18h30", "18:30"),
        ("time", "7h", "07h00", "07:00"),
        ("date", "2026-12-01", "01/12/2026", "2026-12-01"),
        ("date", "01/12/2026", "01/12/2026", "2026-12-01"),
        ("number", "1.5", "1,5", "1.5"),
        ("duration", "2 heures", "2 h", "2 h"),
        ("duration", "3 days", "3 jours", "3 days"),
        ("duration", "1 jour", "1 jour", "1 day"),
        ("duration", "1,5 j", "1,5 jour", "1.5 days"),
        ("distance", "1,5 km", "1,5 km", "1.5 km"),
        ("distance", "500m", "500 m", "500 m"),
        ("phone", "02 35 00 00 00", "02 35 00 00 00", "02 35 00 00 00"),
        ("phone", "112", "112", "112"),
        ("url", "https://rivemont.example/crue", "https://rivemont.example/crue", "https://rivemont.example/crue"),
        ("list", "a ,b", "a, b", "a, b"),
    ],
)
def test_types_in_both_languages(kind: str, value: str, french: str, english: str) -> None:
    assert examine(blank(kind), value, RULES.link_hosts) is None
    assert (put(blank(kind), value, "fr"), put(blank(kind), value, "en")) == (french, english)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "2026-02-30"), ("date", "demain"), ("date", "1/2"), ("number", "beaucoup"), ("number", "-5"),
        ("duration", "2"), ("duration", "2 km"), ("distance", "2 h"), ("phone", "0235"), ("phone", "(02) 35 00 00 00"),
        ("url", "https://rivemont.example/<b>"),
        ("url", "http://rivemont.example"), ("url", "https://example.com"), ("url", "https://rivemont.example:99/"),
        ("url", "https://a@rivemont.example/"), ("url", "https://[x"), ("url", "javascript:alert(1)"), ("url",
        "rivemont.example"),
    ],
)  # fmt: skip
def test_types_refuse(kind: str, value: str) -> None:
    assert examine(blank(kind), value, RULES.link_hosts) is not None


def test_a_choice_may_be_typed_in_any_language() -> None:
    direction = blank("enum", values=({"fr": "nord", "en": "north"}, {"fr": "sud", "en": "south"}))
    assert examine(direction, "NORD", ()) is None
    assert put(direction, "north", "fr") == "nord"
    assert "nord, sud" in str(examine(direction, "ouest", ()))


def test_a_date_must_lie_ahead() -> None:
    dated = changed({("placeholders", "fin", "type"): "date", ("placeholders", "fin", "max"): 10})
    assert filled({**TYPED, "fin": "2026-11-21"}, dated).values["fr"]["fin"] == "21/11/2026"
    assert "past" in faults({**TYPED, "fin": "2026-11-20"}, situation=dated)["blanks.fin"]
    # It lies ahead until the day is over, so that what is said of today can still be confirmed.
    assert filled({**TYPED, "fin": "2026-11-21"}, dated).moments["fin"] == datetime(2026, 11, 21, 23, tzinfo=UTC)


def test_length_is_measured_where_it_is_greatest() -> None:
    assert (length("abc"), length("\u20ac"), length("œ"), length("À")) == (3, 2, 2, 1)
