"""An answer, fact first: fact, warning, myth once, why it is wrong, fact again, what to do.

Source of the order: Debunking Handbook 2020 (Lewandowsky and others), part 4; the last part is our own decision, since
in an emergency people read to know what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

# The parts that readers see, in their order. All are one text a language.
PARTS = ("fact", "warning", "myth", "why", "closing", "guidance")
# What a correction says besides: what was wrong.
WRONG = "wrong"

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The texts of an answer, each by language. ``fact`` leads and is the title of the public page.

    ``warning`` says that something false goes round, ``myth`` what is said, once, ``why`` why it is wrong and why it
    was believed, ``closing`` repeats the fact, ``guidance`` is what to do now. ``wrong`` is only for corrections: what
    an earlier version said that was not so. ``claim_reviewed`` is the claim in few words, without the verdict.
    """

    claim_reviewed: Texts = field(default_factory=dict)
    fact: Texts = field(default_factory=dict)
    warning: Texts = field(default_factory=dict)
    myth: Texts = field(default_factory=dict)
    why: Texts = field(default_factory=dict)
    closing: Texts = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    wrong: Texts = field(default_factory=dict)

    def part(self, name: str, language: str) -> str:
        """One part in one language; empty when it is not written yet."""
        texts: Texts = getattr(self, name)
        return texts.get(language, "")


def to_json(answer: Answer) -> dict[str, dict[str, str]]:
    """The answer as it is stored."""
    return {entry.name: dict(getattr(answer, entry.name)) for entry in fields(Answer)}


def from_json(stored: Mapping[str, Any]) -> Answer:
    """The answer as it was stored; a part that is missing is empty."""
    return Answer(**{entry.name: dict(stored.get(entry.name, {})) for entry in fields(Answer)})
