"""One rumour of the register: its page, its versions, its QR code and its picture for social networks."""

from __future__ import annotations

import io
from http import HTTPStatus

import segno
from flask import Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.rumours.composing import published
from hub.rumours.register.reading import standing
from hub.rumours.states import VersionKind
from hub.web.pages import MADE_AT
from hub.web.parts import parts
from hub.web.public.answers import CONTENT_POLICY, PAGE_CACHE, answer, page
from hub.web.public.blueprint import blueprint, to
from hub.web.public.rumours.card import drawn
from hub.web.public.rumours.claim_review import as_script, claim_review
from hub.web.public.rumours.diffs import changed_parts
from hub.web.public.rumours.shown import Shown, communes_named, shown
from hub.web.security import access

SVG = "image/svg+xml"
PNG = "image/png"
# Read from paper that was folded or wetted.
QR_ERROR = "m"


def versions_of(rumour_id: str) -> list[Shown]:
    """All versions of a rumour under its own id, oldest first, in the reader's language.

    Raises:
        NotFound: the register has no such rumour.
    """
    now = parts().clock.now()
    found = [shown(version, g.language, now) for version in published(reading(), rumour_id)]
    if not found:
        raise NotFound(Phrase("The register has no rumour %(rumour)s.", rumour=rumour_id[:20]))
    return found


def moved(rumour_id: str, endpoint: str, policy: str = CONTENT_POLICY) -> AnyResponse | None:
    """Where a merged rumour is answered now: a permanent redirect, or ``None`` where it stands here.

    A file cannot redirect: the builder gets a page that sends people on at once (WCAG technique H76).

    Args:
        rumour_id: what was asked for.
        endpoint: what is asked of it.
        policy: of that page.

    Raises:
        NotFound: the register has no such rumour.
    """
    place = standing(reading(), rumour_id)
    if place is None:
        raise NotFound(Phrase("The register has no rumour %(rumour)s.", rumour=rumour_id[:20]))
    if place == rumour_id:
        return None
    if MADE_AT in request.environ:
        return page("public/rumours/moved.html", policy=policy, place=to(endpoint, rumour_id=place))
    language = {"lang": g.language} if g.language_asked else {}
    return redirect(url_for(f"public.{endpoint}", rumour_id=place, **language), HTTPStatus.MOVED_PERMANENTLY)


@blueprint.get("/rumeurs/<rumour_id>")
@access("public")
def rumour(rumour_id: str) -> AnyResponse:
    """The answer that stands now, for ever at this address, with its history."""
    if away := moved(rumour_id, "rumour"):
        return away
    versions = versions_of(rumour_id)
    latest = versions[-1]
    settings = parts().settings
    review = None
    # Translations carry no markup of their own: a check is marked up on one page only.
    if g.language == settings.site.languages[0]:
        review = claim_review(latest, settings.site.base_url.rstrip("/"), settings.authority)
    return page(
        "public/rumours/entry.html",
        version=latest,
        versions=versions,
        corrections=_corrections(versions),
        press=settings.authority.press,
        communes=communes_named(latest.communes),
        markup=as_script(review) if review else "",
    )


@blueprint.get("/rumeurs/<rumour_id>/versions/<int:number>")
@access("public")
def rumour_version(rumour_id: str, number: int) -> Response:
    """One version as it was published, and what it changed."""
    versions = versions_of(rumour_id)
    if not 1 <= number <= len(versions):
        raise NotFound(
            Phrase(
                "This rumour has versions 1 to %(last)s; there is no version %(number)s.",
                last=len(versions),
                number=number,
            )
        )
    version = versions[number - 1]
    before = versions[number - 2] if number > 1 else None
    hidden = number <= _withdrawn_up_to(versions)
    comparable = before is not None and not hidden and not before.withdrawn
    return page(
        "public/rumours/version.html",
        version=version,
        latest=versions[-1],
        before=before,
        hidden=hidden,
        communes=communes_named(version.communes),
        differences=changed_parts(before, version) if comparable and before else [],
        comparable=comparable,
    )


@blueprint.get("/rumeurs/<rumour_id>/qr.svg")
@access("public")
def rumour_qr(rumour_id: str) -> Response:
    """The address of a rumour as a QR code, dark on white whatever the look of the page."""
    if standing(reading(), rumour_id) is None:
        abort(HTTPStatus.NOT_FOUND)
    code = segno.make(f"{parts().settings.site.base_url.rstrip('/')}/rumeurs/{rumour_id}", error=QR_ERROR, micro=False)
    buffer = io.BytesIO()
    code.save(buffer, kind="svg", scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=False)
    return answer(buffer.getvalue(), SVG, PAGE_CACHE)


@blueprint.get("/rumeurs/<rumour_id>/carte.png")
@access("public")
def rumour_card(rumour_id: str) -> AnyResponse:
    """The picture that social networks show beside a link: fact and verdict, never what circulates."""
    if away := moved(rumour_id, "rumour_card"):
        return away
    latest = versions_of(rumour_id)[-1]
    response = answer(drawn(latest), PNG, PAGE_CACHE, latest.published_at)
    if not g.language_asked:
        response.vary.add("Accept-Language")
    return response


def _corrections(versions: list[Shown]) -> list[Shown]:
    """The corrections that stand at the top of the page: those since the answer was last withdrawn, newest first."""
    start = _withdrawn_up_to(versions)
    return [each for each in reversed(versions[start:]) if each.kind is VersionKind.CORRECTION]


def _withdrawn_up_to(versions: list[Shown]) -> int:
    """The number of the last withdrawal; what it took back is not shown any more."""
    return max((each.number for each in versions if each.withdrawn), default=0)
