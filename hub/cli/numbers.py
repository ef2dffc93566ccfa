"""``flask hub numbers``: the town's own register of telephone numbers."""

from __future__ import annotations

from datetime import date

import click
from flask.cli import AppGroup

from hub.cli.speech import json_option, operator, say, show_json, speaks, terminal_language
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.message_maps.model import Localized
from hub.message_maps.numbers import register as book
from hub.message_maps.numbers.entries import Entry
from hub.message_maps.numbers.register import Need
from hub.web.parts import parts


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(numbers)


numbers = AppGroup("numbers", help="The town's own telephone numbers, which messages name by a key.")


@numbers.command("list")
@json_option
@speaks
def list_numbers(*, as_json: bool) -> None:
    """Lists the register, and the keys that the maps in force ask for and nobody has entered."""
    entries = book.entries(reading())
    missing = [need for need in book.needs(reading()) if need.key not in {entry.key for entry in entries}]
    if as_json:
        show_json({"numbers": [_as_json(entry) for entry in entries], "missing": [need.key for need in missing]})
        return
    for entry in entries:
        click.echo(f"{entry.key:<24} {entry.number:<16} {_here(entry.label)}: {_here(entry.purpose)}")
        say("  checked by %(name)s on %(day)s", name=entry.checked_by, day=entry.checked_on)
    for need in missing:
        say("Missing: %(key)s (%(maps)s)", key=need.key, maps=_titles(need))


@numbers.command("set")
@click.argument("key")
@click.argument("number")
@click.option("--label", "labels", multiple=True, metavar="LANGUAGE=TEXT", help="Whose number it is; once a language.")
@click.option("--purpose", "purposes", multiple=True, metavar="LANGUAGE=TEXT", help="What for; once a language.")
@click.option("--checked-on", default="", metavar="YYYY-MM-DD", help="When someone last rang it.")
@click.option("--checked-by", default="", metavar="NAME", help="Who rang it.")
@speaks
def set_number(
    key: str, number: str, labels: tuple[str, ...], purposes: tuple[str, ...], checked_on: str, checked_by: str
) -> None:
    """Enters a number or changes it."""
    hub = parts()
    entry = Entry(key, _texts("--label", labels), number, _texts("--purpose", purposes), _day(checked_on), checked_by)
    with transaction() as session:
        kept = book.save(
            session,
            entry,
            languages=hub.settings.site.languages,
            timezone=hub.settings.site.timezone,
            actor=operator(),
            now=hub.clock.now(),
        )
    say("%(key)s is now %(number)s.", key=kept.key, number=kept.number)


@numbers.command("delete")
@click.argument("key")
@speaks
def delete(key: str) -> None:
    """Takes a number out; refused while a map in force needs it."""
    with transaction() as session:
        book.delete(session, key, actor=operator(), now=parts().clock.now())
    say("%(key)s is deleted.", key=key)


def _texts(option: str, pairs: tuple[str, ...]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise InvalidInput([Fault(option, Phrase("Write LANGUAGE=TEXT, not %(found)s.", found=pair)) for pair in wrong])
    return dict(pair.split("=", 1) for pair in pairs)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.max  # the register refuses it together with all other faults


def _here(text: Localized) -> str:
    return text.get(terminal_language()) or next(iter(text.values()), "")


def _titles(need: Need) -> str:
    return ", ".join(_here(title) for title in need.titles)


def _as_json(entry: Entry) -> dict[str, object]:
    return {
        "key": entry.key,
        "number": entry.number,
        "label": dict(entry.label),
        "purpose": dict(entry.purpose),
        "checked_on": entry.checked_on.isoformat(),
        "checked_by": entry.checked_by,
    }
