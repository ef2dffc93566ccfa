"""Is this message from us? Every genuine publication, and a pasted text compared with them. Nothing is kept of it."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, g, request

from hub.kernel.db import reading
from hub.web.public.answers import FORM_POLICY, PAGE_CACHE, page
from hub.web.public.blueprint import blueprint
from hub.web.public.rumours.diffs import word_diff
from hub.web.public.rumours.genuine import Finding, compare, newest
from hub.web.security import access
from hub.web.throttle import limiter

PER_PAGE = 20
LONGEST = 4000
# A text is compared with some hundreds of others; a person pastes a few, a program must not paste thousands.
ATTEMPTS = "20 per minute"
NOT_KEPT = "no-store"


@blueprint.get("/verifier")
@access("public")
def verify() -> Response:
    """The form, and the list."""
    return _page(request.args.get("before", ""), None)


@blueprint.post("/verifier")
@access("public")
@limiter.limit(ATTEMPTS)
def check() -> Response:
    """What became of the comparison; the answer is kept by nobody."""
    text = request.form.get("text", "")
    return _page("", text.replace("\r\n", "\n"))


def _page(before: str, text: str | None) -> Response:
    session = reading()
    found = newest(session, g.language, PER_PAGE + 1, before)
    too_long = text is not None and len(text) > LONGEST
    missing = text is not None and not text.strip()
    answer = None if text is None or too_long or missing else compare(session, text, g.language)
    nearly = answer is not None and answer.finding is Finding.NEARLY
    return page(
        "public/rumours/verify.html",
        policy=FORM_POLICY,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if too_long or missing else HTTPStatus.OK,
        cache=PAGE_CACHE if text is None else NOT_KEPT,
        published=found[:PER_PAGE],
        earlier=found[PER_PAGE - 1].place if len(found) > PER_PAGE else None,
        text=text or "",
        longest=LONGEST,
        too_long=too_long,
        missing=missing,
        answer=answer,
        differences=word_diff(answer.text, text or "") if nearly and answer else "",
    )
