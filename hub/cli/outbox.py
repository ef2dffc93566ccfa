"""``flask hub dispatch``, ``worker``, ``sending``, ``destination``: the outbox, its switch, where messages go."""

from __future__ import annotations

import sys
from typing import BinaryIO, NoReturn

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from hub.channels.contract import Channel
from hub.cli.speech import REFUSED, UNDER_WAY, json_option, operator, said, say, show_json, speaks
from hub.dispatch import destination_tables
from hub.dispatch.destination_tables import Fate
from hub.dispatch.destinations import add_destination, as_entered, disable_destination
from hub.dispatch.models import destinations
from hub.dispatch.queries import waiting_summary
from hub.dispatch.service import resume, stop_all
from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.web.parts import parts
from hub.web.site import site_of
from hub.worker import become


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(dispatch)
    group.add_command(worker)
    group.add_command(destination)
    group.add_command(sending)


@click.command("dispatch")
@click.option("--forever", is_flag=True, help="Go on until Ctrl-C or SIGTERM, as a service of its own.")
@click.option("--timeout", type=float, default=60.0, show_default=True, help="Seconds, without --forever.")
@with_appcontext
@json_option
@speaks
def dispatch(timeout: float, *, forever: bool, as_json: bool) -> None:
    """Sends what is due. Exit code 4 if something due was left when the time was over."""
    hub = parts()
    if forever:
        _become()
    keeper = site_of(current_app).keeper
    keeper.start()  # the public site is a channel too, and there may be no server that builds it
    idle = hub.engine.run_until_idle(timeout)
    keeper.stop(timeout)
    waiting = waiting_summary(reading(), hub.clock.now())
    if as_json:
        show_json({"idle": idle, "due": waiting.due, "later": waiting.later, "under_way": waiting.under_way})
    else:
        say(
            "%(due)s due, %(later)s of them later; %(under_way)s under way",
            due=waiting.due,
            later=waiting.later,
            under_way=waiting.under_way,
        )
    if not idle:
        sys.exit(UNDER_WAY)


@click.command("worker")
@with_appcontext
@speaks
def worker() -> None:
    """Sends as one of a fleet until Ctrl-C or SIGTERM, woken through Redis. Any number of them, on any hosts."""
    if not parts().settings.redis.url:
        msg = Phrase("A worker needs HUB_REDIS_URL. Without Redis this does the same: flask hub dispatch --forever")
        raise click.UsageError(said(msg))
    _become()


def _become() -> NoReturn:
    """Sends in this very process until a signal comes."""
    say("Sending. Ctrl-C drains what is under way and stops.")
    become(parts().settings)


sending = AppGroup("sending", help="The switch that stops everything.")


@sending.command("stop")
@click.argument("reason")
@speaks
def stop(reason: str) -> None:
    """Stops all sending, on every host; what is due waits."""
    stop_all(reason=reason, actor=operator(), now=parts().clock.now())
    say("Nothing is sent any more until: flask hub sending resume")


@sending.command("resume")
@speaks
def go_on() -> None:
    """Lets sending go on; what expired meanwhile is not sent."""
    resume(actor=operator(), now=parts().clock.now())
    say("Sending goes on.")


destination = AppGroup("destination", help="Receiving ends of channels that have many.")


@destination.command("add")
@click.argument("channel_id")
@click.argument("address")
@click.option("--label", default="", help="Who that is; by default the address, of a telephone number its end.")
@json_option
@speaks
def add(channel_id: str, address: str, label: str, *, as_json: bool) -> None:
    """Adds a destination; a webhook's own signing secret is shown once."""
    channel = _channel(channel_id)
    address, label = as_entered(channel, address, label)
    number = add_destination(channel, address, label, parts().clock.now(), actor=operator())
    secret = channel.adapter.destination_secret(address)
    if as_json:
        show_json({"id": number, "secret": secret.reveal() if secret else None})
        return
    say("Destination %(number)s: %(address)s", number=number, address=address)
    if secret:
        say("Its signing secret, to hand over safely: %(secret)s", secret=secret.reveal())


@destination.command("import")
@click.argument("channel_id")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@json_option
@speaks
def import_destinations(channel_id: str, file: BinaryIO, *, dry_run: bool, as_json: bool) -> None:
    """Enters the destinations of a CSV table: address, then a name. Exit code 1 if rows were refused."""
    channel, raw = _channel(channel_id), file.read()
    if dry_run:
        table = destination_tables.look(reading(), channel, raw)
    else:
        table = destination_tables.enter(channel, raw, parts().clock.now(), actor=operator())
    counts = {str(fate): len(table.of(fate)) for fate in Fate}
    if as_json:
        refused = [{"line": row.line, "why": said(row.why)} for row in table.of(Fate.REFUSED) if row.why]
        show_json({**counts, "faults": refused, "written": not dry_run})
    else:
        for row in table.of(Fate.REFUSED):
            say("line %(line)s: %(fault)s", line=row.line, fault=row.why)
        say("%(new)s new, %(reopened)s opened again, %(present)s already there, %(refused)s refused", **counts)
    if counts[Fate.REFUSED]:
        sys.exit(REFUSED)


@destination.command("disable")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@speaks
def disable(number: int) -> None:
    """Closes a destination; what waits for it is withdrawn."""
    disable_destination(number, parts().clock.now(), actor=operator())
    say("Nothing is sent to destination %(number)s any more.", number=number)


@destination.command("list")
@click.argument("channel_id", required=False)
@json_option
@speaks
def list_destinations(channel_id: str | None, *, as_json: bool) -> None:
    """Lists destinations, open and closed."""
    chosen = sa.select(destinations).order_by(destinations.c.channel_id, destinations.c.id)
    if channel_id:
        chosen = chosen.where(destinations.c.channel_id == _channel(channel_id).id)
    found = reading().execute(chosen).all()
    if as_json:
        keys = ("id", "channel_id", "address", "label", "enabled")
        show_json([{key: getattr(row, key) for key in keys} for row in found])
        return
    for row in found:
        mark = " " if row.enabled else "x"
        click.echo(f"{row.id:>6} {mark} {row.channel_id:<20} {row.address}  {row.label}")


def _channel(channel_id: str) -> Channel:
    channels = parts().channels
    if channel_id not in channels:
        raise NotFound(Phrase("There is no channel %(id)s; there are: %(all)s", id=channel_id, all=", ".join(channels)))
    return channels[channel_id]
