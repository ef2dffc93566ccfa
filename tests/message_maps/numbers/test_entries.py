"""What may stand in the register, and how a French number is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.kernel.errors import InvalidInput
from hub.message_maps.numbers.entries import Entry, checked, grouped

TODAY = date(2026, 11, 21)
ENTRY = Entry(
    key="gas_emergency",
    label={"fr": "Urgence gaz", "en": "Gas emergency"},
    number="0800 47 33 33",
    purpose={"fr": "Odeur de gaz", "en": "Smell of gas"},
    checked_on=date(2026, 11, 20),
    checked_by="Anne Martin",
)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("0235000000", "02 35 00 00 00"),
        ("02 35 00 00 00", "02 35 00 00 00"),
        ("02.35.00.00.00", "02 35 00 00 00"),
        ("02-35-00-00-00", "02 35 00 00 00"),
        (" 02\u00a035\u202f00 00 00 ", "02 35 00 00 00"),
        ("+33 2 35 00 00 00", "02 35 00 00 00"),
        ("+33(0)235000000", "02 35 00 00 00"),
        ("0033 2 35 00 00 00", "02 35 00 00 00"),
        ("0 800 47 33 33", "08 00 47 33 33"),
        ("3237", "32 37"),
        ("118 218", "11 82 18"),
        ("00 35 00 00 00", None),
        ("02 35 00 00", None),
        ("02 35 00 00 000", None),
        ("+49 30 1234567", None),
        ("٠٢٣٥٠٠٠٠٠٠", None),
        ("mairie", None),
        ("", None),
    ],
)
def test_a_number_is_written_in_pairs(typed: str, shown: str | None) -> None:
    assert grouped(typed) == shown


def test_a_sound_entry_is_tidied() -> None:
    kept = checked(
        replace(ENTRY, label={"fr": " Urgence  gaz ", "en": "Gas", "de": "Gas"}, checked_by=" Anne  Martin "),
        languages=("fr", "en"),
        today=TODAY,
    )
    assert (kept.number, kept.label) == ("08 00 47 33 33", {"fr": "Urgence gaz", "en": "Gas"})
    assert kept.checked_by == "Anne Martin"


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"key": "Gas"}, "key", "Lower-case"),
        ({"key": ""}, "key", "Lower-case"),
        ({"key": "g" * 41}, "key", "Lower-case"),
        ({"key": "gaz\u0661"}, "key", "Lower-case"),
        ({"label": {"fr": "Gaz"}}, "label.en", "whose number it is"),
        ({"label": {"fr": "x" * 201, "en": "x"}}, "label.fr", "At most 200"),
        ({"purpose": {"fr": " ", "en": "x"}}, "purpose.fr", "what people ring it for"),
        ({"purpose": {"fr": "a\x07b", "en": "x"}}, "purpose.fr", "control"),
        ({"number": "1 1 2"}, "number", "national emergency number"),
        ({"number": "15"}, "number", "national emergency number"),
        ({"number": "call me"}, "number", "02 35 00 00 00"),
        ({"checked_on": date(2026, 11, 22)}, "checked_on", "today or earlier"),
        ({"checked_by": "  "}, "checked_by", "who rang"),
        ({"checked_by": "x" * 121}, "checked_by", "120"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], field: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked(replace(ENTRY, **change), languages=("fr", "en"), today=TODAY)
    assert [fault.field for fault in refusal.value.faults] == [field]
    assert says in str(refusal.value.faults[0].phrase)


@pytest.mark.parametrize(("day", "stale"), [(date(2025, 11, 21), False), (date(2025, 11, 20), True)])
def test_a_number_that_nobody_rang_for_a_year_is_stale(day: date, *, stale: bool) -> None:
    assert replace(ENTRY, checked_on=day).stale(TODAY) is stale
