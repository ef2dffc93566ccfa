"""``flask hub site``: the public site as files, built by hand and looked over."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from hub.cli.speech import PARTLY, REFUSED, json_option, said, say, show_json, speaks
from hub.web.parts import parts
from hub.web.security import PUBLIC, policy_of
from hub.web.site import site_of
from hub.web.site.checking import Checker
from hub.web.site.manifest import all_files

# More would scroll the first ones away.
MOST_SHOWN = 50

site = AppGroup("site", help="The public site as files: build, check.")


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(site)


@site.command("build")
@click.option("--all", "everything", is_flag=True, help="Pages that have not changed too.")
@with_appcontext
@json_option
@speaks
def build(*, everything: bool, as_json: bool) -> None:
    """Builds what has changed. Exit code 3 if a page could not be built; its old file stays."""
    found = site_of(current_app)
    outcome = found.builder().build(everything=everything)
    if as_json:
        show_json({"built": outcome.built, "removed": outcome.removed, "failed": outcome.failed})
    else:
        say(
            "%(built)s pages built, %(removed)s files removed, in %(place)s",
            built=outcome.built,
            removed=outcome.removed,
            place=found.place.site,
        )
        for address in outcome.failed[:MOST_SHOWN]:
            say("could not be built: %(address)s", address=address)
    if outcome.failed:
        sys.exit(PARTLY)


@site.command("check")
@with_appcontext
@json_option
@speaks
def check(*, as_json: bool) -> None:
    """Looks every built file over: links, sizes, compressed copies, policy. Exit code 1 if something is wrong."""
    settings = parts().settings
    place = site_of(current_app).place
    flaws = list(Checker(place, settings.site.languages, settings.site.base_url, _answered).flaws())
    if as_json:
        show_json([{"file": flaw.path, "says": said(flaw.says)} for flaw in flaws])
    else:
        for flaw in flaws[:MOST_SHOWN]:
            say("%(file)s: %(flaw)s", file=flaw.path, flaw=said(flaw.says))
        say("%(files)s files looked at, %(flaws)s flaws", files=len(all_files(place)), flaws=len(flaws))
    if flaws:
        sys.exit(REFUSED)


def _answered(address: str) -> bool:
    """Whether the hub itself answers this address to everybody: a form, a search."""
    languages = parts().settings.site.languages
    first, _, rest = address.removeprefix("/").partition("/")
    adapter = current_app.url_map.bind("")
    try:
        endpoint, values = adapter.match(f"/{rest}" if first in languages else address)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    # A page of a message that was not built is missing, whatever address it would have.
    return policy_of(current_app, endpoint) == PUBLIC and not values
