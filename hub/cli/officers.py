"""``flask hub officer``: accounts."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from hub.cli.speech import json_option, operator, say, show_json, speaks
from hub.identity import second_factor, service
from hub.identity.permissions import Role
from hub.web.parts import parts


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(officer)


officer = AppGroup("officer", help="Accounts of officers.")


@officer.command("add")
@click.argument("login")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="officer", show_default=True)
@click.option("--language", default="fr", show_default=True, help="fr or en")
@json_option
@speaks
def add(login: str, name: str, role: str, language: str, *, as_json: bool) -> None:
    """Makes an account and prints its one-time password, once."""
    password = service.create_officer(login, name, role, language, actor=operator(), now=parts().clock.now())
    _show(login, password.reveal(), as_json=as_json)


@officer.command("reset")
@click.argument("login")
@json_option
@speaks
def reset(login: str, *, as_json: bool) -> None:
    """Gives a new one-time password and ends all sessions of the account."""
    password = service.reset_password(login, actor=operator(), now=parts().clock.now())
    _show(login, password.reveal(), as_json=as_json)


@officer.command("forget-factor")
@click.argument("login")
@speaks
def forget_factor(login: str) -> None:
    """Takes the second factor away from an officer who lost their telephone; their sessions end."""
    second_factor.take_away(login, actor=operator(), now=parts().clock.now())
    say("%(login)s logs in by the password alone now.", login=login)


@officer.command("disable")
@click.argument("login")
@speaks
def disable(login: str) -> None:
    """Closes an account; its sessions end at once."""
    service.disable(login, actor=operator(), now=parts().clock.now())
    say("%(login)s can no longer log in.", login=login)


def _show(login: str, password: str, *, as_json: bool) -> None:
    if as_json:
        show_json({"login": login, "one_time_password": password})
    else:
        say("One-time password of %(login)s: %(password)s", login=login, password=password)
        say("It is shown only now and must be changed at the first log-in.")
