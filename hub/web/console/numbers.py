"""The town's own register of telephone numbers: list, enter, change, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, InvalidInput
from hub.message_maps.numbers import register
from hub.message_maps.numbers.entries import Entry
from hub.message_maps.numbers.register import Need
from hub.web.console.blueprint import blueprint
from hub.web.parts import parts
from hub.web.security import access, current_officer


@dataclass(frozen=True, slots=True)
class Row:
    """One number of the register; ``need`` tells which maps use it."""

    entry: Entry
    need: Need | None
    stale: bool


@blueprint.get("/numbers")
@access("map.read")
def numbers() -> ResponseReturnValue:
    """The register, and what the maps ask for and nobody has entered."""
    session, today = reading(), _today()
    needs = {need.key: need for need in register.needs(session)}
    entries = register.entries(session)
    rows = [Row(entry, needs.get(entry.key), entry.stale(today)) for entry in entries]
    known = {entry.key for entry in entries}
    return render_template(
        "console/numbers.html", rows=rows, missing=[need for key, need in needs.items() if key not in known]
    )


@blueprint.get("/numbers/new")
@access("map.edit")
def new_number() -> ResponseReturnValue:
    """An empty form; ``?key=`` is a key that a map asks for, with the map's own words."""
    key = request.args.get("key", "")
    need = next((need for need in register.needs(reading()) if need.key == key), None)
    values = {"key": key} if need else {}
    for language, text in need.label.items() if need else ():
        values[f"label.{language}"] = text
    return _form(values, existing=False)


@blueprint.get("/numbers/<key>")
@access("map.edit")
def number(key: str) -> ResponseReturnValue:
    """The form of one number."""
    entry = register.get(reading(), key)
    values = {"key": entry.key, "number": entry.number, "checked_by": entry.checked_by}
    values["checked_on"] = entry.checked_on.isoformat()
    for language in parts().settings.site.languages:
        values[f"label.{language}"] = entry.label.get(language, "")
        values[f"purpose.{language}"] = entry.purpose.get(language, "")
    return _form(values, existing=True)


@blueprint.post("/numbers")
@access("map.edit")
def save_number() -> ResponseReturnValue:
    """Enters or changes a number; with a fault, the form again with everything that was typed."""
    hub, existing = parts(), request.form.get("existing") == "yes"
    values = {name: text.strip() for name, text in request.form.items()}
    try:
        entry = _entry(values)
        with transaction() as session:
            register.save(
                session,
                entry,
                languages=hub.settings.site.languages,
                timezone=hub.settings.site.timezone,
                actor=current_officer().actor,
                now=hub.clock.now(),
                fresh=not existing,
            )
    except InvalidInput as error:
        return _form(values, error.faults, existing=existing), error.status
    flash(gettext("Saved: %(key)s", key=entry.key))
    return redirect(url_for("console.numbers"), 303)


@blueprint.post("/numbers/<key>/delete")
@access("map.edit")
def delete_number(key: str) -> ResponseReturnValue:
    """Takes a number out; refused while a map in force needs it."""
    with transaction() as session:
        register.delete(session, key, actor=current_officer().actor, now=parts().clock.now())
    flash(gettext("Deleted: %(key)s", key=key))
    return redirect(url_for("console.numbers"), 303)


def _today() -> date:
    hub = parts()
    return hub.clock.now().astimezone(ZoneInfo(hub.settings.site.timezone)).date()


def _entry(values: dict[str, str]) -> Entry:
    languages = parts().settings.site.languages
    # A day that does not exist is told with all other faults.
    try:
        day = date.fromisoformat(values.get("checked_on", ""))
    except ValueError:
        day = date.max
    return Entry(
        key=values.get("key", ""),
        label={language: values.get(f"label.{language}", "") for language in languages},
        number=values.get("number", ""),
        purpose={language: values.get(f"purpose.{language}", "") for language in languages},
        checked_on=day,
        checked_by=values.get("checked_by", ""),
    )


def _form(values: dict[str, str], faults: Sequence[Fault] = (), *, existing: bool) -> str:
    return render_template(
        "console/number.html",
        values=values,
        faults=faults,
        existing=existing,
        wanted=parts().settings.site.languages,
        today=_today().isoformat(),
    )
