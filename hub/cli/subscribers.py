"""``flask hub subscribers``: how many there are; erasing one on request."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from hub.cli.speech import json_option, operator, say, show_json, speaks
from hub.kernel.db import reading
from hub.subscriptions import queries, service
from hub.web.parts import parts


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(subscribers)


subscribers = AppGroup("subscribers", help="People who receive messages by e-mail.")


@subscribers.command("count")
@json_option
@speaks
def count(*, as_json: bool) -> None:
    """How many have confirmed, how many have not yet, and how many chose each topic."""
    found = queries.count(reading(), parts().subscriptions)
    if as_json:
        show_json({"confirmed": found.confirmed, "waiting": found.waiting, "topics": found.topics})
        return
    say("%(confirmed)s confirmed, %(waiting)s not yet", confirmed=found.confirmed, waiting=found.waiting)
    for topic, number in found.topics.items():
        click.echo(f"{number:>8}  {topic}")


@subscribers.command("erase")
@speaks
def erase() -> None:
    """Ends the subscription of an address and erases it; the address is asked for, so that no history keeps it."""
    typed = click.prompt("Address", type=str)
    service.erase(parts().subscriptions, typed, actor=operator())
    say("The address has been erased here.")
