"""Reports as they come in: each with the rumours that it may be part of, and a person's judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup, escape

from hub.kernel.db import reading
from hub.kernel.errors import Conflict, InvalidInput, NotFound
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase
from hub.rumours import linking, picture_files, queries, work
from hub.rumours.intake import Once, Request
from hub.rumours.linking import Offer, Seen
from hub.rumours.matching.matcher import Suggestion
from hub.rumours.matching.words import shared
from hub.rumours.models import ID_LENGTH, Report
from hub.rumours.sighting import HEARD_ON, Via
from hub.rumours.states import REPORT_MOVES, ReportState
from hub.web import report_form
from hub.web.console.blueprint import blueprint
from hub.web.console.rumours import typed, words
from hub.web.console.rumours.typed import Shown
from hub.web.language import current, say
from hub.web.parts import parts
from hub.web.security import accepts_bytes, access, current_officer

MOST_SHOWN = 100
ADDRESS = "/rumours/reports/<report_id>"
# Why a report is no sighting; the form's words for it.
SET_ASIDE: Mapping[str, ReportState] = {"not_a_claim": ReportState.NOT_A_CLAIM, "abuse": ReportState.ABUSE}


@dataclass(frozen=True, slots=True)
class Offered:
    """A suggested rumour as the page shows it: its claim, the wording that is most like the report, how alike."""

    rumour_id: str
    claim: Mapping[str, str]
    wording: Markup
    percent: int


@blueprint.get("/rumours/reports")
@access("rumour.read")
def reports() -> ResponseReturnValue:
    """Reports that nobody has judged yet; or, asked for, those that were set aside."""
    wanted = request.args.get("state", "")
    state = SET_ASIDE.get(wanted, ReportState.RECEIVED)
    return render_template(
        "console/rumours/inbox.html",
        reports=queries.reports_in(reading(), state, MOST_SHOWN),
        state=state,
        states=words.REPORT_STATES,
        summary=queries.summary(reading(), parts().clock.now()),
        heard_on=HEARD_ON,
        communes=_communes(),
    )


@blueprint.get("/rumours/reports/new")
@access("rumour.contribute")
def new_report() -> ResponseReturnValue:
    """The officers' form: what somebody said at the counter, on the telephone, on a network."""
    return _new_page(Shown(typed.stored({"language": parts().settings.site.languages[0]})))


@blueprint.post("/rumours/reports/new")
@access("rumour.contribute")
@accepts_bytes(report_form.MOST_BYTES)
def add_report() -> ResponseReturnValue:
    """Takes a report in."""
    form, officer = request.form, current_officer().actor
    # The form's own number: a second click is no second report.
    asked = Request(Once.FORM, f"officer:{officer.id}", form.get("number", "")[:ID_LENGTH] or new_id())
    language = form.get("language", "") or parts().settings.site.languages[0]
    try:
        receipt = report_form.submit(report_form.typed(), language, Via.OFFICER, officer, asked)
    except InvalidInput as error:
        return _new_page(Shown(form, error.faults)), error.status
    flash(
        say(Phrase("The report is taken in. Tracking code for the reporter: %(code)s", code=receipt.tracking_code)),
    )
    return redirect(url_for("console.report", report_id=receipt.report_id), 303)


@blueprint.get(ADDRESS)
@access("rumour.read")
def report(report_id: str) -> ResponseReturnValue:
    """One report, the suggestions, and what can be done with it."""
    return _page(report_id, Shown(typed.stored({})))


@blueprint.get(ADDRESS + "/picture")
@access("rumour.read")
def report_picture(report_id: str) -> ResponseReturnValue:
    """The picture that came with a report: made anew when it was taken in, without what it told of its maker."""
    path = picture_files.path_of(parts().settings.data.directory, queries.find_report(reading(), report_id).picture)
    if path is None:
        raise NotFound(Phrase("No picture came with this report."))
    return Response(path.read_bytes(), mimetype="image/jpeg")


@blueprint.post(ADDRESS + "/link")
@access("rumour.contribute")
def link_report(report_id: str) -> ResponseReturnValue:
    """The report is a sighting of a rumour: a suggested one, or one whose number was typed."""
    rumour_id = request.form.get("rumour") or request.form.get("other", "").strip()
    try:
        linking.link(parts().rumours, _seen(report_id), rumour_id, _offers(report_id), actor=current_officer().actor)
    except (Conflict, NotFound) as error:
        return _page(report_id, Shown(request.form, conflict=error.detail)), error.status
    flash(say(Phrase("Linked.")))
    return redirect(url_for("console.rumour", rumour_id=rumour_id), 303)


