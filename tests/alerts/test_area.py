"""Where an alert applies: what is taken, what is refused, and in which words."""

import json

import pytest

from hub.alerts import area
from hub.alerts.area import Area, Outline
from hub.cap.model import Geocode
from hub.kernel.settings import Commune, Territory

HOME = Territory(
    communes=(Commune("76901", "Rivemont"), Commune("76902", "Saint-Aubin-les-Prés")),
    outline=((0.10, 49.45), (0.30, 49.45), (0.30, 49.56), (0.10, 49.56), (0.10, 49.45)),
)
SQUARE = [[0.15, 49.47], [0.2, 49.47], [0.2, 49.5], [0.15, 49.5], [0.15, 49.47]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def outline_of(geojson):
    text = geojson if isinstance(geojson, str) else json.dumps(geojson)
    outline, faults = area.check((), text, HOME)
    assert faults == []
    return outline


def refusal_of(geojson):
    text = geojson if isinstance(geojson, str) else json.dumps(geojson)
    outline, faults = area.check((), text, HOME)
    assert outline is None
    (fault,) = faults
    assert fault.field == "geojson"
    return str(fault.phrase)


EXPECTED = ((49.47, 0.15), (49.47, 0.2), (49.5, 0.2), (49.5, 0.15), (49.47, 0.15))


@pytest.mark.parametrize(
    "geojson",
    [
        polygon(SQUARE),
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {"type": "Feature", "properties": {"name": "x"}, "geometry": polygon(SQUARE)},
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": None, "geometry": polygon(SQUARE)}],
        },
        polygon([[*position, 12.5] for position in SQUARE]),
    ],
    ids=["polygon", "multipolygon", "feature", "collection of one", "with heights"],
)
def test_a_drawing_becomes_rings_of_latitude_and_longitude(geojson):
    assert outline_of(geojson) == Outline((EXPECTED,), ())


def test_two_parts_are_two_polygons():
    other = [[0.25, 49.47], [0.28, 49.47], [0.28, 49.5], [0.25, 49.47]]
    assert len(outline_of({"type": "MultiPolygon", "coordinates": [[SQUARE], [other]]}).polygons) == 2


def test_a_line_along_the_border_is_inside():
    assert outline_of(polygon([list(point) for point in HOME.outline]))


def test_a_hundred_corners_are_allowed_and_one_more_is_not():
    def ring(count):
        top = [[0.15 + index * 0.0005, 49.5 + (index % 2) * 0.001] for index in range(count - 3)]
        return [*top, [0.2, 49.47], [0.15, 49.47], top[0]]

    assert len(outline_of(polygon(ring(100))).polygons[0]) == 100
    assert "101 corners" in refusal_of(polygon(ring(101)))


def shifted(longitude, latitude):
    return polygon([[x + longitude, y + latitude] for x, y in SQUARE])


@pytest.mark.parametrize(
    ("geojson", "words"),
    [
        (polygon(), "empty"),
        (polygon([]), "empty"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty"),
        (polygon(SQUARE[:-1]), "not closed"),
        (polygon([[0.15, 49.47], [0.2, 49.47], [0.15, 49.47]]), "at least three corners"),
        (
            polygon([[0.15, 49.47], [0.2, 49.5], [0.2, 49.47], [0.15, 49.5], [0.15, 49.47]]),
            "latitude 49.485, longitude 0.175",
        ),
        (
            polygon([[0.15, 49.47], [0.2, 49.47], [0.15, 49.47], [0.2, 49.47], [0.15, 49.47]]),
            "crosses or touches itself",
        ),
        (polygon([[0.15, 49.47]] * 4), "crosses or touches itself"),
        (polygon(SQUARE, [[0.16, 49.48], [0.17, 49.48], [0.17, 49.49], [0.16, 49.48]]), "hole"),
        (polygon([[y, x] for x, y in SQUARE]), "swapped"),
        (shifted(2, 0), "outside the territory"),
        (shifted(0.12, 0), "Part of the area lies outside"),
        (polygon([[-10, 40], [10, 40], [10, 60], [-10, 60], [-10, 40]]), "Part of the area lies outside"),
        (polygon([[0.15, 49.47], [0.150001, 49.47], [0.150001, 49.470001], [0.15, 49.47]]), "smaller than 100"),
        (polygon([[0, 91], [1, 91], [1, 92], [0, 91]]), "latitude"),
        (polygon([[200, 49.47], *SQUARE[1:-1], [200, 49.47]]), "pair of numbers"),
        (polygon([["0.15", "49.47"], *SQUARE[1:]]), "pair of numbers"),
        (polygon([[True, False], *SQUARE[1:]]), "pair of numbers"),
        (polygon([[None, 49.47], *SQUARE[1:]]), "pair of numbers"),
        (polygon([[0.15], *SQUARE[1:]]), "pair of numbers"),
        (polygon([[[0.15, 49.47]], *SQUARE[1:]]), "pair of numbers"),
        (polygon("ring"), "pair of numbers"),
        ({"type": "Polygon", "coordinates": [{}]}, "pair of numbers"),
        ({"type": "Polygon", "coordinates": "x"}, "must be a GeoJSON"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE]] * 11}, "too many parts"),
        ({"type": "FeatureCollection", "features": []}, "exactly one shape"),
        ({"type": "FeatureCollection", "features": [7]}, "must be a GeoJSON"),
        ({"type": "Point", "coordinates": [0.15, 49.47]}, "must be a GeoJSON"),
        ({"type": "Feature", "geometry": None}, "must be a GeoJSON"),
        ({"type": ["Polygon"], "coordinates": [SQUARE]}, "must be a GeoJSON"),
        ([], "must be a GeoJSON"),
        ("null", "must be a GeoJSON"),
        ("{", "cannot be read"),
        ("Rivemont", "cannot be read"),
        ('{"type":"Polygon","type":"Point"}', "cannot be read"),
        ('{"type":"Polygon","coordinates":[[[NaN,49.47],[0.2,49.47],[0.2,49.5],[NaN,49.47]]]}', "cannot be read"),
        ('{"type":"Polygon","coordinates":[[[Infinity,49.47],[0.2,49.47],[0.2,49.5],[0.15,49.47]]]}', "cannot be read"),
        ('{"type":"Polygon","coordinates":[[[1e999,49.47],[0.2,49.47],[0.2,49.5],[1e999,49.47]]]}', "pair of numbers"),
        ('{"type":"Polygon","coordinates":[[[' + "9" * 5000 + ",1]]]}", "cannot be read"),
        ('{"type":"Polygon","coordinates":[[[' + "9" * 400 + ",1]]]}", "pair of numbers"),
        ("[" * 60_000, "cannot be read"),
        ('{"a":' * 12_000, "cannot be read"),
        (" " * 70_000 + "{}", "too large"),
        ("\ud800", "cannot be read"),
    ],
)
def test_a_faulty_drawing_is_refused_in_plain_words(geojson, words):
    assert words in refusal_of(geojson)


