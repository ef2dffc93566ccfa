"""Where an alert applies: checked, explained, never empty, never widened, never a default.

An area is either drawn (GeoJSON, RFC 7946) or a list of communes. Los Angeles, January 2025: the polygon did not load,
the software fell back on the whole county, ten million people were told to evacuate. Here a missing or faulty area is a
fault, always.

CAP 1.2 knows no holes, wants closed rings of (latitude, longitude), and its readers expect at most 100 vertices.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from hub.cap.model import Area as CapArea
from hub.cap.model import Geocode, Point
from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Commune, Territory

LONGEST_GEOJSON = 64 * 1024  # characters; ten polygons of a hundred vertices need a third of it
MOST_POLYGONS = 10
MOST_VERTICES = 100  # source: OASIS example practices for CAP elements
SHORTEST_RING = 4
POSITION_LENGTHS = (2, 3)
FARTHEST_NORTH = 90
FARTHEST_EAST = 180

DECIMALS = 6  # 11 cm; what the CAP document carries, so what is checked
TOUCHING = 1e-6  # degrees; a line drawn along the border of the territory is inside
SMALLEST_SQUARE_METRES = 100  # less is a slip of the hand, not an area
METRES_PER_DEGREE = 111_195  # of latitude, on a sphere of 6,371 km

INSEE = "INSEE"


@dataclass(frozen=True, slots=True)
class Outline:
    """The checked area without its words. Rings are closed and made of (latitude, longitude), as in CAP."""

    polygons: tuple[tuple[Point, ...], ...]
    communes: tuple[Commune, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """The checked area with its description in each language."""

    outline: Outline
    names: Mapping[str, str]

    def cap(self, language: str) -> CapArea:
        """The area of one CAP ``info``."""
        return CapArea(
            area_desc=self.names[language],
            polygons=self.outline.polygons,
            geocodes=tuple(Geocode(INSEE, commune.insee) for commune in self.outline.communes),
        )

    def to_json(self) -> dict[str, Any]:
        """JSON types only; `from_json` reads it back."""
        return {
            "polygons": [[list(point) for point in ring] for ring in self.outline.polygons],
            "communes": [{"insee": commune.insee, "name": commune.name} for commune in self.outline.communes],
            "names": dict(self.names),
        }


def from_json(value: Mapping[str, Any]) -> Area:
    """Reads what `Area.to_json` wrote."""
    polygons = tuple(tuple((latitude, longitude) for latitude, longitude in ring) for ring in value["polygons"])
    communes = tuple(Commune(each["insee"], each["name"]) for each in value["communes"])
    return Area(Outline(polygons, communes), value["names"])


def described(outline: Outline, text: str) -> str:
    """The words for the area: the map's text, and the communes that it does not name already."""
    return ", ".join([text, *(commune.name for commune in outline.communes if not _names(text, commune.name))])


