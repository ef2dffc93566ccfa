"""Maps as files: export in every format, import with a preview before anything is written."""

from __future__ import annotations

from pathlib import PurePath

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.kernel.db import reading, transaction
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.drafts.diff import words
from hub.message_maps.drafts.queries import open_drafts
from hub.message_maps.exchange import landing, staging
from hub.message_maps.exchange.formats import ABOUT, Format
from hub.message_maps.exchange.landing import Preview
from hub.message_maps.exchange.plan import FATES
from hub.message_maps.model import Family
from hub.web import language
from hub.web.console.blueprint import blueprint
from hub.web.map_files import exported, terms
from hub.web.parts import parts
from hub.web.security import accepts_bytes, access, current_officer

# A catalogue of 84 situations that Freeplane has saved, pictures apart.
UPLOAD_BYTES = 8 * 1024 * 1024
# More differences than a person reads; the page says how many there are.
MOST_SHOWN = 300
_FAMILIES = list(Family)


@blueprint.get("/files")
@access("map.read")
def map_files() -> ResponseReturnValue:
    """What can be exported, and the form for a file to import."""
    return _page(())


@blueprint.get("/files/export/<form>", defaults={"situation_id": ""})
@blueprint.get("/files/export/<form>/<situation_id>")
@access("map.read")
def export_maps(form: str, situation_id: str) -> ResponseReturnValue:
    """One situation, or all of them; ``?draft=1`` takes the open working copy."""
    if form not in set(Format):
        raise NotFound(Phrase("There is no format %(name)s.", name=form[:20]))
    draft = bool(request.args.get("draft")) and bool(situation_id)
    chosen = [situation_id] if situation_id else []
    file = exported(reading(), Format(form), chosen, now=parts().clock.now(), draft=draft)
    answer = Response(file.content, mimetype=file.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer


@blueprint.post("/files/import")
@access("map.edit")
@accepts_bytes(UPLOAD_BYTES)
def upload_map() -> ResponseReturnValue:
    """Takes a file and leads to its preview; a file that cannot be read is told at once."""
    file, now = request.files.get("file"), parts().clock.now()
    if file is None or not file.filename:
        return _page((Fault("file", Phrase("choose a file first")),)), InvalidInput.status
    content, name = file.read(), PurePath(file.filename.replace("\\", "/")).name
    session = reading()
    try:
        landing.preview(session, content, name, terms(session, now))
    except InvalidInput as error:
        return _page(error.faults), InvalidInput.status
    with transaction() as session:
        token = staging.stage(session, current_officer().officer_id, name, content, now)
    return redirect(url_for("console.preview_import", token=token), 303)


@blueprint.get("/files/import/<token>")
@access("map.edit")
def preview_import(token: str) -> ResponseReturnValue:
    """What the file would change; nothing is written."""
    return _preview(token, ())


@blueprint.post("/files/import/<token>")
@access("map.edit")
def confirm_import(token: str) -> ResponseReturnValue:
    """Stores what the preview has shown, as drafts; or shows a new preview when the maps have changed."""
    person, now = current_officer(), parts().clock.now()
    actor = person.actor
    try:
        found = _found(token)
        with transaction() as session:
            staging.staged(session, person.officer_id, token, now)
            landed = landing.confirm(session, found, stamp=request.form.get("stamp", ""), actor=actor, now=now)
            staging.drop(session, person.officer_id)
    except (Conflict, InvalidInput) as error:
        return _preview(token, (Fault("file", error.detail), *error.faults)), error.status
    imported = Phrase("Situations imported as drafts: %(count)s. Somebody else must approve them.", count=len(landed))
    flash(language.say(imported))
    return redirect(url_for("console.map_files"), 303)


@blueprint.post("/files/import/<token>/drop")
@access("map.edit")
def drop_import(token: str) -> ResponseReturnValue:
    """Forgets the file."""
    person = current_officer()
    with transaction() as session:
        staging.staged(session, person.officer_id, token, parts().clock.now())
        staging.drop(session, person.officer_id)
    return redirect(url_for("console.map_files"), 303)


def _page(faults: tuple[Fault, ...]) -> str:
    published = [situation for _, situation in versions.current(reading())]
    return render_template(
        "console/files/files.html",
        drafts=[draft.situation_id for draft in open_drafts(reading())],
        situations=sorted(published, key=lambda situation: _FAMILIES.index(situation.family)),
        formats=ABOUT,
        faults=faults,
        most_megabytes=UPLOAD_BYTES // (1024 * 1024),
        may_import=current_officer().may("map.edit"),
    )


def _found(token: str) -> Preview:
    """What the officer's waiting file would change, as of now."""
    session, now = reading(), parts().clock.now()
    upload = staging.staged(session, current_officer().officer_id, token, now)
    return landing.preview(session, upload.content, upload.filename, terms(session, now))


def _preview(token: str, faults: tuple[Fault, ...]) -> str:
    found = _found(token)
    return render_template(
        "console/files/preview.html",
        token=token,
        filename=found.file,
        preview=found,
        fates=FATES,
        faults=faults,
        most_shown=MOST_SHOWN,
        words=words,
    )
