"""Tags and placeholders are read once, and what an officer typed is never read again."""

from __future__ import annotations

import pytest

from hub.message_maps.tagged import Blank, parse


def test_segments_and_blanks() -> None:
    tagged = parse("[S]Mairie de {commune} : [H]CRUE.")
    assert tagged.tags == ("S", "H")
    assert tuple(tagged.segments[0].pieces) == ("Mairie de ", Blank("commune"), " : ")
    assert tagged.placeholders == {"commune"}
    assert tagged.filled({"commune": "Rivemont"}) == "Mairie de Rivemont : CRUE."


@pytest.mark.parametrize(
    ("source", "shown"),
    [(r"[H]\[S] est littéral", "[S] est littéral"), (r"[H]\{a} aussi", "{a} aussi"), ("[H]a\\b", "a\\b"), ("[H]", "")],
)
def test_literal_brackets(source: str, shown: str) -> None:
    faults: list[str] = []
    tagged = parse(source, 0, lambda _offset, phrase: faults.append(str(phrase)))
    # A closing brace alone opens nothing; it is reported so that a lost opening one is noticed.
    assert tagged.filled({}) == shown


@pytest.mark.parametrize("value", ["[S]", "{commune}", "{{7*7}}", "<script>alert(1)</script>", "\\[", "%(x)s"])
def test_a_value_is_never_read_again(value: str) -> None:
    assert parse("[H]a {x} b").filled({"x": value}) == f"a {value} b"


@pytest.mark.parametrize(
    ("source", "offset"), [("[Z]x", 0), ("[H]a [b", 5), ("[H]{Nom}", 3), ("[H]{a b}", 3), ("x [H]y", 0), ("[H]a}", 4)]
)
def test_faults_have_their_place(source: str, offset: int) -> None:
    faults: list[int] = []
    parse(source, 0, lambda place, _phrase: faults.append(place))
    assert offset in faults
