"""What a check found, as a closed list, and its place on the numeric scale of ClaimReview.

A verdict is given as of a moment and may have an end: in an emergency what was false at noon may be true at two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.kernel.phrase import Phrase


class Verdict(StrEnum):
    """What a check found. The last two are not points of a scale: nothing was found, or not yet."""

    TRUE = "true"
    MOSTLY_TRUE = "mostly_true"
    MISLEADING = "misleading"
    MOSTLY_FALSE = "mostly_false"
    FALSE = "false"
    UNVERIFIABLE = "unverifiable"
    NOT_KNOWN_YET = "not_known_yet"


# The word that readers see; ClaimReview's ``alternateName`` is the same word (Google, fact check markup, 2025-12-10).
LABELS: Mapping[Verdict, Phrase] = {
    Verdict.TRUE: Phrase("True"),
    Verdict.MOSTLY_TRUE: Phrase("Mostly true"),
    Verdict.MISLEADING: Phrase("Misleading"),
    Verdict.MOSTLY_FALSE: Phrase("Mostly false"),
    Verdict.FALSE: Phrase("False"),
    Verdict.UNVERIFIABLE: Phrase("Cannot be verified"),
    Verdict.NOT_KNOWN_YET: Phrase("Not known yet"),
}


@dataclass(frozen=True, slots=True)
class Rating:
    """A point on the scale of ClaimReview: ``worst`` <= ``value`` <= ``best``; nearer ``best`` is truer."""

    value: int
    worst: int
    best: int


WORST, BEST = 1, 5
_POINTS: Mapping[Verdict, int] = {
    Verdict.FALSE: 1,
    Verdict.MOSTLY_FALSE: 2,
    Verdict.MISLEADING: 3,
    Verdict.MOSTLY_TRUE: 4,
    Verdict.TRUE: 5,
}


def rating(verdict: Verdict) -> Rating | None:
    """The verdict's number, or ``None`` for the two that have no place on the scale.

    Source: Google's "Fact check (ClaimReview) structured data": 1 False, 2 Mostly false, 3 Half true, 4 Mostly true, 5
    True. A check without a finding keeps its word and carries no numbers.
    """
    point = _POINTS.get(verdict)
    return None if point is None else Rating(point, WORST, BEST)


def needs_evidence(verdict: Verdict) -> bool:
    """Whether the verdict claims a finding; then it stands on evidence or on a confirmation by a named source."""
    return verdict is not Verdict.NOT_KNOWN_YET
