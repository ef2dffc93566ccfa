"""One line of the result: what we need, what the floor needs, and how much more is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Line:
    """A measure and its floor in the same unit; ``most`` is the highest ratio allowed, ``None`` for a mere figure.

    ``ratio_of_rounds`` is the median of the ratios of many rounds, where there are some.
    """

    name: str
    ours: float
    floor: float
    most: float | None
    ratio_of_rounds: float | None = None

    @classmethod
    def of_rounds(cls, name: str, ours: Sequence[float], floor: Sequence[float], most: float | None) -> Line:
        """A line from rounds in which both were measured one after the other."""
        ratios = [mine / bare for mine, bare in zip(ours, floor, strict=True)]
        return cls(name, median(ours), median(floor), most, median(ratios))

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.ours / self.floor if self.ratio_of_rounds is None else self.ratio_of_rounds

    @property
    def good(self) -> bool:
        """Whether the limit holds."""
        return self.most is None or self.ratio <= self.most

    def __str__(self) -> str:
        limit = "" if self.most is None else f"{self.most:.2f}"
        verdict = "" if self.most is None else ("ok" if self.good else "MISSED")
        return f"{self.name:72} {self.ours:9.2f} {self.floor:9.2f} {self.ratio:7.2f} {limit:>8} {verdict}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies; the next one up."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


HEADING = f"{'':72} {'ours':>9} {'floor':>9} {'ratio':>7} {'at most':>8}"
