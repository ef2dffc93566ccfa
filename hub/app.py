"""`create_app` wires everything: the only place that knows all parts."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

from flask import Flask

from hub.alerts.desk import Desk
from hub.channels.contract import Surroundings
from hub.channels.registry import load_channels
from hub.dispatch.engine import Engine
from hub.dispatch.watch import Lookout
from hub.kernel import logs
from hub.kernel.clock import Clock, SystemClock
from hub.kernel.db import db, migrate, prepare_engine
from hub.kernel.http import GuardedClient
from hub.kernel.keys import signing_key
from hub.kernel.queue import RedisDoorbell
from hub.kernel.settings import ROOT, Settings, SettingsError, load
from hub.web import assets, console, language, metrics, partner_api, probes, problems, public, security
from hub.web.parts import Parts


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> Flask:
    """The application with its routes, its channels and an engine that is not running yet.

    The database is not touched: a server, a command and a migration all start here.

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
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine)
    app.extensions["hub"] = _parts(app, settings, clock)
    for part in (metrics, language, security, problems, probes, assets, console, partner_api, public):
        part.init_app(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    try:
        settings.data.directory.mkdir(parents=True, exist_ok=True)
        key = signing_key(settings.security.secret_key, settings.data.directory)
    except OSError as error:
        raise SettingsError([f"[data] directory: cannot be used: {error}"]) from error
    return {
        "SECRET_KEY": key.reveal(),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        # A connection that PostgreSQL has ended since its last use is noticed and replaced before it is used again, so
        # that a restart there fails no request afterwards. SQLite's are files.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": settings.database_url.startswith("postgresql")},
    }


def _parts(app: Flask, settings: Settings, clock: Clock) -> Parts:
    surroundings = Surroundings(
        http=GuardedClient(settings.http.allowed_networks),
        clock=clock,
        data_directory=settings.data.directory,
        base_url=settings.site.base_url,
        sender=settings.authority.sender,
        sender_name=settings.authority.name,
    )
    channels = load_channels(settings.channels.file, surroundings, settings.site.languages)
    chance = random.Random()  # noqa: S311 - jitter only
    watch = Lookout(app.app_context, channels, clock)
    engine = Engine(app.app_context, channels, settings.delivery, clock, chance, watch=watch)
    desk = Desk(settings=settings, clock=clock, channels=channels, ring=_doorbell(engine, settings))
    return Parts(settings=settings, clock=clock, channels=channels, desk=desk, engine=engine)


def _doorbell(engine: Engine, settings: Settings) -> Callable[[], None]:
    """What to call after a decision was stored: it wakes this process's dispatcher and one of the fleet's workers."""
    if not settings.redis.url:
        return engine.ring
    fleet = RedisDoorbell(settings.redis.url)

    def ring() -> None:
        engine.ring()
        fleet.ring()

    return ring