def test_the_swap_is_named_even_where_a_swapped_latitude_does_not_exist():
    caledonia = Territory(
        (Commune("98818", "Nouméa"),), ((166.3, -22.4), (166.6, -22.4), (166.6, -22.1), (166.3, -22.4))
    )
    ring = [[-22.35, 166.5], [-22.35, 166.52], [-22.3, 166.55], [-22.35, 166.5]]
    _, (fault,) = area.check((), json.dumps(polygon(ring)), caledonia)
    assert "swapped" in str(fault.phrase)


@pytest.mark.parametrize(
    ("communes", "geojson", "field", "words"),
    [
        ((), "", "area", "no default"),
        ((), "  \n", "area", "no default"),
        (("76901",), json.dumps(polygon(SQUARE)), "area", "not both"),
        (("75056",), "", "communes", "75056 is not a commune"),
        (("76901", ""), "", "communes", "76901 Rivemont, 76902 Saint-Aubin-les-Prés"),
        (("\ud800",), "", "communes", "not a commune"),
    ],
)
def test_an_area_is_never_empty_never_doubtful_never_elsewhere(communes, geojson, field, words):
    outline, (fault,) = area.check(communes, geojson, HOME)
    assert outline is None
    assert fault.field == field
    assert words in str(fault.phrase)


def test_communes_are_taken_once_each_in_the_order_of_the_territory():
    outline, faults = area.check(("76902", "76901", "76902"), "", HOME)
    assert (outline, faults) == (Outline((), HOME.communes), [])


def test_a_territory_drawn_badly_in_the_settings_still_works():
    bow_tie = Territory(HOME.communes, ((0.1, 49.4), (0.3, 49.6), (0.3, 49.4), (0.1, 49.6), (0.1, 49.4)))
    outline, faults = area.check(
        (), json.dumps(polygon([[0.11, 49.45], [0.14, 49.5], [0.11, 49.55], [0.11, 49.45]])), bow_tie
    )
    assert faults == []
    assert outline


@pytest.mark.parametrize(
    ("communes", "text", "expected"),
    [
        ((), "Bas-Bourg (Rivemont)", "Bas-Bourg (Rivemont)"),
        (HOME.communes[:1], "Bas-Bourg (Rivemont)", "Bas-Bourg (Rivemont)"),
        (HOME.communes, "Bas-Bourg (Rivemont)", "Bas-Bourg (Rivemont), Saint-Aubin-les-Prés"),
        ((Commune("76255", "Eu"),), "La vallée de l'Eure", "La vallée de l'Eure, Eu"),
    ],
)
def test_the_description_names_every_commune(communes, text, expected):
    assert area.described(Outline((), communes), text) == expected


def test_an_area_survives_storage_and_becomes_a_cap_area():
    full = Area(Outline((EXPECTED,), HOME.communes[:1]), {"fr": "Bas-Bourg", "en": "Lower town"})
    assert area.from_json(json.loads(json.dumps(full.to_json()))) == full
    cap = full.cap("en")
    assert cap.area_desc == "Lower town"
    assert cap.polygons == (EXPECTED,)
    assert cap.geocodes == (Geocode("INSEE", "76901"),)
