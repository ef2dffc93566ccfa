"""``flask hub maps``: check and publish the message maps."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask.cli import AppGroup

from hub.audit import service as audit
from hub.cli.speech import REFUSED, json_option, operator, said, say, show_json, speaks
from hub.kernel.db import transaction
from hub.kernel.errors import Fault, InvalidInput
from hub.message_maps import versions
from hub.message_maps.check import Checked, check
from hub.message_maps.rules import Rules
from hub.web.parts import parts


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(maps)


maps = AppGroup("maps", help="Message maps.")


@maps.command("lint")
@json_option
@speaks
def lint_maps(*, as_json: bool) -> None:
    """Checks every map file; exit code 1 if one has a fault or an error."""
    checked = _check()
    if as_json:
        show_json(_as_json(checked))
    else:
        for fault in checked.loaded.faults:
            click.echo(f"{fault.file}:{fault.line}:{fault.column}: {said(fault.phrase)}")
        for finding in checked.findings:
            place = f"{checked.loaded.files[finding.situation]}:{finding.line}"
            click.echo(f"{place}: {finding.severity} {finding.rule}: {said(finding.phrase)}")
        say(
            "%(situations)s situations, %(faults)s faults, %(findings)s findings",
            situations=len(checked.loaded.situations),
            faults=len(checked.loaded.faults),
            findings=len(checked.findings),
        )
    if not checked.sound:
        sys.exit(REFUSED)


@maps.command("publish")
@speaks
def publish() -> None:
    """Checks the map files and stores what changed as new, immutable versions."""
    titles = publish_directory()
    for title in titles:
        click.echo(title)
    say("%(count)s situations published.", count=len(titles))


def publish_directory() -> list[str]:
    """Publishes the maps of the settings; the titles of the situations that are new or changed.

    Raises:
        InvalidInput: a map has a fault or an error; then nothing is published.
    """
    hub = parts()
    checked = _check()
    if not checked.sound:
        faults = [Fault(f"{fault.file}:{fault.line}", fault.phrase) for fault in checked.loaded.faults]
        faults += [
            Fault(f"{finding.situation}/{finding.message}", finding.phrase)
            for finding in checked.findings
            if finding.severity == "error"
        ]
        raise InvalidInput(faults)
    now, actor, language = hub.clock.now(), operator(), hub.settings.site.languages[0]
    titles = {situation.id: situation.title[language] for situation in checked.loaded.situations}
    with transaction() as session:
        fresh = versions.publish(session, checked.loaded.situations, now=now, actor_name=actor.name)
        for version in fresh:
            detail = {"digest": version.digest}
            audit.record(session, actor=actor, action="map.published", subject=version.id, detail=detail, now=now)
        return [titles[version.situation_id] for version in fresh]


def _check() -> Checked:
    settings = parts().settings
    return check(settings.maps.directory, Rules(settings.site.languages, settings.maps.link_hosts))


def _as_json(checked: Checked) -> dict[str, Any]:
    return {
        "situations": [situation.id for situation in checked.loaded.situations],
        "faults": [
            {"file": fault.file, "line": fault.line, "column": fault.column, "detail": said(fault.phrase)}
            for fault in checked.loaded.faults
        ],
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "file": checked.loaded.files[finding.situation],
                "line": finding.line,
                "message": finding.message,
                "form": finding.form,
                "language": finding.language,
                "detail": said(finding.phrase),
            }
            for finding in checked.findings
        ],
    }
