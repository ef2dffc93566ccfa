"""Following a report by its tracking code. Whoever has the code may see it: there is nothing else to log in with."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from hub.kernel.db import reading
from hub.rumours.tracking import STANDINGS, follow, plain_code
from hub.web.public.blueprint import blueprint, to
from hub.web.public.reports.page import form_page
from hub.web.security import access
from hub.web.throttle import take_tracking


@blueprint.get("/signaler/suivi")
@access("public")
def find_report() -> AnyResponse:
    """From the field in which a code is typed to the report's own page."""
    code = plain_code(request.args.get("code", ""))
    # Without one there is nothing to look for; the page says so.
    return redirect(to("tracked_report", code=code if code.isalnum() else "-"), HTTPStatus.SEE_OTHER)


@blueprint.get("/signaler/<code>")
@access("public")
def tracked_report(code: str) -> Response:
    """What has become of one report, in plain words."""
    take_tracking()
    found = follow(reading(), code)
    return form_page(
        "public/tracked.html",
        status=HTTPStatus.OK if found else HTTPStatus.NOT_FOUND,
        found=found,
        standing=STANDINGS[found.standing] if found else None,
    )
