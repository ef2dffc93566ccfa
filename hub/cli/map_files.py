"""``flask hub maps export`` and ``import``: maps as files of other programs, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from hub.cli.maps import maps
from hub.cli.speech import REFUSED, json_option, operator, said, say, show_json, speaks
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.exchange import landing
from hub.message_maps.exchange.formats import MAX_FILE_BYTES, Format, file_path
from hub.message_maps.exchange.landing import Preview
from hub.message_maps.exchange.plan import FATES, Fate
from hub.message_maps.exchange.yaml_file import write_yaml
from hub.web.map_files import exported, terms
from hub.web.parts import parts

_FORMATS = click.Choice([form.value for form in Format])


@maps.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "form", type=_FORMATS, help="The format; by default the ending of TARGET.")
@click.option("--situation", help="One situation by its id; by default all.")
@click.option("--draft", is_flag=True, help="The open working copy of the situation, not the version in force.")
@speaks
def export_maps(target: Path, form: str | None, situation: str | None, *, draft: bool) -> None:
    """Writes the maps into the file TARGET; YAML of all of them into the directory TARGET, one file each."""
    chosen = form or target.suffix.removeprefix(".").casefold().replace("yml", "yaml") or Format.YAML.value
    if chosen not in set(Format):
        wrong = Phrase(
            "expected a name that ends in one of %(endings)s", endings=", ".join(f".{each}" for each in Format)
        )
        raise InvalidInput([Fault("TARGET", wrong)])
    now = parts().clock.now()
    if situation is None and chosen == Format.YAML and not target.suffix:
        count = _export_directory(target)
        say("%(count)s files written.", count=count)
        return
    file = exported(reading(), Format(chosen), [situation] if situation else [], now=now, draft=draft)
    _write(target, file.content)
    say("%(file)s: %(bytes)s bytes written.", file=target, bytes=len(file.content))


@maps.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--confirm", "confirmed", is_flag=True, help="Store the changes as drafts; without it they are only shown."
)
@json_option
@speaks
def import_map(source: Path, *, confirmed: bool, as_json: bool) -> None:
    """Shows what the file SOURCE would change; with --confirm stores it as drafts. Exit code 1 if any is refused."""
    raw, now = _read(source), parts().clock.now()
    session = reading()
    found = landing.preview(session, raw, source.name, terms(session, now))
    session.rollback()
    landed: tuple[str, ...] = ()
    if confirmed and found.lands:
        with transaction() as session:
            landed = landing.confirm(session, found, stamp=found.stamp, actor=operator(), now=now)
    if as_json:
        show_json(_as_json(found, landed))
    else:
        _tell(found, landed)
    if any(step.fate is Fate.REFUSED for step in found.steps):
        sys.exit(REFUSED)


def _export_directory(target: Path) -> int:
    session = reading()
    known = terms(session, parts().clock.now())
    published = versions.current(session)
    for _, situation in published:
        document = landing.exportable(session, situation.id, known, draft=False)
        _write(target / file_path(document), write_yaml(document))
    return len(published)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        wrong = Phrase("%(file)s cannot be written: %(reason)s", file=path, reason=error.strerror)
        raise InvalidInput([Fault("TARGET", wrong)]) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        wrong = Phrase("%(file)s cannot be read: %(reason)s", file=path, reason=error.strerror)
        raise InvalidInput([Fault("SOURCE", wrong)]) from None


def _tell(found: Preview, landed: tuple[str, ...]) -> None:
    for note in found.notes:
        click.echo(said(note))
    for step in found.steps:
        click.echo(f"{step.candidate.situation_id or '?'}: {said(FATES[step.fate])}")
        for fault in step.faults:
            click.echo(f"  {fault.field}: {said(fault.phrase)}")
        for change in step.changes:
            click.echo(f"  {said(FATES[change.fate])} {change.place}")
            for sign, text in (("-", change.before), ("+", change.after)):
                if text:
                    click.echo(f"    {sign} {text}")
    if landed:
        say("Situations imported as drafts: %(count)s. Somebody else must approve them.", count=len(landed))
    elif found.lands:
        say("Nothing has been written. To store this as drafts: --confirm")
    else:
        say("There is nothing to import.")


def _as_json(found: Preview, landed: tuple[str, ...]) -> dict[str, Any]:
    return {
        "notes": [said(note) for note in found.notes],
        "situations": [
            {
                "id": step.candidate.situation_id,
                "fate": step.fate.value,
                "faults": [{"field": fault.field, "detail": said(fault.phrase)} for fault in step.faults],
                "changes": [
                    {"fate": change.fate.value, "place": change.place, "before": change.before, "after": change.after}
                    for change in step.changes
                ],
            }
            for step in found.steps
        ],
        "imported": list(landed),
    }
