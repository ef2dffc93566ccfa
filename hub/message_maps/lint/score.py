"""How good a text is, as one number with its parts: a help for comparing drafts, not a permission.

Our own decision, built on the Warning Response Model. Of 100 points, 60 are for contents, 10 for order, 15 for length
and 15 for plain language:

- *contents*: 12 points each for source, hazard, place, time and guidance. An element that the rules do not ask of this
  kind and form of message (a panel need not say who speaks) counts as given.
- *order*: 10 points, minus 5 for each finding of the rules ORD.
- *length*: 15 points, minus 15 for an error of the rules LEN and 5 for any other finding of them. What fits is not made
  better by being shorter.
- *plain language*: 15 points, minus 5 for each error or warning of the rules STY and CHR, and 2 for each advice.

No part goes below zero. Accepted warnings count like the others: a reason does not make a text easier to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.message_maps.lint import engine
from hub.message_maps.lint.rule import Finding, Grade
from hub.message_maps.model import Situation
from hub.message_maps.rules import Rules

ELEMENT, ORDER, LENGTH, PLAIN = 12, 10, 15, 15
_FINDING, _ADVICE = 5, 2
# The rules that ask for each of the five contents.
CONTENTS = {"S": ("CMP-01",), "H": ("CMP-02",), "L": ("CMP-04",), "T": ("CMP-05",), "G": ("CMP-06", "CMP-13")}


@dataclass(frozen=True, slots=True)
class Score:
    """A score from 0 to 100. ``contents``: element tag -> points out of 12."""

    contents: dict[str, int]
    order: int
    length: int
    plain: int

    @property
    def total(self) -> int:
        """All points."""
        return sum(self.contents.values()) + self.order + self.length + self.plain


def score(situation: Situation, message_id: str, form: str, language: str, rules: Rules) -> Score:
    """The score of one text.

    Raises:
        NotFound: the situation has no such message, or the message no such text.
    """
    return score_of(engine.lint_text(situation, message_id, form, language, rules))


def score_of(findings: Iterable[Finding]) -> Score:
    """The score of a text with these findings; all of them must be about that text."""
    found = list(findings)
    missing = {finding.rule for finding in found}
    return Score(
        contents={tag: 0 if missing.intersection(ids) else ELEMENT for tag, ids in CONTENTS.items()},
        order=_left(ORDER, (_FINDING for finding in found if finding.rule.startswith("ORD-"))),
        length=_left(LENGTH, (_length_cost(finding) for finding in found if finding.rule.startswith("LEN-"))),
        plain=_left(PLAIN, (_plain_cost(finding) for finding in found if finding.rule.startswith(("STY-", "CHR-")))),
    )


def _length_cost(finding: Finding) -> int:
    return LENGTH if finding.severity is Grade.ERROR else _FINDING


def _plain_cost(finding: Finding) -> int:
    return _ADVICE if finding.severity is Grade.ADVICE else _FINDING


def _left(most: int, costs: Iterable[int]) -> int:
    return max(0, most - sum(costs))
