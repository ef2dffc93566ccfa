"""Bodies that mean nothing, two things, or more than a database can keep: refused with a word about it, never a 500."""

import gzip
import json

import pytest

from tests.web.partner_api.programs import DRAFT, errors

GOOD = json.dumps(DRAFT)


def with_blank(text):
    """The draft with one blank whose JSON text is given."""
    return json.dumps({**DRAFT, "blanks": {"zones": "HERE"}}).replace('"HERE"', text)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nonsense",
        "[]",
        "null",
        '"text"',
        "7",
        GOOD + GOOD,
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 20_000 + "1" + "}" * 20_000,
        '{"a":' * 17 + "1" + "}" * 17,
        with_blank("NaN"),
        with_blank("Infinity"),
        with_blank("-Infinity"),
        with_blank("1e999"),
        with_blank("9" * 5000),
        '{"exercise": true, "exercise": false}',
        with_blank('{"a": 1, "a": 2}'),
        b'{"situation": "\xff\xfe"}',
        b"\xef\xbb\xbf{}",
        GOOD.encode("utf-16"),
    ],
)
def test_a_body_without_one_meaning_is_refused(sdis, body):
    answer = sdis.raw("/alerts/preview", body)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/unreadable-body"), answer.text
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (with_blank('"a\\u0000b"'), "blanks.zones"),
        (with_blank('"\\ud800"'), "blanks.zones"),
        (with_blank(str(2**63)), "blanks.zones"),
        (with_blank(str(-(10**30))), "blanks.zones"),
        (json.dumps({**DRAFT, "communes": ["76901", "\x00"]}), "communes.1"),
        (json.dumps({**DRAFT, "situation": "\udfff"}), "situation"),
        ('{"a\\u0000": 1}', "body"),
        (json.dumps({**DRAFT, "blanks": {"\ud800": "x"}}), "blanks"),
        (json.dumps({**DRAFT, "geojson": {"coordinates": [[10**30]]}}), "geojson.coordinates.0.0"),
        ("{}", "situation"),
    ],
)
def test_what_cannot_be_kept_is_named(sdis, body, field):
    answer = sdis.raw("/alerts/preview", body)
    assert answer.status_code == 422, answer.text
    assert field in errors(answer)


@pytest.mark.parametrize(
    "text", ["\u202egnp", "\u200b", "👩‍👩‍👧", "a\r\nb", "{{7*7}}", "<script>", "=HYPERLINK(1)", "x" * 3000, "   "]
)
def test_strange_texts_are_either_shown_or_refused(sdis, text):
    answer = sdis.post("/alerts/preview", {**DRAFT, "blanks": {**DRAFT["blanks"], "zones": text}})
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert "blanks.zones" in errors(answer)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/ld+json", ""])
def test_only_json_is_taken(sdis, kind):
    answer = sdis.raw("/alerts/preview", GOOD, content_type=kind)
    assert (answer.status_code, answer.json["type"]) == (415, "/problems/wrong-content-type")


def test_nothing_is_unpacked(sdis):
    answer = sdis.raw("/alerts/preview", gzip.compress(GOOD.encode()), **{"Content-Encoding": "gzip"})
    assert answer.status_code == 415


def test_a_charset_behind_the_type_changes_nothing(sdis):
    assert sdis.raw("/alerts/preview", GOOD, content_type="application/json; charset=utf-8").status_code == 200


def test_what_is_too_large_is_not_read(sdis):
    answer = sdis.raw("/alerts/preview", b" " * (256 * 1024 + 1))
    assert (answer.status_code, answer.json["type"]) == (413, "/problems/too-large")


def test_a_wrong_method_names_the_right_ones(sdis, town):
    answer = town.test_client().delete("/api/v1/alerts", headers=sdis.headers())
    assert (answer.status_code, answer.json["type"]) == (405, "/problems/method-not-allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_problem_is_json_below_the_api_and_a_page_elsewhere(town):
    client = town.test_client()
    assert client.get("/api/nothing").content_type == "application/problem+json"
    assert client.get("/nothing").content_type.startswith("text/html")


def test_refusals_are_said_in_the_language_asked_for(sdis, town):
    headers = {**sdis.headers(), "Accept-Language": "fr"}
    answer = town.test_client().get("/api/v1/alerts/x", headers=headers)
    assert answer.json["title"] == "Introuvable"
