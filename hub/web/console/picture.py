"""A small drawing of an area inside the territory: enough to see at once that it is the wrong place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.alerts.area import Area
from hub.kernel.settings import Territory

# The drawing's longer side, in the drawing's own units, and the margin around.
SIDE = 400.0
MARGIN = 12.0

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG: its size, and the ``points`` of each ring."""

    width: float
    height: float
    territory: str
    areas: tuple[str, ...]


def draw(territory: Sequence[Position], areas: Iterable[Sequence[Position]]) -> Picture:
    """Draws rings of (longitude, latitude) in degrees, north up, in a flat projection that is true at this latitude."""
    rings = [list(territory), *[list(area) for area in areas]]
    positions = [position for ring in rings for position in ring]
    west, east = min(lon for lon, _ in positions), max(lon for lon, _ in positions)
    south, north = min(lat for _, lat in positions), max(lat for _, lat in positions)
    squeeze = math.cos(math.radians((south + north) / 2))
    across, up = (east - west) * squeeze, north - south
    scale = SIDE / (max(across, up) or 1.0)

    def points(ring: list[Position]) -> str:
        return " ".join(
            f"{MARGIN + (lon - west) * squeeze * scale:.1f},{MARGIN + (north - lat) * scale:.1f}" for lon, lat in ring
        )

    return Picture(
        width=round(across * scale + 2 * MARGIN, 1),
        height=round(up * scale + 2 * MARGIN, 1),
        territory=points(rings[0]),
        areas=tuple(points(ring) for ring in rings[1:]),
    )


def of_area(area: Area, territory: Territory) -> Picture | None:
    """The picture of a drawn area; communes have no outline of their own here, so they are named and not drawn."""
    rings = [[(longitude, latitude) for latitude, longitude in ring] for ring in area.outline.polygons]
    return draw(territory.outline, rings) if rings else None
