"""How urgent a rumour is: a score whose parts are shown, a band, a due time and a suggested response. Pure.

The inputs are those of the literature: harm if believed and believability (dataset FSD, arXiv 2608.20983; Covid-HeRA),
spread on the Breakout Scale (Nimmo, Brookings 2020), speed and amplifiers (PHCC misinformation alerts). The formula,
the bands and the due times are our own decision; no source gives minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.rumours.states import Response

# The least and the most of each weight.
RANGES: Mapping[str, tuple[int, int]] = {
    "harm": (0, 3),
    "believability": (0, 2),
    "spread": (1, 6),
    "velocity": (0, 2),
    "actor": (0, 2),
}
# What is local and can still be acted upon counts half as much again.
NEARBY = 1.5


class Band(StrEnum):
    """How early it is looked at."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


# The least score of each band, out of at most 40.5.
BANDS: Mapping[Band, float] = {Band.CRITICAL: 18, Band.HIGH: 9, Band.MEDIUM: 3, Band.LOW: 0}

# Harm that nothing makes good: life, evacuation, water, medicine.
GRAVE = 3
# Within one community and one platform, or several of one of the two: an answer may reach more than the rumour did.
STILL_SMALL = 2
# Curiosity or nuisance.
SLIGHT = 1


@dataclass(frozen=True, slots=True)
class Weights:
    """What an officer judged, and what was counted.

    ``harm`` 0 curiosity, 1 nuisance or reputation, 2 disorder or loss of service, 3 life, evacuation, water, medicine.
    ``believability`` 0 to 2. ``spread`` 1 to 6 (Breakout Scale). ``velocity`` 0 to 2, see `velocity`. ``actor`` 0
    unknown, 1 local influencer or outlet, 2 national media or elected official. ``local``: inside the territory, and
    something can still be done.
    """

    harm: int
    believability: int
    spread: int
    velocity: int
    actor: int
    local: bool

    def faults(self) -> list[str]:
        """The names of the fields that are out of range."""
        return [name for name, (least, most) in RANGES.items() if not least <= getattr(self, name) <= most]


@dataclass(frozen=True, slots=True)
class Score:
    """The score with its parts, so that an officer sees why: harm x (the sum of the others) x nearby."""

    weights: Weights
    value: float
    band: Band

    @property
    def parts(self) -> Mapping[str, float]:
        """Each part as it enters the formula."""
        weights = self.weights
        return {
            "harm": weights.harm,
            "believability": weights.believability,
            "spread": weights.spread / 2,
            "velocity": weights.velocity,
            "actor": weights.actor,
            "nearby": NEARBY if weights.local else 1,
        }


def score(weights: Weights) -> Score:
    """The priority of a rumour. Grave harm is never below "high", however small the rumour still is."""
    value = weights.harm * (weights.believability + weights.spread / 2 + weights.velocity + weights.actor)
    if weights.local:
        value *= NEARBY
    band = next(band for band, least in BANDS.items() if value >= least)
    if weights.harm >= GRAVE and band in {Band.LOW, Band.MEDIUM}:
        band = Band.HIGH
    return Score(weights, value, band)


def suggested(weights: Weights) -> Response:
    """What the literature would do: nothing that amplifies while it is small, a direct answer once it spreads.

    Source: decision matrix of the Public Health Communications Collaborative; Phillips, The Oxygen of Amplification
    (2018), for the tipping point. Grave harm is answered at once, with a holding statement if need be.
    """
    if weights.harm >= GRAVE:
        return Response.BROADCAST
    if weights.spread > STILL_SMALL:
        return Response.TARGETED if weights.harm > SLIGHT else Response.REGISTER
    return Response.PRIVATE if weights.harm > SLIGHT else Response.MONITOR


# A rumour that doubles from one hour to the next is fast; any new report after a quiet hour is a start.
FAST_FACTOR = 2
FAST_LEAST = 3


def velocity(last_hour: int, hour_before: int, new_communes: int) -> int:
    """How fast reports come in: 0 not, 1 growing, 2 fast.

    Args:
        last_hour: reports received within the last hour.
        hour_before: reports of the hour before that.
        new_communes: communes that were first reported within the last hour.
    """
    if last_hour >= FAST_LEAST and last_hour >= FAST_FACTOR * max(hour_before, 1):
        return 2
    if last_hour > hour_before or (last_hour and new_communes):
        return 1
    return 0
