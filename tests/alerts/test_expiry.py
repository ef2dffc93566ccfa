from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.alerts import expiry

PARIS = ZoneInfo("Europe/Paris")
SENT = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)  # 17:40 in Paris


def check(text, sent=SENT, hours=72):
    return expiry.check(text, sent=sent, longest=timedelta(hours=hours), zone=PARIS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T17:41", datetime(2026, 11, 21, 16, 41, tzinfo=UTC)),
        ("2026-11-22T00:00", datetime(2026, 11, 21, 23, 0, tzinfo=UTC)),
        ("2026-11-24T17:40", datetime(2026, 11, 24, 16, 40, tzinfo=UTC)),
    ],
)
def test_the_end_is_read_in_the_town_s_time(text, expected):
    assert check(text) == (expected, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-11-21T17:40", "in the future"),
        ("2026-11-21T17:39", "in the future"),
        ("2020-01-01T00:00", "in the future"),
        ("0001-01-01T00:00", "exist"),
        ("2026-11-24T17:41", "within 72 hours"),
        ("9999-12-31T23:59", "within 72 hours"),
        ("2026-11-31T12:00", "exist"),
        ("2026-11-21T24:00", "exist"),
        ("2026-11-21 18:00", "such as 2026-11-21T23:40"),
        ("2026-11-21T18:00Z", "exist"),
        ("2026-11-21T18:00:00", "exist"),
        ("٢٠٢٦-11-21T18:00", "exist"),
        ("tonight", "exist"),
        ("\0", "exist"),
    ],
)
def test_a_wrong_end_is_refused_in_plain_words(text, words):
    moment, (fault,) = check(text)
    assert moment is None
    assert fault.field == "expires"
    assert words in str(fault.phrase)


def test_the_hour_that_is_left_out_in_spring_does_not_exist():
    before = datetime(2027, 3, 28, 0, 0, tzinfo=UTC)
    assert "exist" in str(check("2027-03-28T02:30", before)[1][0].phrase)
    assert check("2027-03-28T03:00", before)[0] == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_the_hour_that_comes_twice_in_autumn_is_the_later_one():
    before = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    assert check("2026-10-25T02:30", before)[0] == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert check("2026-10-25T01:30", before)[0] == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
