"""An answer, fact first: fact, warning, myth once, why it is wrong, fact again, what to do.

Source of the order: Debunking Handbook 2020 (Lewandowsky and others), part 4; the last part is our own decision, since
in an emergency people read to know what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The parts that readers see, in their order. All are one text a language.
PARTS = ("fact", "warning", "myth", "why", "closing", "guidance")
# What a correction says besides: what was wrong.
WRONG = "wrong"
TEXTS = ("claim_reviewed", *PARTS, WRONG)

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The texts of an answer, each by language. ``fact`` leads and is the title of the public page.

    ``warning`` says that something false goes round, ``myth`` what is said, once, ``why`` why it is wrong and why it
    was believed, ``closing`` repeats the fact, ``guidance`` is what to do now. ``wrong`` is only for corrections: what
    an earlier version said that was not so. ``claim_reviewed`` is the claim in few words, without the verdict.

    For the channels, the same in very few words: ``pattern`` is a message of the map of rumours, ``blanks`` what is
    filled into it (placeholder or ``name.language`` -> text), ``channels`` those that shall carry it.
    ``kind`` is what the version shall be, if its writer has said so: see `hub.rumours.states.VersionKind`.
    """

    claim_reviewed: Texts = field(default_factory=dict)
    fact: Texts = field(default_factory=dict)
    warning: Texts = field(default_factory=dict)
    myth: Texts = field(default_factory=dict)
    why: Texts = field(default_factory=dict)
    closing: Texts = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    wrong: Texts = field(default_factory=dict)
    pattern: str = ""
    blanks: Texts = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    kind: str = ""

    def part(self, name: str, language: str) -> str:
        """One part in one language; empty when it is not written yet."""
        texts: Texts = getattr(self, name)
        return texts.get(language, "")


def to_json(answer: Answer) -> dict[str, Any]:
    """The answer as it is stored."""
    stored = {name: dict(getattr(answer, name)) for name in TEXTS}
    carried = {"pattern": answer.pattern, "blanks": dict(answer.blanks), "channels": list(answer.channels)}
    return {**stored, **carried, "kind": answer.kind}


def from_json(stored: Mapping[str, Any]) -> Answer:
    """The answer as it was stored; a part that is missing is empty."""
    return Answer(
        **{name: dict(stored.get(name, {})) for name in TEXTS},
        pattern=stored.get("pattern", ""),
        blanks=dict(stored.get("blanks", {})),
        channels=tuple(stored.get("channels", ())),
        kind=stored.get("kind", ""),
    )
