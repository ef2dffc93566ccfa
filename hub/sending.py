"""The part of the application that sends: database, channels, engine. No page, no command, no message map.

A process that only sends is made of this and nothing else (`hub.worker`): it needs half the memory of a whole hub.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

from hub.alerts.planned.watch import PlanWatcher
from hub.channels.contract import Channel, Surroundings
from hub.channels.registry import load_channels
from hub.dispatch.engine import Engine
from hub.dispatch.rounds import Round
from hub.dispatch.watch import BEAT_SECONDS, Lookout
from hub.identity import shares
from hub.identity import sweeping as sessions
from hub.kernel import logs
from hub.kernel.clock import Clock, SystemClock
from hub.kernel.db import db, prepare_engine
from hub.kernel.http import GuardedClient
from hub.kernel.keys import signing_key
from hub.kernel.settings import Settings, SettingsError, load
from hub.rumours import erasure
from hub.subscriptions import sweeping
from hub.subscriptions.recipients import Subscribers

POLLS_A_BEAT = 5


@dataclass(frozen=True, slots=True)
class Sending:
    """An application without routes, and an engine in it that is not running yet."""

    app: Flask
    settings: Settings
    clock: Clock
    channels: Mapping[str, Channel]
    engine: Engine


def create_sending(settings: Settings | None = None, *, clock: Clock | None = None) -> Sending:
    """Wires what sends. The database is not touched.

    Raises:
        SettingsError: a setting is wrong; every fault is listed.
        ChannelsError: ``channels.toml`` or an adapter is wrong; every fault is listed.
    """
    settings = settings or load(os.environ)
    clock = clock or SystemClock()
    logs.configure(settings.logging.level)
    app = Flask("hub", static_folder=None)
    app.config.update(_flask_config(settings))
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    surroundings = Surroundings(
        http=GuardedClient(settings.http.allowed_networks),
        clock=clock,
        data_directory=settings.data.directory,
        base_url=settings.site.base_url,
        sender=settings.authority.sender,
        sender_name=settings.authority.name,
        recipients=Subscribers(app.app_context, settings, clock),
    )
    channels = load_channels(settings.channels.file, surroundings, settings.site.languages)
    chance = random.Random()  # noqa: S311 - jitter only
    # A dispatcher that polls more often than by default shows it: five polls from sign to sign, five seconds at most.
    seconds = min(BEAT_SECONDS, POLLS_A_BEAT * settings.delivery.poll_seconds)
    watch = Lookout(app.app_context, channels, clock, seconds)
    engine = Engine(app.app_context, channels, settings.delivery, clock, chance, watch=watch)
    watch.take_on(PlanWatcher(app.app_context, settings, channels, engine.ring))
    watch.take_on(Round("reports.erase", erasure.EVERY, lambda: erasure.erase(settings, clock), app.app_context, clock))
    watch.take_on(Round("subscriptions.sweep", sweeping.EVERY, lambda: sweeping.sweep(clock), app.app_context, clock))
    watch.take_on(Round("shares.sweep", shares.SWEEP_EVERY, lambda: shares.sweep(clock), app.app_context, clock))
    watch.take_on(Round("sessions.sweep", sessions.EVERY, lambda: sessions.sweep(clock), app.app_context, clock))
    return Sending(app, settings, clock, channels, engine)


def _flask_config(settings: Settings) -> dict[str, object]:
    try:
        settings.data.directory.mkdir(parents=True, exist_ok=True)
        key = signing_key(settings.security.secret_key, settings.data.directory)
    except OSError as error:
        raise SettingsError([f"[data] directory: cannot be used: {error}"]) from error
    return {
        "SECRET_KEY": key.reveal(),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            # A connection that PostgreSQL has ended since its last use is noticed and replaced before it is used again,
            # so that a restart there fails no request afterwards. SQLite's are files.
            "pool_pre_ping": settings.database_url.startswith("postgresql"),
            # A server process has 24 threads and its dispatcher a few: none of them may wait for another's connection.
            "max_overflow": 30,
            # A failed statement is logged without its values: hashes of passwords and keys, what people have written.
            "hide_parameters": True,
        },
    }
