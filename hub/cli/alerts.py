"""``flask hub trigger``, ``follow``, ``status``: alerts from the command line, by the console's own commands."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from hub.alerts import queries, service
from hub.alerts.area import LONGEST_GEOJSON
from hub.alerts.drafts import Draft
from hub.alerts.planned import service as planned
from hub.alerts.service import Preview
from hub.cli.speech import PARTLY, UNDER_WAY, json_option, operator, said, say, show_json, speaks
from hub.dispatch import queries as outbox
from hub.dispatch.states import DeliveryState
from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.web.parts import parts

LOOK_EVERY_SECONDS = 0.5
WORDS = {True: "EXERCICE", False: "ALERTE"}


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    for command in (trigger, follow, status):
        group.add_command(command)


def _sending_options(command: Any) -> Any:
    for option in (
        click.option("--set", "blanks", multiple=True, metavar="NAME=VALUE", help="Fills one blank; may be repeated."),
        click.option("--yes", is_flag=True, help="Send without asking for the word; for scripts."),
        click.option("--at", default="", metavar="YYYY-MM-DDTHH:MM", help="Send it then, in the town's time; not now."),
        click.option("--wait", type=float, default=60.0, show_default=True, help="Seconds to watch the deliveries."),
        json_option,
    ):
        command = option(command)
    return command


@click.command("trigger")
@click.argument("situation")
@click.argument("message")
@click.option("--exercise/--real", default=None, help="One of both must be said.")
@click.option("--commune", "communes", multiple=True, metavar="INSEE", help="Part of the area; may be repeated.")
@click.option("--area", type=click.Path(path_type=Path), help="A GeoJSON file with the area.")
@click.option("--expires", default="", metavar="YYYY-MM-DDTHH:MM", help="In the town's time; else by the level.")
@click.option("--channel", "channels", multiple=True, help="By default all that may carry it.")
@_sending_options
@with_appcontext
@speaks
def trigger(  # the options of one command
    situation: str,
    message: str,
    exercise: bool | None,  # noqa: FBT001 - said by an option, never by position
    communes: tuple[str, ...],
    area: Path | None,
    expires: str,
    channels: tuple[str, ...],
    blanks: tuple[str, ...],
    wait: float,
    at: str,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Sends the first alert of an incident: shows every channel, asks for the word, watches the deliveries."""
    if exercise is None:
        raise InvalidInput([Fault("--exercise", Phrase("Say --exercise or --real: there is no default."))])
    draft = Draft(
        situation_id=situation,
        message_id=message,
        exercise=exercise,
        blanks=_pairs(blanks),
        communes=communes,
        geojson=_read(area) if area else "",
        expires=expires,
        channels=channels or _suitable(exercise=exercise),
    )
    _send(draft, at=at, yes=yes, wait=wait, as_json=as_json)


@click.command("follow")
@click.argument("alert")
@click.argument("message")
@_sending_options
@with_appcontext
@speaks
def follow(
    alert: str, message: str, blanks: tuple[str, ...], wait: float, at: str, *, yes: bool, as_json: bool
) -> None:
    """Sends a follow-up of an alert: an update, a correction, a cancel, an all-clear."""
    first = queries.get(reading(), alert)
    known = {
        name: value
        for each in queries.follow_ups(reading(), alert, parts().clock.now())
        if each.message.id == message
        for name, value in each.draft.blanks.items()
    }
    draft = Draft(
        situation_id=first.situation_id,
        message_id=message,
        exercise=first.exercise,
        blanks=known | _pairs(blanks),
        follows=alert,
    )
    _send(draft, at=at, yes=yes, wait=wait, as_json=as_json)


@click.command("status")
@click.argument("alert")
@json_option
@with_appcontext
@speaks
def status(alert: str, *, as_json: bool) -> None:
    """Shows an alert and how far each channel is."""
    found = queries.get(reading(), alert)
    if not as_json:
        say("%(status)s: %(title)s", status=found.status, title=next(iter(found.headline.values())))
    _report(found.identifier, as_json=as_json)


