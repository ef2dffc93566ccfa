"""A situation as a plain document and back; what a wrong document is told, and where."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.message_maps.document import read_document, to_document
from hub.message_maps.loader import load_directory
from tests.message_maps.samples import MAPS, RULES

SHIPPED = Path(__file__).parents[2] / "message_maps"
LOADED = [(load_directory(directory, RULES)) for directory in (MAPS, SHIPPED)]
CASES = [
    pytest.param(situation, loaded.sources, id=situation.id) for loaded in LOADED for situation in loaded.situations
]
SAMPLE, SOURCES = LOADED[0].situations[0], LOADED[0].sources


@pytest.mark.parametrize(("situation", "sources"), CASES)
def test_every_map_comes_back_as_it_went(situation, sources):
    document = to_document(situation)
    assert read_document(document, RULES, sources) == (situation, ())
    assert read_document(json.loads(json.dumps(document)), RULES, sources) == (situation, ())
    assert json.dumps(to_document(situation)) == json.dumps(document)


def _changed(*path, to):
    document = copy.deepcopy(to_document(SAMPLE))
    place = document
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return document


FIRST = SAMPLE.messages[0].id
FACT = SAMPLE.facts[0].id


@pytest.mark.parametrize(
    ("document", "path", "word"),
    [
        (None, "", "expected keys and values"),
        ([], "", "expected keys and values"),
        (_changed("messages", 0, "variants", "sms", "fr", to="no tag"), f"messages.{FIRST}.variants.sms.fr", "tag"),
        (_changed("messages", 0, "variants", "sms", "fr", to=""), f"messages.{FIRST}.variants.sms.fr", "empty"),
        (
            _changed("messages", 0, "variants", "led", "fr", to=["[H]A", 7]),
            f"messages.{FIRST}.variants.led.fr.2",
            "tag",
        ),
        (_changed("messages", 0, "title", to=None), f"messages.{FIRST}", "`title` is missing"),
        (_changed("messages", 0, "id", to=["x"]), "messages.1.id", "expected a text"),
        (_changed("messages", 0, "levle", to="x"), f"messages.{FIRST}.levle", "unknown"),
        (_changed("messages", 1, "id", to=FIRST), "messages.2", "stands twice"),
        (_changed("situation", "facts", 0, "source", to="S0"), f"situation.facts.{FACT}.source", "unknown"),
        (_changed("situation", "version", to="one"), "situation.version", "whole number"),
        (_changed("situation", to={"a" * 1_000_001: "b"}), "", "larger"),
    ],
)
def test_a_fault_names_its_path(document, path, word):
    situation, faults = read_document(document, RULES, SOURCES)
    assert situation is None
    assert path in {fault.field for fault in faults}
    assert any(word in str(fault.phrase) for fault in faults if fault.field == path)


def test_a_document_that_lies_too_deep_is_refused():
    deep: object = "x"
    for _ in range(50_000):
        deep = {"a": deep}
    situation, faults = read_document(deep, RULES, SOURCES)
    assert situation is None
    assert "nested deeper" in str(faults[0].phrase)
    while isinstance(deep, dict):  # or Python's own clean-up would recurse
        deep = deep.pop("a")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(value=ANYTHING, where=st.sampled_from(["schema", "situation", "placeholders", "levels", "messages"]))
def test_no_document_makes_the_reader_fail(value, where):
    situation, faults = read_document({**to_document(SAMPLE), where: value}, RULES, SOURCES)
    assert (situation is None) == bool(faults)
    situation, faults = read_document(value, RULES, SOURCES)
    assert situation is None
    assert faults