def _names(text: str, name: str) -> bool:
    """Whether a text names a commune: "Eu" is not named by "la vallée de l'Eure"."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def check(communes: Sequence[str], geojson: str, territory: Territory) -> tuple[Outline | None, list[Fault]]:
    """The area asked for, or everything that is wrong with it, in the fields ``area``, ``communes`` and ``geojson``."""
    if communes and geojson.strip():
        both = Phrase("Choose communes or draw an area, not both: it must be clear which one counts.")
        return None, [Fault("area", both)]
    if communes:
        return _check_communes(communes, territory)
    if geojson.strip():
        try:
            return Outline(_polygons(geojson, territory), ()), []
        except _Refused as refusal:
            return None, [Fault("geojson", refusal.phrase)]
    return None, [Fault("area", Phrase("Say where: choose communes or draw an area. There is no default."))]


class _Refused(Exception):
    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase
        super().__init__(str(phrase))


def _check_communes(codes: Sequence[str], territory: Territory) -> tuple[Outline | None, list[Fault]]:
    known = {commune.insee: commune for commune in territory.communes}
    unknown = [code for code in codes if code not in known]
    if unknown:
        phrase = Phrase(
            "%(code)s is not a commune of this authority. Choose among: %(choices)s.",
            code=unknown[0],
            choices=", ".join(f"{commune.insee} {commune.name}" for commune in territory.communes),
        )
        return None, [Fault("communes", phrase)]
    return Outline((), tuple(commune for commune in territory.communes if commune.insee in set(codes))), []


def _polygons(geojson: str, territory: Territory) -> tuple[tuple[Point, ...], ...]:
    shapes = [_ring(rings) for rings in _coordinates(_parsed(geojson))]
    home = shapely.make_valid(Polygon(territory.outline)).buffer(TOUCHING)
    if any(_swapped_by_mistake(ring, home) for ring in shapes):
        raise _Refused(
            Phrase("Latitude and longitude are swapped: GeoJSON writes the longitude first, for example [0.2, 49.5].")
        )
    for ring in shapes:
        _check_ring(ring, home)
    return tuple(tuple((latitude, longitude) for longitude, latitude in ring) for ring in shapes)


def _parsed(geojson: str) -> Any:
    if len(geojson) > LONGEST_GEOJSON:
        raise _Refused(Phrase("The drawing is too large: at most %(count)s characters.", count=LONGEST_GEOJSON))
    try:
        # Some programs put a byte order mark in front of their files.
        return json.loads(geojson.removeprefix("\ufeff"), parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError):
        raise _Refused(Phrase("This is not GeoJSON: it cannot be read as JSON.")) from None


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = "a key is there twice"
        raise ValueError(msg)
    return found


def _coordinates(value: Any) -> list[Any]:
    """The polygons of a geometry, each a list of rings. A Feature, or a collection of one, is unpacked."""
    if _is(value, "FeatureCollection") and isinstance(value.get("features"), list):
        if len(value["features"]) != 1:
            raise _Refused(Phrase("The drawing must hold exactly one shape; draw several parts as one MultiPolygon."))
        value = value["features"][0]
    if _is(value, "Feature"):
        value = value.get("geometry")
    if not (_is(value, "Polygon") or _is(value, "MultiPolygon")) or not isinstance(value.get("coordinates"), list):
        raise _Refused(Phrase("The drawing must be a GeoJSON Polygon or MultiPolygon, or a Feature that holds one."))
    polygons = value["coordinates"] if _is(value, "MultiPolygon") else [value["coordinates"]]
    if not polygons:
        raise _Refused(Phrase("The drawing is empty."))
    if len(polygons) > MOST_POLYGONS:
        raise _Refused(Phrase("The drawing has too many parts: at most %(count)s.", count=MOST_POLYGONS))
    return list(polygons)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, dict) and value.get("type") == kind


def _ring(rings: Any) -> tuple[tuple[float, float], ...]:
    """The one ring of a polygon as (longitude, latitude), rounded; nothing is repaired in silence."""
    if not isinstance(rings, list) or not rings or rings == [[]]:
        raise _Refused(Phrase("The drawing is empty."))
    if len(rings) > 1:
        raise _Refused(Phrase("The area has a hole. Warnings cannot carry holes: draw the parts around it instead."))
    ring = rings[0]
    if not isinstance(ring, list) or not all(map(_is_position, ring)):
        raise _Refused(Phrase("Each corner must be a pair of numbers: [longitude, latitude], in degrees."))
    if len(ring) > MOST_VERTICES:
        raise _Refused(
            Phrase(
                "The area has %(found)s corners; at most %(count)s are allowed. Draw it more simply.",
                found=len(ring),
                count=MOST_VERTICES,
            )
        )
    if ring[0] != ring[-1]:
        raise _Refused(Phrase("The area is not closed: the last corner must be the same as the first."))
    if len(ring) < SHORTEST_RING:
        raise _Refused(Phrase("An area needs at least three corners, and the first one again at the end."))
    return tuple(
        (round(float(longitude), DECIMALS), round(float(latitude), DECIMALS)) for longitude, latitude, *_ in ring
    )


def _is_position(value: Any) -> bool:
    return isinstance(value, list) and len(value) in POSITION_LENGTHS and all(map(_is_degrees, value[:2]))


def _is_degrees(value: Any) -> bool:
    # Written so that NaN and infinity fail too.
    return isinstance(value, int | float) and not isinstance(value, bool) and -FARTHEST_EAST <= value <= FARTHEST_EAST


def _swapped_by_mistake(ring: Sequence[tuple[float, float]], home: BaseGeometry) -> bool:
    swapped = shapely.MultiPoint([(latitude, longitude) for longitude, latitude in ring])
    return not home.intersects(shapely.MultiPoint(ring)) and home.intersects(swapped)


def _check_ring(ring: Sequence[tuple[float, float]], home: BaseGeometry) -> None:
    if any(abs(latitude) > FARTHEST_NORTH for _, latitude in ring):
        raise _Refused(Phrase("A latitude lies between -90 and 90 degrees; GeoJSON writes the longitude first."))
    shape = Polygon(ring)
    if not shape.is_valid:
        raise _Refused(_crossing(explain_validity(shape)))
    if _square_metres(ring) < SMALLEST_SQUARE_METRES:
        raise _Refused(Phrase("The area is smaller than %(count)s square metres.", count=SMALLEST_SQUARE_METRES))
    if not home.intersects(shape):
        raise _Refused(Phrase("The area lies outside the territory of this authority."))
    if not home.covers(shape):
        raise _Refused(Phrase("Part of the area lies outside the territory of this authority. Draw it within."))


def _crossing(explanation: str) -> Phrase:
    """What shapely says (``Self-intersection[0.2 49.5]``) in plain words, with the place of the fault."""
    _, _, place = explanation.partition("[")
    longitude, _, latitude = place.rstrip("]").partition(" ")
    if not latitude:
        return Phrase("The outline of the area crosses or touches itself. Draw it again without crossing lines.")
    return Phrase(
        "The outline of the area crosses or touches itself near latitude %(latitude)s, longitude %(longitude)s. "
        "Draw it again without crossing lines.",
        latitude=latitude,
        longitude=longitude,
    )


def _square_metres(ring: Iterable[tuple[float, float]]) -> float:
    """The area on the ground, good to a percent for what a town can draw."""
    points = list(ring)
    middle = math.radians(sum(latitude for _, latitude in points) / len(points))
    flat = Polygon([(longitude * math.cos(middle), latitude) for longitude, latitude in points])
    return float(flat.area) * METRES_PER_DEGREE**2
