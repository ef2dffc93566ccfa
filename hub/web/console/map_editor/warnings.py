"""Warnings of the linter that the authors keep, each with its reason in every language."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import transaction
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.web.console.blueprint import blueprint
from hub.web.console.map_editor import working
from hub.web.console.map_editor.draft import page
from hub.web.console.map_editor.sections import Document
from hub.web.console.map_editor.working import Change
from hub.web.parts import parts
from hub.web.security import access, current_officer


@blueprint.post("/editor/<situation_id>/accept")
@access("map.edit")
def map_accept(situation_id: str) -> ResponseReturnValue:
    """Says why a warning of the linter is right as it is."""
    reason = {
        language: request.form.get(f"reason.{language}", "").strip() for language in parts().settings.site.languages
    }
    if not all(reason.values()):
        wanted = Phrase("say in each language why the text is right as it is")
        return page(situation_id, [Fault("accepted", wanted)], request.form), InvalidInput.status
    entry = {name: request.form[name] for name in ("rule", "message", "form", "language") if request.form.get(name)}

    def change(document: Document) -> Document:
        accepted = document.get("accepted")
        before = list(accepted) if isinstance(accepted, list) else []
        return {**document, "accepted": [*before, {**entry, "reason": reason}]}

    return _save(situation_id, change)


@blueprint.post("/editor/<situation_id>/accept/<int:number>/remove")
@access("map.edit")
def map_accept_no_more(situation_id: str, number: int) -> ResponseReturnValue:
    """Takes a reason back; ``number`` counts the draft's reasons from 1."""

    def change(document: Document) -> Document:
        accepted = document.get("accepted")
        kept = [each for place, each in enumerate(accepted if isinstance(accepted, list) else (), 1) if place != number]
        rest = {name: value for name, value in document.items() if name != "accepted"}
        return {**rest, "accepted": kept} if kept else rest

    return _save(situation_id, change)


def _save(situation_id: str, change: Change) -> ResponseReturnValue:
    with transaction() as session:
        working.save(
            session,
            situation_id,
            request.form.get("revision", ""),
            change,
            actor=current_officer().actor,
            now=parts().clock.now(),
        )
    return redirect(url_for("console.map_draft", situation_id=situation_id), 303)