def _send(draft: Draft, *, at: str, yes: bool, wait: float, as_json: bool) -> None:
    desk = parts().desk
    preview = planned.preview(desk, draft, at) if at else service.preview(desk, draft)
    if not as_json:
        _show(preview)
    if not yes:
        word = WORDS[preview.draft.exercise]
        typed = click.prompt(said(Phrase("Type %(word)s to send", word=word)), default="", show_default=False, err=True)
        if typed != word:
            raise InvalidInput([Fault("confirmation", Phrase("Nothing was sent: the word is %(word)s.", word=word))])
    if at:
        identifier = planned.plan(desk, preview.draft, preview.digest, operator())
        if as_json:
            show_json({"identifier": identifier, "planned_for": at})
        else:
            say("Planned as %(identifier)s; it leaves by itself at %(moment)s", identifier=identifier, moment=at)
        return
    result = service.trigger(desk, preview.draft, preview.digest, operator())
    if not as_json:
        say("Sent as %(identifier)s", identifier=result.identifier)
    _watch(result.identifier, wait, as_json=as_json)
    _report(result.identifier, as_json=as_json)


def _show(preview: Preview) -> None:
    for carried in preview.carried:
        click.secho(f"== {carried.channel.label} ({carried.destinations})", bold=True)
        for part in (each for each in carried.parts if not each.for_machines):
            used = f" [{part.used}/{part.limit} {said(part.unit)}]" if part.unit else ""
            click.echo(f"-- {said(part.title)}{used}")
            click.echo(part.text)
    for note in preview.notes:
        click.secho(said(note), fg="yellow")
    for channel, reason in preview.left_out:
        say("Left out: %(channel)s: %(reason)s", channel=channel, reason=reason)


def _watch(identifier: str, wait: float, *, as_json: bool) -> None:
    """Follows the deliveries with a progress bar until all are finished or the time is over."""
    until = time.monotonic() + wait
    total = outbox.progress(reading(), identifier, sample=0).total
    with click.progressbar(length=total, file=sys.stderr, hidden=as_json) as bar:
        while time.monotonic() < until:
            reading().rollback()  # a new look, not the old snapshot
            progress = outbox.progress(reading(), identifier, sample=0)
            bar.update(progress.finished - bar.pos)
            if progress.done:
                return
            time.sleep(LOOK_EVERY_SECONDS)  # a person watches; the loop ends at `until`


def _report(identifier: str, *, as_json: bool) -> None:
    reading().rollback()
    progress = outbox.progress(reading(), identifier)
    if as_json:
        show_json(
            {
                "identifier": identifier,
                "done": progress.done,
                "total": progress.total,
                "states": {str(state): count for state, count in progress.by_state.items()},
                "channels": {
                    channel.channel_id: {str(state): count for state, count in channel.by_state.items()}
                    for channel in progress.channels
                },
            }
        )
    else:
        for channel in progress.channels:
            counts = ", ".join(f"{count} {state}" for state, count in channel.by_state.items())
            click.echo(f"{channel.channel_id:<20} {counts}")
            for row in channel.deliveries:
                if row.error and row.state in {DeliveryState.FAILED, DeliveryState.UNKNOWN}:
                    click.echo(f"  {row.label}: {said(row.error)}")
        if not progress.done:
            say("Not finished. Is the server running? Otherwise: flask hub dispatch")
    if not progress.done:
        sys.exit(UNDER_WAY)
    if progress.by_state.keys() & {DeliveryState.FAILED, DeliveryState.UNKNOWN}:
        sys.exit(PARTLY)


def _pairs(blanks: tuple[str, ...]) -> dict[str, str]:
    faults = [
        Fault("--set", Phrase("Write NAME=VALUE, not %(found)s.", found=pair)) for pair in blanks if "=" not in pair
    ]
    names = [pair.partition("=")[0] for pair in blanks]
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    faults += [Fault("--set", Phrase("%(name)s is given twice: which one counts?", name=name)) for name in twice]
    if faults:
        raise InvalidInput(faults)
    return dict(pair.split("=", 1) for pair in blanks)


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST_GEOJSON + 1)  # longer is refused; the rest of an endless file is not waited for
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput([Fault("--area", Phrase("The file cannot be read: %(error)s", error=error))]) from error


def _suitable(*, exercise: bool) -> tuple[str, ...]:
    return tuple(channel.id for channel in parts().channels.values() if channel.exercise or not exercise)
