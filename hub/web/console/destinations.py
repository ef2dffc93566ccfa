"""Where a channel's messages go: the destinations of one channel, entered one by one or as a table, and closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.channels.contract import Channel
from hub.dispatch import destination_tables
from hub.dispatch.destination_tables import Fate, Table
from hub.dispatch.destinations import add_destination, as_entered, disable_destination
from hub.kernel.db import reading
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret
from hub.kernel.tables import Unreadable, decoded
from hub.web.console.blueprint import blueprint
from hub.web.parts import parts
from hub.web.security import access, current_officer

PAGE_SIZE = 50
# A person looks at so many rows of a table before it is entered; the page says how many there are.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shows: part of a name or an address, and which page, from 1."""

    words: str
    page: int


@blueprint.get("/channels/<channel_id>")
@access("destination.edit")
def destinations(channel_id: str) -> ResponseReturnValue:
    """The destinations of one channel; ``?q=`` is part of a name or an address."""
    return _page(_channel(channel_id))


@blueprint.post("/channels/<channel_id>/destinations")
@access("destination.edit")
def enter_destination(channel_id: str) -> ResponseReturnValue:
    """Enters one destination, or opens a closed one again. A webhook's signing secret is shown, this once."""
    channel, typed = _channel(channel_id), {name: request.form.get(name, "") for name in ("address", "label")}
    address, label = as_entered(channel, typed["address"], typed["label"])
    try:
        add_destination(channel, address, label, parts().clock.now(), actor=current_officer().actor)
    except InvalidInput as error:
        return _page(channel, typed, error.faults), error.status
    except Conflict as error:
        return _page(channel, typed, (Fault("address", error.detail),)), error.status
    if secret := channel.adapter.destination_secret(address):
        return _page(channel, secret=secret)
    flash(gettext("Entered: %(label)s", label=label))
    return redirect(url_for("console.destinations", channel_id=channel.id), 303)


@blueprint.post("/channels/<channel_id>/destinations/<int:number>/close")
@access("destination.edit")
def close_destination(channel_id: str, number: int) -> ResponseReturnValue:
    """Closes one: nothing is sent there any more, not even what waits."""
    channel = _channel(channel_id)
    disable_destination(number, parts().clock.now(), actor=current_officer().actor, channel_id=channel.id)
    flash(gettext("Closed. Nothing is sent there any more."))
    return redirect(url_for("console.destinations", channel_id=channel.id), 303)


@blueprint.post("/channels/<channel_id>/destinations/table")
@access("destination.edit")
def look_at_table(channel_id: str) -> ResponseReturnValue:
    """What a table would change; nothing is written."""
    channel, raw = _channel(channel_id), _given()
    try:
        table = destination_tables.look(reading(), channel, raw)
    except InvalidInput as error:
        return _page(channel, {"text": _text(raw)}, error.faults), error.status
    return _looked_at(channel, table, raw)


@blueprint.post("/channels/<channel_id>/destinations/enter")
@access("destination.edit")
def enter_table(channel_id: str) -> ResponseReturnValue:
    """Enters the good rows of a table, all or none; the refused ones stand in the form again, to be mended."""
    channel, raw = _channel(channel_id), _given()
    try:
        table = destination_tables.enter(channel, raw, parts().clock.now(), actor=current_officer().actor)
    except InvalidInput as error:
        return _page(channel, {"text": _text(raw)}, error.faults), error.status
    if entered := len(table.of(Fate.NEW)) + len(table.of(Fate.REOPENED)):
        flash(ngettext("One destination entered.", "%(num)s destinations entered.", entered))
    refused = table.of(Fate.REFUSED)
    if not refused:
        return redirect(url_for("console.destinations", channel_id=channel.id), 303)
    left = "\n".join(f"{row.address};{row.label}" for row in refused)
    return _page(channel, {"text": left}, [_named(row) for row in refused[:MOST_SHOWN]])


def _named(row: destination_tables.Row) -> Fault:
    return Fault("text", Phrase("%(address)s: %(fault)s", address=row.address, fault=row.why or Phrase("refused")))


def _channel(channel_id: str) -> Channel:
    channel = parts().channels.get(channel_id)
    if channel is None or channel.adapter.single or channel.adapter.by_topic:
        raise NotFound(Phrase("There is no such channel with destinations."))
    return channel


def _given() -> bytes:
    file = request.files.get("file")
    return file.read() if file and file.filename else request.form.get("text", "").encode("utf-8", "replace")


def _text(raw: bytes) -> str:
    """What was given, to stand in the form again; nothing where it was no text."""
    try:
        return decoded(raw)[0]
    except Unreadable:
        return ""


def _looked_at(channel: Channel, table: Table, raw: bytes) -> str:
    return render_template(
        "console/destination_table.html",
        channel=channel,
        fresh=table.of(Fate.NEW),
        again=table.of(Fate.REOPENED),
        present=table.of(Fate.PRESENT),
        refused=table.of(Fate.REFUSED),
        notes=table.notes,
        text=_text(raw),
        most=MOST_SHOWN,
    )


def _page(
    channel: Channel, typed: dict[str, str] | None = None, faults: Sequence[Fault] = (), *, secret: Secret | None = None
) -> str:
    asked = Asked(request.args.get("q", "")[:200], max(1, min(request.args.get("page", 1, int), 10_000)))
    words = channel.adapter.normal_address(asked.words)
    known, number = destination_tables.found(reading(), channel.id, words, page=asked.page, size=PAGE_SIZE)
    return render_template(
        "console/destinations.html",
        channel=channel,
        known=known,
        number=number,
        asked=asked,
        pages=max(1, -(-number // PAGE_SIZE)),
        typed=typed or {},
        faults=faults,
        secret=secret.reveal() if secret else "",
        takes_tables=destination_tables.takes_tables(channel),
    )
