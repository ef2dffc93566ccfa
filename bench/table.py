"""One line of the result: what we need, what the floor needs, and how much more is allowed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A measure and its floor in the same unit; ``most`` is the highest ratio allowed, ``None`` for a mere figure."""

    name: str
    ours: float
    floor: float
    most: float | None

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.ours / self.floor

    @property
    def good(self) -> bool:
        """Whether the limit holds."""
        return self.most is None or self.ratio <= self.most

    def __str__(self) -> str:
        limit = "" if self.most is None else f"{self.most:.1f}"
        verdict = "" if self.most is None else ("ok" if self.good else "MISSED")
        return f"{self.name:58} {self.ours:9.2f} {self.floor:9.2f} {self.ratio:7.2f} {limit:>8} {verdict}"


HEADING = f"{'':58} {'ours':>9} {'floor':>9} {'ratio':>7} {'at most':>8}"