@blueprint.post(ADDRESS + "/new")
@access("rumour.work")
def rumour_from_report(report_id: str) -> ResponseReturnValue:
    """None of the suggestions: a new rumour, whose first sighting is this report."""
    actor = current_officer().actor
    try:
        rumour_id = work.open_rumour(parts().rumours, typed.texts("claim"), actor=actor, report_id=report_id)
    except InvalidInput as error:
        return _page(report_id, Shown(request.form, error.faults)), error.status
    except Conflict as error:
        return _page(report_id, Shown(request.form, conflict=error.detail)), error.status
    linking.reject(parts().rumours, report_id, _offers(report_id), actor=actor)
    flash(say(Phrase("A new rumour is on the desk. Weigh it now: then its place in the queue is right.")))
    return redirect(url_for("console.weigh", rumour_id=rumour_id), 303)


@blueprint.post(ADDRESS + "/aside")
@access("rumour.work")
def set_report_aside(report_id: str) -> ResponseReturnValue:
    """No claim, or abuse."""
    state = SET_ASIDE.get(request.form.get("state", ""))
    if state is None:
        raise NotFound(Phrase("There is nothing at this address."))
    return typed.attempt(
        lambda shown: _page(report_id, shown),
        lambda: linking.set_aside(
            parts().rumours, _seen(report_id), state, _offers(report_id), actor=current_officer().actor
        ),
        url_for("console.reports"),
        Phrase("Set aside. It can be taken up again."),
    )


@blueprint.post(ADDRESS + "/unlink")
@access("rumour.work")
def unlink_report(report_id: str) -> ResponseReturnValue:
    """Back into the inbox."""
    return typed.attempt(
        lambda shown: _page(report_id, shown),
        lambda: linking.unlink(parts().rumours, _seen(report_id), actor=current_officer().actor),
        url_for("console.report", report_id=report_id),
        Phrase("It waits in the inbox again."),
    )


def highlighted(text: str, marked: tuple[str, ...]) -> Markup:
    """A text, safe for a page, with the shared words marked."""
    known = {word.casefold() for word in marked}
    pieces = []
    word = ""
    for sign in [*text, ""]:
        if sign and sign.isalnum():
            word += sign
            continue
        if word:
            pieces.append(Markup("<mark>{}</mark>").format(word) if word.casefold() in known else escape(word))
        pieces.append(escape(sign))
        word = ""
    return Markup("").join(pieces)


def _page(report_id: str, shown: Shown) -> str:
    session = reading()
    found = queries.find_report(session, report_id)
    offers = _suggested(found)
    return render_template(
        "console/rumours/report.html",
        report=found,
        text=highlighted(found.text, tuple({word for each in offers for word in each.shared})),
        offers=[_offered(each, found.text) for each in offers],
        token=_signer().dumps([report_id, [[each.rumour_id, each.similarity] for each in offers]]),
        part_of=queries.find(session, found.rumour_id) if found.rumour_id else None,
        moves=REPORT_MOVES[ReportState(found.state)],
        shown=shown,
        states=words.REPORT_STATES,
        heard_on=HEARD_ON,
        communes=_communes(),
        here_languages=parts().settings.site.languages,
    )


def _suggested(found: Report) -> list[Suggestion]:
    suggestions = parts().matcher.suggest(reading(), found.text)
    return [each for each in suggestions if each.rumour_id != found.rumour_id]


def _offered(suggestion: Suggestion, text: str) -> Offered:
    wording = highlighted(suggestion.text, tuple(shared(suggestion.text, text)))
    claim = queries.find(reading(), suggestion.rumour_id).claim
    return Offered(suggestion.rumour_id, claim, wording, round(suggestion.similarity * 100))


def _seen(report_id: str) -> Seen:
    return Seen(report_id, request.form.get("state_seen", ""), request.form.get("rumour_seen", ""))


def _offers(report_id: str) -> list[Offer]:
    """What the page had offered; nothing when the form does not tell it truly."""
    try:
        named, pairs = _signer().loads(request.form.get("offers", ""))
    except BadSignature:
        return []
    return [Offer(str(rumour_id), float(similarity)) for rumour_id, similarity in pairs] if named == report_id else []


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="hub.rumours.offers")


def _new_page(shown: Shown) -> str:
    return render_template(
        "console/rumours/new_report.html",
        shown=shown,
        number=new_id(),
        heard_on=HEARD_ON,
        communes=parts().settings.territory.communes,
        here_languages=parts().settings.site.languages,
        language=current(),
    )


def _communes() -> dict[str, str]:
    return {commune.insee: commune.name for commune in parts().settings.territory.communes}
