"""How the command line talks: in the language of the terminal, or in JSON; with exit codes that mean something."""

from __future__ import annotations

import functools
import getpass
import json
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NoReturn, TypeVar

import click
from flask_babel import force_locale, gettext
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InternalError, NotSupportedError

from hub.identity.actor import Actor
from hub.kernel.errors import HubError, Unavailable
from hub.kernel.phrase import Phrase

# What is wrong with a statement is a fault of the hub; anything else says that the database is away or not set up.
OUR_MISTAKES = (DataError, IntegrityError, InternalError, NotSupportedError)

REFUSED = 1
PARTLY = 3
UNDER_WAY = 4

Command = TypeVar("Command", bound=Callable[..., Any])


def terminal_language() -> str:
    """French or English, by the first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set; English otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def speaking() -> AbstractContextManager[None]:
    """A context in which `say` speaks the terminal's language."""
    language: AbstractContextManager[None] = force_locale(terminal_language())
    return language


def said(phrase: Phrase) -> str:
    """A phrase in the terminal's language."""
    return phrase.translated(gettext)


def say(msgid: str, /, **params: Any) -> None:
    """Prints one translated line. The first argument is a literal: the catalogue is extracted from the source."""
    click.echo(Phrase(msgid, **params).translated(gettext))


def show_json(value: Any) -> None:
    """Prints one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def operator() -> Actor:
    """Who sits at the terminal, as far as the system knows."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        name = str(os.getuid())
    return Actor("command_line", name, name)


def refuse(error: HubError, *, as_json: bool) -> NoReturn:
    """Ends the command with exit code 1 and every fault, on the error stream."""
    faults = [{"field": fault.field, "detail": said(fault.phrase)} for fault in error.faults]
    if as_json:
        problem = {"type": error.slug, "title": said(error.title), "detail": said(error.detail), "errors": faults}
        click.echo(json.dumps(problem, ensure_ascii=False, indent=2), err=True)
    else:
        click.echo(f"{said(error.title)}: {said(error.detail)}", err=True)
        for fault in faults:
            click.echo(f"  {fault['field']}: {fault['detail']}", err=True)
    sys.exit(REFUSED)


def speaks(command: Command) -> Command:
    """Runs a command in the terminal's language and turns refusals into words and exit code 1."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        with speaking():
            try:
                return command(*args, **kwargs)
            except HubError as error:
                refuse(error, as_json=bool(kwargs.get("as_json")))
            except DatabaseError as error:
                if isinstance(error, OUR_MISTAKES):
                    raise
                refuse(_away(error), as_json=bool(kwargs.get("as_json")))

    return run  # type: ignore[return-value]


def _away(error: DatabaseError) -> Unavailable:
    reason = str(error.orig).strip().partition("\n")[0]
    return Unavailable(
        Phrase("The database cannot be used: %(reason)s. Before the first use: flask hub init", reason=reason)
    )


def json_option(command: Command) -> Command:
    """The option ``--json``: one JSON document on the standard output, for scripts."""
    return click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document.")(command)
