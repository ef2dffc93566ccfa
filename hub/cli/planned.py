"""``flask hub planned``: what is to be sent later; ``trigger --at`` and ``follow --at`` plan it."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from hub.alerts.planned import queries, service
from hub.cli.speech import json_option, operator, said, say, show_json, speaks
from hub.kernel.db import reading


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(planned)


@click.group("planned")
def planned() -> None:
    """Alerts confirmed to be sent later, and those that were not sent at their moment."""


@planned.command("list")
@json_option
@with_appcontext
@speaks
def list_(*, as_json: bool) -> None:
    """What is planned or waits for a person, soonest first."""
    found = queries.alive(reading())
    if as_json:
        show_json(
            [
                {
                    "identifier": plan.identifier,
                    "at": plan.at.isoformat(),
                    "state": str(plan.state),
                    "exercise": plan.exercise,
                    "title": dict(plan.title),
                    "reason": said(plan.reason) if plan.reason else None,
                    "planned_by": plan.planned_by,
                }
                for plan in found
            ]
        )
        return
    for plan in found:
        title = next(iter(plan.headline.values()))
        click.echo(f"{plan.identifier}  {plan.at:%Y-%m-%d %H:%M} UTC  {plan.state:<8}  {title}")
        if plan.reason:
            click.echo(f"  {said(plan.reason)}")


@planned.command("cancel")
@click.argument("identifier")
@with_appcontext
@speaks
def cancel(identifier: str) -> None:
    """Takes a planned send back, or puts away one that was not sent."""
    service.cancel(identifier, operator())
    say("Taken back: it will not be sent.")
