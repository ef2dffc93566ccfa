"""A change below names every message above that must be read again."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from hub.message_maps.layers import standings, touched
from hub.message_maps.model import Situation
from tests.message_maps.samples import changed

FR_EN = {"fr": "x", "en": "x"}
FACTS = [{"id": name, "text": FR_EN, "source": source} for name, source in (("B1", "S1"), ("B2", "S1"), ("B3", "S2"))]
ACTIONS = [
    {"id": "monter", "text": FR_EN, "facts": ["B1"]},
    {"id": "attendre", "text": FR_EN, "facts": ["B1", "B2"]},
    {"id": "partir", "text": FR_EN, "facts": ["B3"]},
]
LAYERS: dict[Any, Any] = {
    ("facts",): FACTS,
    ("actions",): ACTIONS,
    ("messages", "act.first", "actions"): ["monter"],
    ("messages", "act.update", "actions"): ["attendre"],
    ("messages", "act.correction", "actions"): ["monter", "attendre"],
    ("messages", "act.all_clear", "actions"): [],
    ("messages", "evacuate.first", "actions"): ["partir"],
}
EVERYWHERE_B1 = {"act.first", "act.update", "act.correction"}


def layered(**more: Any) -> Situation:
    return changed(copy.deepcopy({**LAYERS, **{tuple(key.split("__")): value for key, value in more.items()}}))


@pytest.mark.parametrize(
    ("change", "messages", "says"),
    [
        ({}, set(), ""),
        ({"facts__B1__text": {"fr": "y", "en": "x"}}, EVERYWHERE_B1, "the fact B1 has changed"),
        ({"facts__B1__note": FR_EN}, EVERYWHERE_B1, "the fact B1 has changed"),
        ({"facts__B2__source": "S2"}, {"act.update", "act.correction"}, "the fact B2 has another source"),
        ({"facts__B3__source": ""}, {"evacuate.first"}, "the fact B3 has lost its source"),
        ({"facts__B1__validated": {"by": "SDIS", "on": "2026-11-20"}}, set(), ""),
        ({"actions__partir__text": {"fr": "y", "en": "x"}}, {"evacuate.first"}, "the action partir has changed"),
        ({"actions__partir__facts": ["B1"]}, {"evacuate.first"}, "the action partir builds on other facts"),
        ({"messages__act.first__actions": ["monter", "partir"]}, set(), ""),
    ],
)
def test_what_must_be_read_again(change: dict[str, Any], messages: set[str], says: str) -> None:
    found = touched(layered(), layered(**change))
    assert {each.message.id for each in found} == messages
    assert all([str(reason) for reason in each.reasons] == [says] for each in found)


def test_a_removed_fact_is_told_by_the_action_that_lost_it() -> None:
    after = layered(facts=FACTS[:2], actions__partir__facts=["B2"])
    assert [str(reason) for each in touched(layered(), after) for reason in each.reasons] == [
        "the action partir builds on other facts"
    ]


def test_a_source_that_is_withdrawn_lists_what_rests_on_it() -> None:
    other = layered(id="nat.other")
    found = [
        (each.situation.id, each.fact.id, [action.id for action in each.actions], [m.id for m in each.messages])
        for each in standings([layered(), other], "S1")
    ]
    one = [
        ("B1", ["monter", "attendre"], ["act.first", "act.update", "act.correction"]),
        ("B2", ["attendre"], ["act.update", "act.correction"]),
    ]
    assert found == [(name, *rest) for name in ("nat.flood", "nat.other") for rest in one]
    assert len(standings([layered()])) == 3
    assert standings([layered()], "S9") == []
