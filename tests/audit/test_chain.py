from datetime import UTC, datetime, timedelta, timezone

import pytest

from hub.audit.chain import GENESIS, canonical, entry_hash

AT = datetime(2026, 11, 21, 16, 40, 1, 250000, tzinfo=UTC)
FIELDS = {"seq": 1, "action": "alert.triggered", "subject": "a1", "detail": "{}"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ({"text": "é\0"}, '{"text":"\\u00e9\\u0000"}'),
        ({"text": "\ud800"}, '{"text":"\\ud800"}'),
    ],
)
def test_equal_values_have_one_spelling(value, expected):
    assert canonical(value) == expected


def test_a_number_that_json_does_not_know_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        canonical({"n": float("nan")})


def test_the_hash_does_not_depend_on_the_zone_in_which_the_moment_is_written():
    in_paris = AT.astimezone(timezone(timedelta(hours=1)))
    assert entry_hash(FIELDS, at=AT, previous_hash=GENESIS) == entry_hash(FIELDS, at=in_paris, previous_hash=GENESIS)


@pytest.mark.parametrize(
    "changed",
    [
        {"fields": {**FIELDS, "seq": 2}},
        {"fields": {**FIELDS, "detail": '{"x":1}'}},
        {"at": AT + timedelta(microseconds=1)},
        {"previous_hash": "1" * 64},
    ],
)
def test_every_part_of_an_entry_is_in_its_hash(changed):
    arguments = {"fields": FIELDS, "at": AT, "previous_hash": GENESIS}
    altered = {**arguments, **changed}
    assert _hash(**altered) != _hash(**arguments)


def _hash(fields, at, previous_hash):
    return entry_hash(fields, at=at, previous_hash=previous_hash)
