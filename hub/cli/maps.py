"""``flask hub maps``: check and publish the message maps."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from hub.cli import lint_reports
from hub.cli.speech import REFUSED, json_option, operator, said, say, show_json, speaks
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, InvalidInput
from hub.message_maps.check import Checked, check
from hub.message_maps.drafts import queries
from hub.message_maps.drafts.queries import Due
from hub.message_maps.drafts.shipped import Arrived, take_in
from hub.message_maps.judged import judge
from hub.message_maps.rules import Rules
from hub.web.parts import parts


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(maps)


maps = AppGroup("maps", help="Message maps.")


@maps.command("lint")
@json_option
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help="How to answer.")
@click.option("--strict", is_flag=True, help="Warnings without a reason count like errors.")
@click.option("--accepted", is_flag=True, help="Tell the accepted warnings with their reasons, and nothing else.")
@speaks
def lint_maps(*, as_json: bool, form: str, strict: bool, accepted: bool) -> None:
    """Checks every map file; exit code 1 if one has a fault or an error, with --strict also a warning to explain."""
    checked = _check(today())
    if form == "sarif":
        show_json(lint_reports.as_sarif(checked))
    elif as_json or form == "json":
        show_json(lint_reports.as_json(checked))
    elif accepted:
        lint_reports.tell_accepted(checked)
    else:
        lint_reports.tell(checked)
    if not checked.sound or (strict and checked.unexplained):
        sys.exit(REFUSED)


@maps.command("rules")
@json_option
@speaks
def show_rules(*, as_json: bool) -> None:
    """Prints every rule of the linter: what it asks, of what, and what to do."""
    if as_json:
        show_json(lint_reports.rules_as_json())
    else:
        lint_reports.tell_rules()


@maps.command("publish")
@speaks
def publish() -> None:
    """Checks the map files and stores what changed as new, immutable versions; as drafts where the town has its own."""
    arrived = publish_directory()
    for version in arrived.published:
        click.echo(version.id)
    say("%(count)s situations published.", count=len(arrived.published))
    tell_drafts(arrived)


@maps.command("reviews")
@json_option
@speaks
def reviews(*, as_json: bool) -> None:
    """Lists the maps to be read again: overdue ones, and those due within 30 days. Exit code 1: one is overdue."""
    found = [review for review in queries.reviews(reading(), today()) if review.due is not Due.LATER]
    if as_json:
        show_json([{"situation": each.situation.id, "on": each.on, "due": each.due} for each in found])
    for review in () if as_json else found:
        if review.due is Due.OVERDUE:
            say("%(id)s: review overdue since %(day)s", id=review.situation.id, day=review.on)
        else:
            say("%(id)s: review due on %(day)s", id=review.situation.id, day=review.on)
    if not found and not as_json:
        say("No map must be read again within 30 days.")
    if any(review.due is Due.OVERDUE for review in found):
        sys.exit(REFUSED)


def tell_drafts(arrived: Arrived) -> None:
    """Says which map files became drafts because the town has versions of its own."""
    for situation_id in arrived.drafted:
        say("%(id)s: the town has its own version; the new file is a draft in the console.", id=situation_id)
    for situation_id in arrived.waiting:
        say("%(id)s: a draft is open; the new file waits until it is closed.", id=situation_id)


def publish_directory() -> Arrived:
    """Takes the maps of the settings in: what is published, and what becomes a draft.

    A map with a warning that it gives no reason for is left out: its version in force stays.

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
    for finding in checked.unexplained:
        text = said(finding.phrase)
        say("%(id)s: left out, %(rule)s has no reason: %(text)s", id=finding.situation, rule=finding.rule, text=text)
    with transaction() as session:
        arrived = take_in(session, checked.publishable, actor=operator(), now=hub.clock.now())
        judge(session, _rules())
    return arrived


def today() -> date:
    """The day in the town."""
    hub = parts()
    return hub.clock.now().astimezone(ZoneInfo(hub.settings.site.timezone)).date()


def _check(day: date | None = None) -> Checked:
    """What the map files hold. With a day, reviews that are overdue are findings too (LIF-08); they block nothing."""
    return check(parts().settings.maps.directory, replace(_rules(), today=day))


def _rules() -> Rules:
    settings = parts().settings
    return Rules(settings.site.languages, settings.maps.link_hosts)
