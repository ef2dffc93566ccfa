"""ClaimReview on every page of the register, against each rule of Google's page of 2025-12-10 as one row."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from hub.rumours.verdicts import LABELS, Verdict
from tests.web.public.test_pages import main_text, tree

BASE = "http://127.0.0.1:8000"
MARKED = ("bridge", "water", "looters", "open")
NUMBERS = {"ratingValue", "worstRating", "bestRating"}
VERDICT_WORDS = ("faux", "vrai", "trompeur", "false", "true", "misleading")


def markup(page):
    return [json.loads(each.text) for each in tree(page).findall(".//script")]


def one(review, _page):
    return (review["@context"], review["@type"]) == ("https://schema.org", "ClaimReview")


def required(review, _page):
    return all(review.get(name) for name in ("claimReviewed", "reviewRating", "url"))


def short_claim_without_verdict(review, _page):
    claim = review["claimReviewed"]
    return len(claim) <= 75 and not any(word in claim.lower().split() for word in VERDICT_WORDS)


def own_address(review, page):
    canonical = tree(page).find(".//link[@rel='canonical']").get("href")
    return review["url"] == canonical and urlsplit(canonical).netloc == urlsplit(BASE).netloc


def an_author(review, _page):
    return bool(review["author"].get("name") and review["author"].get("url"))


def a_claim(review, _page):
    claim = review["itemReviewed"]
    return claim["@type"] == "Claim" and "T" in claim["datePublished"] and "author" not in claim


def a_word(review, _page):
    return bool(review["reviewRating"]["alternateName"])


def numbers_as_a_set(review, _page):
    rating = review["reviewRating"]
    if not NUMBERS & set(rating):
        return True
    worst, value, best = (rating[name] for name in ("worstRating", "ratingValue", "bestRating"))
    return set(rating) >= NUMBERS and 1 <= worst < best and worst <= value <= best


def no_number_without_a_finding(review, page):
    open_words = {"Invérifiable", "Pas encore connu"} | {str(LABELS[each]) for each in (Verdict.UNVERIFIABLE, Verdict.NOT_KNOWN_YET)}  # fmt: skip  # noqa: E501
    unknown = review["reviewRating"]["alternateName"] in open_words or "v-un" in page.text or "v-not" in page.text
    return not (unknown and NUMBERS & set(review["reviewRating"]))


def single(_review, page):
    return page.text.count("application/ld+json") == 1


def visible(review, page):
    shown = main_text(page)
    return review["reviewRating"]["alternateName"] in shown


def found_by_robots(_review, page):
    return "noindex" not in page.text and "X-Robots-Tag" not in page.headers


ROWS = (
    one,
    required,
    short_claim_without_verdict,
    own_address,
    an_author,
    a_claim,
    a_word,
    numbers_as_a_set,
    no_number_without_a_finding,
    single,
    visible,
    found_by_robots,
)


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.__name__)
def test_every_page_holds_to(register, reader, rule):
    for name in MARKED:
        page = reader.get(f"/rumeurs/{register.ids[name]}")
        (review,) = markup(page)
        assert rule(review, page), name


def test_it_stands_on_one_page_of_the_first_language_and_on_no_other(register, reader):
    for name in MARKED:
        path = f"/rumeurs/{register.ids[name]}"
        others = [f"{path}?lang=en", f"/en{path}", f"{path}/versions/1", f"{path}/integrer"]
        for address in (*others, "/rumeurs", "/rumeurs/statistiques", "/verifier"):
            assert markup(reader.get(address)) == [], address
        assert markup(reader.get(path, headers={"Accept-Language": "en"})) == []
    assert markup(reader.get(f"/rumeurs/{register.ids['gone']}")) == []


def test_numbers_are_those_of_the_scale_and_only_where_there_is_a_finding(register, reader):
    found = {name: markup(reader.get(f"/rumeurs/{register.ids[name]}"))[0]["reviewRating"] for name in MARKED}
    assert {name: rating.get("ratingValue") for name, rating in found.items()} == {
        "bridge": 3,
        "water": None,
        "looters": None,
        "open": 5,
    }


def test_a_correction_is_marked_as_one_and_nothing_ends_the_element(register, reader):
    (review,) = markup(reader.get(f"/rumeurs/{register.ids['bridge']}"))
    assert review["correction"]["@type"] == "CorrectionComment"
    assert review["correction"]["text"] == "Nous avions écrit qu'il est ouvert."
    (review,) = markup(reader.get(f"/rumeurs/{register.ids['looters']}"))
    assert review["claimReviewed"] == "=CMD() <b>Des pillards</b> </script> rue du Port"
    assert "correction" not in review


def test_robots_may_come(register, reader):
    assert "Disallow: /rumeurs" not in reader.get("/robots.txt").text
