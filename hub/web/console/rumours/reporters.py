"""The answer to those who reported a rumour."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from hub.kernel.db import reading
from hub.kernel.errors import Conflict, InvalidInput
from hub.rumours import linking, queries
from hub.rumours.answer import from_json
from hub.web.console.blueprint import blueprint
from hub.web.console.rumours import typed, words
from hub.web.console.rumours.sheet import ADDRESS, here, sheet_of
from hub.web.console.rumours.typed import Shown
from hub.web.parts import parts
from hub.web.security import access, current_officer


@blueprint.get(ADDRESS + "/reporters")
@access("rumour.work")
def reporters(rumour_id: str) -> ResponseReturnValue:
    """The text, begun with the fact that was found."""
    return _page(rumour_id, None)


@blueprint.post(ADDRESS + "/reporters")
@access("rumour.work")
def answer_reporters(rumour_id: str) -> ResponseReturnValue:
    """Tells them."""
    text, actor = request.form.get("text", ""), current_officer().actor
    try:
        told = linking.answer_reporters(parts().rumours, typed.ref(rumour_id), text, actor=actor)
    except InvalidInput as error:
        return _page(rumour_id, Shown(request.form, error.faults)), error.status
    except Conflict as error:
        return _page(rumour_id, Shown(request.form, conflict=error.detail)), error.status
    flash(ngettext("%(num)s report is answered.", "%(num)s reports are answered.", told))
    return redirect(here(rumour_id), 303)


def _page(rumour_id: str, shown: Shown | None) -> str:
    sheet = sheet_of(rumour_id)
    reports = queries.reports_of(reading(), rumour_id)
    answer, first = from_json(sheet.rumour.answer), parts().settings.site.languages[0]
    said = next((report.private_answer for report in reports if report.private_answer), "")
    begun = "\n\n".join(filter(None, (answer.part("fact", first), answer.part("guidance", first))))
    return render_template(
        "console/rumours/reporters.html",
        sheet=sheet,
        rumour=sheet.rumour,
        shown=shown or Shown(typed.stored({"text": said or begun})),
        reports=reports,
        waiting=[report for report in reports if report.answered_at is None],
        states=words.WORKFLOWS,
    )
