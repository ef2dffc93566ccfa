"""The public form: what is said, where and when. Errors at their fields, nothing typed lost; a receipt with a code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Response, g, request

from hub.kernel.errors import Fault, HubError, InvalidInput
from hub.kernel.phrase import Phrase
from hub.rumours.intake import HEARD_ON, Once, Receipt, Request
from hub.rumours.sighting import Via
from hub.web import report_form
from hub.web.errors import TooManyRequests
from hub.web.parts import parts
from hub.web.public.blueprint import blueprint
from hub.web.public.reports import tokens
from hub.web.public.reports.page import form_page
from hub.web.public.reports.tokens import Token
from hub.web.security import access
from hub.web.throttle import take_report, take_report_attempt

# People do not see this field; programs that fill in everything do.
TRAP = "homepage"
# A tracking code in groups is easier to write down.
GROUP = 4


@blueprint.route("/signaler", methods=["GET", "POST"])
@access("public")
def report() -> Response:
    """The form, and what was sent with it."""
    now = parts().clock.now()
    if request.method != "POST":
        return _form({}, tokens.issue(now))
    take_report_attempt()
    request.max_content_length = report_form.MOST_BYTES
    values = report_form.typed()
    token = tokens.read(request.form.get("token", ""), now)
    faults = _not_now(token)
    if token is None or faults:
        return _form(values, token or tokens.issue(now), InvalidInput(faults))
    try:
        receipt = _submitted(values, token)
    except (InvalidInput, TooManyRequests) as refusal:
        return _form(values, token, refusal)
    return form_page("public/receipt.html", code=receipt.tracking_code, groups=_groups(receipt.tracking_code))


def _submitted(values: Mapping[str, str], token: Token) -> Receipt:
    give_back = take_report()
    once = Request(Once.FORM, Via.PUBLIC, token.number)
    try:
        receipt = report_form.submit(values, g.language, Via.PUBLIC, None, once)
    except InvalidInput:
        give_back()
        raise
    if receipt.replayed:
        give_back()
    return receipt


def _not_now(token: Token | None) -> list[Fault]:
    """Why this form is not taken as it is, whatever is in it."""
    if request.form.get(TRAP):
        return [Fault(TRAP, Phrase("Leave this field empty: it is there to catch programs."))]
    if token is None:
        return [Fault("form", Phrase("This form was open for too long. Look it over and send it again."))]
    if parts().clock.now() - token.made_at < timedelta(seconds=parts().settings.rumours.form_seconds):
        return [Fault("form", Phrase("That was very fast, as programs do it. Wait a few seconds and send it again."))]
    return []


def _groups(code: str) -> list[str]:
    return [code[place : place + GROUP] for place in range(0, len(code), GROUP)]


def _form(values: Mapping[str, str], token: Token, refusal: HubError | None = None) -> Response:
    faults: Sequence[Fault] = refusal.faults if refusal else ()
    settings = parts().settings
    return form_page(
        "public/report.html",
        status=refusal.status if refusal else 200,
        headers=getattr(refusal, "headers", {}),
        values=values,
        token=token.text,
        trap=TRAP,
        trapped=request.form.get(TRAP, "") if refusal else "",
        refusal=refusal.detail if refusal and not faults else None,
        faults={fault.field: fault.phrase for fault in faults},
        picture_lost=bool(request.files.get("picture")) if refusal else False,
        communes=settings.territory.communes,
        ways=HEARD_ON,
        days=settings.rumours.contact_days,
    )
