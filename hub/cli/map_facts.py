"""``flask hub maps facts``: what the messages rest on, and what a source that is withdrawn touches."""

from __future__ import annotations

import click

from hub.cli.maps import maps
from hub.cli.speech import json_option, say, show_json, speaks, terminal_language
from hub.kernel.db import reading
from hub.message_maps import versions
from hub.message_maps.layers import Standing, standings
from hub.message_maps.model import Localized


@maps.command("facts")
@click.option("--source", default="", metavar="CODE", help="Only facts that came from this source, such as S30.")
@json_option
@speaks
def facts(source: str, *, as_json: bool) -> None:
    """Lists every fact of the maps in force, with the actions and messages that build on it."""
    found = standings((situation for _, situation in versions.current(reading())), source)
    if as_json:
        show_json([_as_json(each) for each in found])
        return
    for each in found:
        _show(each)
    messages = {(each.situation.id, message.id) for each in found for message in each.messages}
    say("%(facts)s facts, %(messages)s messages to review", facts=len(found), messages=len(messages))


def _show(standing: Standing) -> None:
    fact = standing.fact
    click.echo(f"{standing.situation.id} {fact.id} [{fact.source or '-'}] {_here(fact.text)}")
    if fact.validated:
        say("  checked by %(name)s on %(day)s", name=fact.validated.by, day=fact.validated.on)
    if fact.note:
        click.echo(f"  {_here(fact.note)}")
    for action in standing.actions:
        holding = [message.id for message in standing.messages if action.id in message.actions]
        click.echo(f"  {action.id}: {', '.join(holding) or '-'}")


def _here(text: Localized) -> str:
    return text.get(terminal_language()) or next(iter(text.values()), "")


def _as_json(standing: Standing) -> dict[str, object]:
    fact = standing.fact
    return {
        "situation": standing.situation.id,
        "fact": fact.id,
        "text": dict(fact.text),
        "source": fact.source,
        "validated": {"by": fact.validated.by, "on": fact.validated.on.isoformat()} if fact.validated else None,
        "actions": [action.id for action in standing.actions],
        "messages": [message.id for message in standing.messages],
    }
