"""``flask hub partner``: bodies whose programs may warn through this hub, and their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click
from flask.cli import AppGroup

from hub.cli.speech import json_option, operator, said, say, show_json, speaks
from hub.identity import partners
from hub.identity.partners import KeyKind, KeyLine
from hub.identity.permissions import SCOPES
from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.web.parts import parts

MOMENT = "%Y-%m-%d %H:%MZ"


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(partner)


partner = AppGroup("partner", help="Partners of the API and their keys.")


@partner.command("add")
@click.argument("partner_id", metavar="ID")
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice(sorted(SCOPES)), multiple=True, help="May be repeated; else all.")
@speaks
def add(partner_id: str, name: str, scopes: tuple[str, ...]) -> None:
    """Adds a partner, with no key yet."""
    partners.add_partner(partner_id, name, scopes or sorted(SCOPES), actor=operator(), now=parts().clock.now())
    say("%(name)s is a partner now. Give it a key: flask hub partner key %(id)s --exercise", name=name, id=partner_id)


@partner.command("key")
@click.argument("partner_id", metavar="ID")
@click.option("--live/--exercise", default=None, help="What the key is for; one of both must be said.")
@json_option
@speaks
def key(partner_id: str, *, live: bool | None, as_json: bool) -> None:
    """Makes one more key and prints it, once. Revoke the old one when the new one is in use."""
    if live is None:
        raise InvalidInput([Fault("--live", Phrase("Say --live or --exercise: there is no default."))])
    kind = KeyKind.LIVE if live else KeyKind.EXERCISE
    made = partners.add_key(partner_id, kind, actor=operator(), now=parts().clock.now())
    if as_json:
        show_json({"partner": partner_id, "kind": kind.value, "key": made.reveal()})
    else:
        say("Key of %(id)s: %(key)s", id=partner_id, key=made.reveal())
        say("It is shown only now.")


@partner.command("revoke")
@click.argument("key_id", metavar="KEY")
@speaks
def revoke(key_id: str) -> None:
    """Ends a key at once; KEY is its id, the twelve digits in its middle."""
    partners.revoke_key(key_id, actor=operator(), now=parts().clock.now())
    say("The key %(id)s is not accepted any more.", id=key_id)


@partner.command("disable")
@click.argument("partner_id", metavar="ID")
@speaks
def disable(partner_id: str) -> None:
    """Closes a partner's access; none of its keys is accepted any more."""
    partners.disable_partner(partner_id, actor=operator(), now=parts().clock.now())
    say("%(id)s has no access any more.", id=partner_id)


@partner.command("list")
@json_option
@speaks
def list_(*, as_json: bool) -> None:
    """Lists partners and their keys; never a key itself."""
    found = partners.listed(reading())
    if as_json:
        show_json([asdict(line) for line in found])
        return
    for line in found:
        closed = said(Phrase("disabled")) if line.disabled else ""
        click.echo(" ".join(filter(None, (f"{line.id}: {line.name} [{', '.join(line.scopes)}]", closed))))
        for each in line.keys:
            click.echo(f"  {each.id} {each.kind}: {', '.join(said(phrase) for phrase in _life(each))}")


def _life(key: KeyLine) -> Iterator[Phrase]:
    if key.last_used_at:
        yield Phrase("last used %(at)s", at=f"{key.last_used_at:{MOMENT}}")
    else:
        yield Phrase("never used")
    if key.revoked_at:
        yield Phrase("revoked %(at)s", at=f"{key.revoked_at:{MOMENT}}")
