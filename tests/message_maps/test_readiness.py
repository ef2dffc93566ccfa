"""Only what is approved, finished and sourced may alert the public; everything else says why not."""

from __future__ import annotations

from typing import Any

import pytest

from hub.message_maps.readiness import approved, held_back, obstacles
from tests.message_maps.samples import changed

SOURCE = ("facts", "B1", "source")
DRAFT = ("messages", "act.first", "draft")


@pytest.mark.parametrize(
    ("changes", "message", "says"),
    [
        ({}, "act.first", []),
        ({("status",): "draft"}, "act.first", ["not approved"]),
        ({("status",): "review"}, "act.cancel", ["not approved"]),
        ({("status",): "retired"}, "act.first", ["not approved"]),
        ({DRAFT: True}, "act.first", ["marked as a draft"]),
        ({DRAFT: True}, "act.update", []),
        ({SOURCE: ""}, "act.first", ["“monter” builds on no fact with a source"]),
        ({SOURCE: ""}, "act.cancel", []),
        ({("actions", "monter", "facts"): []}, "act.update", ["“monter” builds on no fact"]),
        ({("status",): "draft", DRAFT: True, SOURCE: ""}, "act.first", ["not approved", "marked as", "monter"]),
    ],
)
def test_what_stands_in_the_way(changes: dict[Any, Any], message: str, says: list[str]) -> None:
    situation = changed(changes)
    chosen = situation.message(message)
    found = [str(phrase) for phrase in obstacles(situation, chosen)]
    assert len(found) == len(says)
    assert all(words in phrase for words, phrase in zip(says, found, strict=True))
    assert held_back(situation, chosen) is bool(len(found) - (not approved(situation)))


def test_one_sourced_fact_carries_an_action() -> None:
    unsourced = {"id": "B2", "text": {"fr": "x", "en": "x"}, "source": ""}
    changes: dict[Any, Any] = {
        ("facts",): [{"id": "B1", "text": {"fr": "y", "en": "y"}, "source": "S1"}, unsourced],
        ("actions", "monter", "facts"): ["B1", "B2"],
    }
    situation = changed(changes)
    assert obstacles(situation, situation.message("act.first")) == ()
