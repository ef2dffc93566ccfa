"""``flask hub init``: everything that a first run needs, and nothing twice."""

from __future__ import annotations

import logging

import flask_migrate
import sqlalchemy as sa
from flask.cli import AppGroup
from flask_babel import force_locale

from hub.cli.maps import publish_directory, tell_drafts
from hub.cli.speech import operator, said, say, speaks
from hub.dispatch.destinations import ensure_single_destinations
from hub.identity import service
from hub.identity.models import Officer
from hub.identity.permissions import Role
from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.web.parts import parts

FIRST_LOGIN = "officer"


def register(group: AppGroup) -> None:
    """Adds the command to ``flask hub``."""
    group.command("init")(init)


@speaks
def init() -> None:
    """Brings the database up to date, publishes the maps, makes the first officer.

    Safe to repeat: only what is missing is done. The first officer's one-time password is printed once.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    hub = parts()
    flask_migrate.upgrade()
    ensure_single_destinations(hub.channels.values(), hub.clock.now())
    arrived = publish_directory()
    if arrived.published:
        say("Message maps published: %(titles)s", titles=", ".join(version.id for version in arrived.published))
    tell_drafts(arrived)
    address = hub.settings.site.base_url.rstrip("/")
    say("Public page:  %(address)s/", address=address)
    say("Console:      %(address)s/console/", address=address)
    if reading().scalar(sa.select(sa.func.count()).select_from(Officer)) == 0:
        language = hub.settings.site.languages[0]
        # The name is stored: it is read in the town's language, whatever the terminal speaks.
        with force_locale(language):
            name = said(Phrase("Duty officer"))
        password = service.create_officer(
            FIRST_LOGIN,
            name,
            Role.ADMINISTRATOR,
            language,
            actor=operator(),
            now=hub.clock.now(),
        )
        say("First officer: %(login)s", login=FIRST_LOGIN)
        say("One-time password: %(password)s", password=password.reveal())
        say("It is shown only now and must be changed at the first log-in.")
