"""Generated and mutated files: never a crash, never a hang, never more than a refusal in words.

``FUZZ_EXAMPLES=2000`` tries more than the few that every run tries.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hub.kernel.errors import InvalidInput
from hub.message_maps.exchange.files import Candidate
from hub.message_maps.exchange.plan import plan
from tests.message_maps.exchange.samples import SAMPLE_ID, reread, sample, written

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "20"))
BUDGET = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

MM = written("mm")
FILES = {form: written(form) for form in ("mm", "yaml", "json", "csv", "opml")}

# What XML can hold at all.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
NAMES = st.sampled_from(
    ["TEXT", "ID", "LINK", "NAME", "VALUE", "DESTINATION", "MIDDLE_LABEL", "TYPE", "POSITION", "FOLDED", "FORMAT"]
)
TAGS = st.sampled_from(["node", "attribute", "arrowlink", "richcontent", "html", "hook", "icon", "font", "edge", "x"])
KNOWN = (
    "tocsin situation message fact facts levels level text language fr form sms led cap part id act.first title.en "
    "oet[] a.b.c.1 same_as NODE NOTE [S]x {zones}"
)
VALUES = WORDS | st.sampled_from(KNOWN.split())


def element(tag, attributes, text, children):
    made = etree.Element(tag, attributes)
    made.text = text
    made.extend(children)
    return made


ELEMENTS = st.recursive(
    st.builds(element, TAGS, st.dictionaries(NAMES, VALUES, max_size=4), WORDS, st.just([])),
    lambda inner: st.builds(
        element, TAGS, st.dictionaries(NAMES, VALUES, max_size=4), WORDS, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def checked(raw, form):
    """Reads a file; whatever comes of it can be compared with the present map. All that is said of it."""
    told = []
    try:
        reading = reread(raw, form)
    except InvalidInput as refusal:
        told = [str(fault.phrase) for fault in refusal.faults]
        assert told
        return told
    for step in plan(reading, {SAMPLE_ID: sample()}, {}):
        told += [str(fault.phrase) for fault in step.faults]
        assert step.candidate.faults or sound(step.candidate)
    return told


def sound(candidate: Candidate) -> bool:
    again = written("mm", [candidate.document], kept={candidate.situation_id: candidate.kept})
    (second,) = reread(again, "mm").candidates
    return second.document == candidate.document and without_ids(second.kept) == without_ids(candidate.kept)


def without_ids(kept):
    """What is kept, apart from ids: topics that had none are given one."""
    places = {place: {key: value for key, value in aside.items() if key != "id"} for place, aside in kept.items()}
    return {place: aside for place, aside in places.items() if aside}


@BUDGET
@given(trees=st.lists(ELEMENTS, min_size=1, max_size=3), whole=st.booleans())
def test_generated_trees(trees, whole):
    if whole:
        root = element("map", {"version": "1.0.1"}, "", [element("node", {"TEXT": "x"}, "", trees)])
    else:
        root = etree.fromstring(MM)
        for number, tree in enumerate(trees):
            list(root.iter("node"))[number * 3].append(tree)
    assert all(checked(etree.tostring(root), "mm"))


@st.composite
def mutated(draw):
    """The sample's mind-map with some elements moved, doubled, dropped, renamed or given other values."""
    root = etree.fromstring(MM)
    for _ in range(draw(st.integers(1, 4))):
        elements = list(root.iter(etree.Element))[1:]
        one = elements[draw(st.integers(0, len(elements) - 1))]
        other = elements[draw(st.integers(0, len(elements) - 1))]
        deed = draw(st.sampled_from(["drop", "double", "move", "rename", "value", "lose"]))
        parent = one.getparent()
        if deed == "drop":
            parent.remove(one)
        elif deed == "double":
            parent.append(etree.fromstring(etree.tostring(one, with_tail=False)))
        elif deed == "move" and one not in [other, *other.iterancestors()]:
            other.append(one)
        elif deed == "rename":
            one.tag = draw(TAGS)
        elif deed == "value" and len(one.attrib):
            one.set(draw(st.sampled_from(sorted(one.attrib))), draw(VALUES))
        elif len(one.attrib):
            del one.attrib[draw(st.sampled_from(sorted(one.attrib)))]
        if len(root) == 0:
            break
    return etree.tostring(root)


@BUDGET
@given(raw=mutated())
def test_mutated_trees(raw):
    assert all(checked(raw, "mm"))


@BUDGET
@given(
    form=st.sampled_from(sorted(FILES)), moves=st.lists(st.tuples(st.integers(0), st.binary(max_size=6)), max_size=4)
)
def test_mutated_bytes(form, moves):
    raw = FILES[form]
    for place, piece in moves:
        at = place % len(raw)
        raw = raw[:at] + piece + raw[at + len(piece) // 2 :]
    assert all(checked(raw, form))


@BUDGET
@given(form=st.sampled_from(sorted(FILES)), raw=st.binary(max_size=200))
def test_any_bytes(form, raw):
    assert all(checked(raw, form))
