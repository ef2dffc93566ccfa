"""ClaimReview (schema.org) of one page of the register, for programs that collect fact checks.

Source: Google, "Fact check (ClaimReview) structured data", 2025-12-10. Google Search shows no such results any more and
may not take a town hall's; other collectors read the same markup. One a page, on the page in the site's first language
only; a verdict without a place on the scale carries no numbers; a withdrawn answer carries none at all.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from hub.kernel.settings import Authority
from hub.rumours.verdicts import rating
from hub.web.language import say
from hub.web.public.rumours.shown import Shown

# What would end the element or open a comment inside it.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def claim_review(version: Shown, base_url: str, authority: Authority) -> dict[str, Any] | None:
    """The document, or ``None`` where there is nothing to review.

    Args:
        version: the latest version, in the language of the page.
        base_url: of the site, without a slash at its end.
        authority: who publishes the check.
    """
    claim = version.texts["claim_reviewed"]
    if version.withdrawn or not claim:
        return None
    review: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": base_url + version.path,
        "claimReviewed": claim,
        "datePublished": version.published_at.isoformat(),
        "inLanguage": version.language,
        "author": {"@type": "GovernmentOrganization", "name": authority.name, "url": authority.url},
        # Nobody is named as its author: who started it is not known, and pointing at people helps nobody.
        "itemReviewed": {"@type": "Claim"},
        "reviewRating": {"@type": "Rating", "alternateName": say(version.label)},
    }
    if version.first_heard:
        review["itemReviewed"]["datePublished"] = version.first_heard.isoformat()
    if point := rating(version.verdict):
        review["reviewRating"] |= {
            "ratingValue": point.value,
            "worstRating": point.worst,
            "bestRating": point.best,
        }
    if version.wrong:
        review["correction"] = {
            "@type": "CorrectionComment",
            "text": version.wrong,
            "datePublished": version.published_at.isoformat(),
        }
    return review


def as_script(review: dict[str, Any]) -> Markup:
    """The element for the page; nothing in it can end it."""
    text = json.dumps(review, ensure_ascii=False).translate(_ESCAPES)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704 - escaped above
