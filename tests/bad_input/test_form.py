"""Each wrong thing that can be put into the form of a first alert: named in both languages, kept, stored nowhere."""

from __future__ import annotations

import json
import re
from html import unescape
from io import BytesIO

import pytest

from tests.bad_input.conftest import nothing_stored
from tests.web.console.conftest import COMPOSE, FILLED

FORM = f"{COMPOSE}/exercise"
RING = [[0.15, 49.47], [0.2, 49.47], [0.2, 49.5], [0.15, 49.5], [0.15, 49.47]]


def drawn(ring, **more):
    """A drawing in place of the commune."""
    return {"communes": [], "geojson": json.dumps({"type": "Polygon", "coordinates": [ring], **more})}


def swapped(ring):
    return [[latitude, longitude] for longitude, latitude in ring]


CASES = {
    # blanks
    "missing": ({"blanks.zones": ""}, {"f-blanks-zones"}),
    "only spaces": ({"blanks.zones": " \u00a0\t "}, {"f-blanks-zones"}),
    "too long": ({"blanks.zones": "x" * 37}, {"f-blanks-zones"}),
    "far too long": ({"blanks.zones": "x" * 100_000}, {"f-blanks-zones"}),
    "no time of day": ({"blanks.heure_fin": "tonight"}, {"f-blanks-heure_fin"}),
    "a time in other digits": ({"blanks.heure_fin": "\u0662\u0663:\u0660\u0660"}, {"f-blanks-heure_fin"}),
    "past": ({"blanks.heure_fin": "17:30"}, {"f-blanks-heure_fin"}),
    "next message too late": ({"blanks.prochain": "23:30"}, {"f-blanks-prochain"}),
    "one language missing": ({"blanks.riviere.en": ""}, {"f-blanks-riviere-en"}),
    "direction control": ({"blanks.zones": "rue \u202edu Port"}, {"f-blanks-zones"}),
    "isolate": ({"blanks.zones": "rue \u2066du Port"}, {"f-blanks-zones"}),
    "zero width": ({"blanks.zones": "rue\u200bdu Port"}, {"f-blanks-zones"}),
    "byte order mark": ({"blanks.zones": "\ufeffrue"}, {"f-blanks-zones"}),
    "NUL": ({"blanks.zones": "rue\0du Port"}, {"f-blanks-zones"}),
    "replacement sign": ({"blanks.zones": "rue \ufffd"}, {"f-blanks-zones"}),
    "tag characters": ({"blanks.zones": "rue\U000e0041"}, {"f-blanks-zones"}),
    "mention": ({"blanks.zones": "@everyone"}, {"f-blanks-zones"}),
    "full-width mention": ({"blanks.zones": "rue, \uff20here"}, {"f-blanks-zones"}),
    "emoji": ({"blanks.zones": "rue \U0001f469\u200d\U0001f692"}, {"f-blanks-zones"}),
    "look-alike letters": ({"blanks.zones": "rue du \u0420\u043ert"}, {"f-blanks-zones"}),
    # area
    "no area": ({"communes": []}, {"f-area"}),
    "both": ({"geojson": "{}"}, {"f-area"}),
    "foreign commune": ({"communes": "75056"}, {"f-communes"}),
    "commune of nonsense": ({"communes": ["76901", "\0"]}, {"f-communes"}),
    "not JSON": ({"communes": [], "geojson": "here"}, {"f-geojson"}),
    "deep": ({"communes": [], "geojson": "[" * 30_000}, {"f-geojson"}),
    "deep objects": ({"communes": [], "geojson": '{"a":' * 10_000}, {"f-geojson"}),
    "too large": ({"communes": [], "geojson": " " * 70_000 + "{}"}, {"f-geojson"}),
    "not a number": (drawn([[float("nan")] * 2]), {"f-geojson"}),
    "infinite": ({"communes": [], "geojson": '{"type":"Polygon","coordinates":[[[1e999,49.5]]]}'}, {"f-geojson"}),
    "5,000 digits": ({"communes": [], "geojson": "9" * 5000}, {"f-geojson"}),
    "a key twice": ({"communes": [], "geojson": '{"type":"Polygon","type":"Point","coordinates":[]}'}, {"f-geojson"}),
    "a point": ({"communes": [], "geojson": '{"type":"Point","coordinates":[0.2,49.5]}'}, {"f-geojson"}),
    "no corner": (drawn([]), {"f-geojson"}),
    "open ring": (drawn(RING[:-1]), {"f-geojson"}),
    "bow tie": (drawn([RING[0], RING[2], RING[1], RING[3], RING[0]]), {"f-geojson"}),
    "swapped": (drawn(swapped(RING)), {"f-geojson"}),
    "elsewhere": (drawn([[lon + 2, lat] for lon, lat in RING]), {"f-geojson"}),
    "partly elsewhere": (drawn([[lon + 0.12, lat] for lon, lat in RING]), {"f-geojson"}),
    "a line": (drawn([RING[0], RING[1], RING[0], RING[0]]), {"f-geojson"}),
    "101 corners": (drawn([[0.15 + n / 10_000, 49.5] for n in range(100)] + [RING[0], [0.15, 49.5]]), {"f-geojson"}),
    # end
    "end in the past": ({"expires": "2020-01-01T00:00"}, {"f-expires"}),
    "end in a year that the clock cannot hold": ({"expires": "0001-01-01T00:00"}, {"f-expires"}),
    "end at the end of time": ({"expires": "9999-12-31T23:59"}, {"f-expires"}),
    "end on a day that is none": ({"expires": "2026-11-31T00:00"}, {"f-expires"}),
    "end in nonsense": ({"expires": "\0<b>"}, {"f-expires"}),
    # channels
    "no channel": ({"channels": []}, {"f-channels"}),
    "unknown channel": ({"channels": ["essai", "fax"]}, {"f-channels"}),
    "only a channel closed to exercises": ({"channels": ["panneaux"]}, {"f-channels"}),
    # what no page of ours sends
    "unknown blank": ({"blanks.nope": "x"}, {"f-form"}),
    "unknown language": ({"blanks.riviere.de": "die Lise"}, {"f-form"}),
    "a blank that the hub fills": ({"blanks.commune": "Paris"}, {"f-form"}),
    # all at once
    "everything": (dict.fromkeys(FILLED, ""), {
        "f-blanks-riviere-fr", "f-blanks-riviere-en", "f-blanks-zones", "f-blanks-heure_fin", "f-blanks-prochain",
        "f-communes", "f-channels",
    }),
}  # fmt: skip
# What a list of choices cannot show again, and what is shown in another way.
NOT_KEPT = {"communes", "channels", "blanks.nope", "blanks.riviere.de", "blanks.commune"}


