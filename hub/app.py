"""`create_app` wires everything: the only place that knows all parts."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask_migrate import Migrate

from hub.alerts.desk import Desk
from hub.kernel.clock import Clock
from hub.kernel.db import db
from hub.kernel.queue import RedisDoorbell
from hub.kernel.settings import ROOT, Settings
from hub.rumours.desk import RumourDesk
from hub.rumours.matching.matcher import Matcher
from hub.sending import Sending, create_sending
from hub.subscriptions.desk import SubscriptionDesk
from hub.web import assets, console, language, metrics, partner_api, probes, problems, public, security, site
from hub.web.parts import Parts
from hub.web.rules import LateRule


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> Flask:
    """The application with its routes, its channels and an engine that is not running yet.

    The database is not touched: a server, a command and a migration all start here.

    Raises:
        SettingsError: a setting is wrong; every fault is listed.
        ChannelsError: ``channels.toml`` or an adapter is wrong; every fault is listed.
    """
    sending = create_sending(settings, clock=clock)
    app = sending.app
    app.url_rule_class = LateRule
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.extensions["hub"] = _parts(sending)
    for part in (metrics, language, security, problems, probes, assets, console, partner_api, public, site):
        part.init_app(app)
    return app


def _parts(sending: Sending) -> Parts:
    settings, clock, channels, engine = sending.settings, sending.clock, sending.channels, sending.engine
    fleet = RedisDoorbell(settings.redis.url) if settings.redis.url else None
    ring = _doorbell(sending, fleet)
    return Parts(
        settings=settings,
        clock=clock,
        channels=channels,
        desk=Desk(settings=settings, clock=clock, channels=channels, ring=ring),
        engine=engine,
        rumours=RumourDesk(settings=settings, clock=clock, channels=channels, ring=ring),
        matcher=Matcher(),
        subscriptions=SubscriptionDesk(settings=settings, clock=clock, channels=channels, ring=ring),
        doorbell_answers=fleet.well if fleet else _never_asked,
    )


def _never_asked() -> None:
    """Without Redis there is nothing that could be away."""


def _doorbell(sending: Sending, fleet: RedisDoorbell | None) -> Callable[[], None]:
    """What to call after a decision was stored.

    It wakes this process's dispatcher, one of the fleet's workers, and this process's keeper of the public site.
    """
    engine = sending.engine

    def ring() -> None:
        site.site_of(sending.app).keeper.ring()
        engine.ring()
        if fleet:
            fleet.ring()

    return ring
