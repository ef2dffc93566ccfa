"""The counters on published vectors and on the traps of French warning texts."""

from __future__ import annotations

import pytest

from hub.channels.text import (
    GSM7_BASIC,
    GSM7_EXTENSION,
    count,
    graphemes,
    led_lines,
    led_words,
    mastodon_length,
    sms,
    to_gsm7,
    x_length,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


# twitter-text 3.1 conformance, validate.yml: sections lengths and WeightedTweetsWithDiscountedEmojiCounterTest
# (Apache-2.0).
@pytest.mark.parametrize(
    ("text", "weighted"),
    [
        ("This is a test.", 15),
        ("http://test.com", 23),
        ("https://test.com", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("Hi http://test.co", 26),
        ("http://test.co", 23),
        ("285 chars-" + "xxxxxxxxxx-" * 25, 285),
        ("285 chars- http://www.twitter.com/jack " + "xxxxxxxxxx-" * 24, 299),
        ("https://www.twitter.com/aloha " * 10, 240),
        ("\u6545" * 160, 320),
        ("\U0001f637" * 160, 320),
        ("the" + "\u6545" * 160, 323),
        ("A\u0301B", 2),
        ("A\ufb2c", 4),
        ("H\U0001f431\u263a" + FAMILY, 7),
        ("\U0001f637\U0001f47e\U0001f621\U0001f525\U0001f4a9", 10),
        ("\U0001f64b\U0001f3fd\U0001f468\u200d\U0001f3a4", 4),
        (FAMILY * 140, 280),
        (f"Unicode 10.0 emoji: \U0001f92a; \U0001f9d5; \U0001f9d5\U0001f3fe; {ENGLAND}", 34),
        ("Unicode 9.0 emoji: \U0001f920; \U0001f483; \U0001f483\U0001f3fe", 29),
        ("randomurl" * 7 + "s.com", 68),
    ],
)
def test_x_counts_as_published(text: str, weighted: int) -> None:
    assert x_length(text) == weighted


@pytest.mark.parametrize(
    ("text", "weighted"),
    [
        ("\u20ac", 2),  # euro sign
        ("\u2026", 2),  # ellipsis
        ("\u202f", 2),  # narrow no-break space
        ("\u2192", 2),  # arrow
        ("\u0153", 1),  # oe ligature
        ("\u00e9", 1),
        ("e\u0301", 1),  # the same letter, decomposed
        ("\u2019", 1),  # curly apostrophe
        ("\u2013", 1),  # en dash
        ("\u00a9", 1),  # a sign that is text by default
        ("\u00a9\ufe0f", 2),  # and the same as an emoji
        ("1\ufe0f\u20e3", 2),  # keycap
        ("\U0001f1eb\U0001f1f7", 2),  # a flag
        ("https://rivemont.example/crue.", 24),  # the full stop is not part of the link
        ("https://" + "a" * 64 + ".com", 76),  # no host has a label that long
        ("Fin.La suite", 12),
        ("", 0),
    ],
)
def test_x_traps(text: str, weighted: int) -> None:
    assert x_length(text) == weighted


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments"),
    [
        ("1" * 160, "GSM-7", 160, 1),
        ("1" * 161, "GSM-7", 161, 2),
        ("1" * 306, "GSM-7", 306, 2),
        ("1" * 307, "GSM-7", 307, 3),
        ("\u20ac" * 80, "GSM-7", 160, 1),
        ("\u20ac" * 81, "GSM-7", 162, 2),
        ("|^\u20ac{}[]~\\", "GSM-7", 18, 1),
        # An escape pair is not cut: 152 septets, then a pair that starts the next part.
        ("1" * 152 + "\u20ac" + "1" * 152, "GSM-7", 306, 3),
        ("1" * 153 + "\u20ac" + "1" * 151, "GSM-7", 306, 2),
        ("\u4f60" * 70, "UCS-2", 70, 1),
        ("\u4f60" * 71, "UCS-2", 71, 2),
        ("\u4f60" * 134, "UCS-2", 134, 2),
        ("\u4f60" * 135, "UCS-2", 135, 3),
        ("\U0001f61c" * 35, "UCS-2", 70, 1),
        ("\U0001f61c" * 36, "UCS-2", 72, 2),
        # A surrogate pair is not cut: 66 units, then a pair that starts the next part.
        ("\u4f60" * 66 + "\U0001f61c" + "\u4f60" * 66, "UCS-2", 134, 3),
        ("", "GSM-7", 0, 1),
    ],
)
def test_sms_parts(text: str, alphabet: str, units: int, segments: int) -> None:
    found = sms(text)
    assert (found.alphabet, found.units, found.segments) == (alphabet, units, segments)


def test_the_french_letters_of_gsm7() -> None:
    inside = "\u00e9\u00e8\u00e0\u00f9\u00ec\u00f2\u00c9\u00c7\u00c4\u00d6\u00dc\u00e4\u00f6\u00fc\u00f1\u00a7"
    outside = "êâîôûëïçÀÂÈÊÎÔœ«»\u2019\u201c\u2013\u2014\u2026\u00a0\u202f"
    assert all(letter in GSM7_BASIC for letter in inside)
    assert not set(outside) & (GSM7_BASIC | GSM7_EXTENSION)
    assert len(GSM7_BASIC) == 127  # 128 codes, less the escape


def test_one_foreign_letter_costs_a_whole_text() -> None:
    text = "x" * 150
    assert sms(text).segments == 1
    dear = sms(text + "À")
    assert (dear.alphabet, dear.segments, dear.foreign) == ("UCS-2", 3, ("À",))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("À l\u2019étage : ÊTRE prêt", "A l'étage : ETRE pret"),
        ("œuvre, Œuvre", "oeuvre, OEuvre"),
        ("ça, Ça", "ca, Ça"),
        ("«\u00a0gêne\u202f» \u2013 \u2026", '" gene " - ...'),
        ("Łódź", "Lodz"),
        ("e\u0301te\u0302", "éte"),
        ("soft\u00adhyphen", "softhyphen"),
        ("25 \u20ac", "25 \u20ac"),
        ("Ж", "Ж"),
    ],
)
def test_transliteration(text: str, plain: str) -> None:
    assert to_gsm7(text) == plain