@pytest.mark.parametrize(("fields", "wrong"), CASES.values(), ids=CASES.keys())
def test_a_wrong_field_is_named_and_what_was_typed_is_kept(still_town, still_anne, fields, wrong):
    anne = still_anne
    anne.post("/console/language", {"language": "fr"})
    with nothing_stored(still_town):
        answer = anne.confirm(**fields)
    assert answer.status_code == 422
    french = anne.faults()
    assert french.keys() == wrong
    for name, value in {**FILLED, **fields}.items():
        if name not in NOT_KEPT and isinstance(value, str):
            assert kept(anne.page, name) == value
    anne.post("/console/language", {"language": "en"})
    anne.confirm(**fields)
    english = anne.faults()
    assert english.keys() == wrong
    assert not english.items() & french.items(), "a sentence has no French"


def kept(page, name):
    """What stands in a field of the form."""
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>([^<]*)</textarea>', page)
    line = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    return unescape((area or line)[1])


def test_a_blank_that_the_map_lacks_is_named_as_it_was_sent(still_anne):
    still_anne.confirm(**{"blanks.nope": "x"})
    assert still_anne.faults()["f-form"].startswith("blanks.nope")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"\xff\xfe\x00", 422),
        (json.dumps(json.loads(drawn(RING)["geojson"])).encode("utf-16"), 422),
        (b"", 422),
        (b"PK\x03\x04", 422),
        # Windows programs put a byte order mark in front.
        (b"\xef\xbb\xbf" + drawn(RING)["geojson"].encode(), 200),
    ],
)
def test_a_file_in_place_of_the_drawing(still_town, still_anne, content, status):
    still_anne.get(FORM)
    fields = {**FILLED, "communes": [], "geojson_file": (BytesIO(content), "area.geojson")}
    with nothing_stored(still_town):
        assert still_anne.post(FORM, fields, content_type="multipart/form-data").status_code == status
    assert still_anne.faults().keys() <= {"f-geojson", "f-area"}


def test_of_a_field_sent_twice_the_first_counts_and_is_shown(still_anne):
    still_anne.get(FORM)
    twice = {**FILLED, "blanks.zones": ["Haut-Bourg", "Paris"], "channels": ["essai", "essai"]}
    assert still_anne.post(FORM, twice).status_code == 200
    assert "Haut-Bourg" in still_anne.page
    assert "Paris" not in still_anne.page


@pytest.mark.parametrize(
    "options",
    [
        {"data": b'{"a":' * 100_000, "content_type": "application/json"},
        {"data": b"--x\r\nnonsense", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"--x\r\nnonsense", "content_type": "multipart/form-data"},
        {"data": b"\xff=\xff&&&=", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"<alert/>", "content_type": "application/xml"},
        {"data": b"", "content_type": "\xff"},
    ],
)
def test_a_body_of_another_kind_is_an_empty_form(still_town, still_anne, options):
    still_anne.get(FORM)
    with nothing_stored(still_town):
        answer = still_anne.client.post(FORM, headers={"X-CSRFToken": still_anne.token}, **options)
    assert answer.status_code == 422
    assert "f-blanks-zones-error" in answer.text


@pytest.mark.parametrize("parts", [500, 1500])
def test_too_many_parts_are_refused(still_town, still_anne, parts):
    still_anne.get(FORM)
    fields = {**FILLED, **{f"n{number}": "x" for number in range(parts)}}
    with nothing_stored(still_town):
        assert still_anne.post(FORM, fields, content_type="multipart/form-data").status_code == 413