@pytest.mark.parametrize(
    ("text", "found"),
    [("abc", 3), ("e\u0301", 1), (FAMILY, 1), ("\U0001f1eb\U0001f1f7" * 2, 2), ("\r\n", 1), ("à l'étage", 9), ("", 0)],
)
def test_graphemes(text: str, found: int) -> None:
    assert graphemes(text) == found


def test_bluesky_has_two_limits() -> None:
    assert count("bluesky", "x" * 300).fits
    assert not count("bluesky", "x" * 301).fits
    heavy = count("bluesky", FAMILY * 150)  # 150 graphemes, 3,750 bytes
    assert (heavy.used, heavy.fits) == (150, False)


def test_mastodon_counts_a_link_as_23() -> None:
    assert mastodon_length("Voir https://rivemont.example/" + "a" * 100) == 5 + 23
    assert mastodon_length("test.com") == 8


@pytest.mark.parametrize(
    ("page", "words", "lines"),
    [
        ("MONTEZ À L'ÉTAGE", 3, ["MONTEZ À L'ÉTAGE"]),
        ("CRUE DANS LES BAS QUARTIERS", 5, ["CRUE DANS LES", "BAS QUARTIERS"]),
        ("INFO : 18H30", 2, ["INFO : 18H30"]),
        ("ANTICONSTITUTIONNELLEMENT", 1, ["ANTICONSTITUTION", "NELLEMENT"]),
        ("", 0, []),
    ],
)
def test_panels(page: str, words: int, lines: list[str]) -> None:
    assert led_words(page) == words
    assert led_lines(page) == lines


@pytest.mark.parametrize(
    ("form", "text", "used", "limit", "fits"),
    [
        ("sms", "x" * 307, 3, 2, False),
        ("sms", "Ж" * 71, 2, 2, True),
        ("x", "\u20ac" * 141, 282, 280, False),
        ("mastodon", "x" * 500, 500, 500, True),
        ("long", "x" * 9000, 9000, None, True),
        ("led", "A B C D E F G H", 8, 7, False),
        ("led", "X" * 65, 1, 7, False),
        ("cap", "x" * 141, 141, 140, False),
    ],
)
def test_each_form_counts_its_own_way(form: str, text: str, used: int, limit: int | None, fits: bool) -> None:
    found = count(form, text)
    assert (found.used, found.limit, found.fits) == (used, limit, fits)
    assert str(found.unit)
    assert str(found.detail)


@pytest.mark.parametrize(
    ("text", "used", "fits"),
    [
        ("Montez.", 1, True),
        ("Montez à l'étage. Ne roulez pas.", 3, True),
        ("un deux trois quatre cinq six sept huit neuf dix onze douze", 12, True),
        ("un deux trois quatre cinq six sept huit neuf dix onze douze treize", 13, False),
        ("un deux trois quatre cinq six sept\nhuit neuf dix onze douze treize", 7, True),
        ("Le danger est là : montez !", 5, True),
        ("", 0, True),
    ],
)
def test_simple_words_are_counted_by_the_longest_sentence(text: str, used: int, *, fits: bool) -> None:
    found = count("simplified", text)
    assert (found.used, found.limit, found.fits) == (used, 12, fits)


@pytest.mark.parametrize(
    ("words", "seconds", "fits"), [(0, 0, True), (1, 1, True), (5, 2, True), (75, 30, True), (76, 31, False)]
)
def test_spoken_texts_are_counted_in_seconds(words: int, seconds: int, *, fits: bool) -> None:
    found = count("voice", "mot " * words)
    assert (found.used, found.limit, found.fits) == (seconds, 30, fits)
