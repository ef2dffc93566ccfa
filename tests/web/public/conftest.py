"""A town that sends real alerts through its desk, and readers without a session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from hub.alerts import queries, service
from hub.alerts.views import AlertView
from hub.dispatch.destinations import ensure_single_destinations
from hub.kernel.db import reading
from tests.alerts.conftest import ACTOR, FIRST, publish
from tests.conftest import FixedClock


@dataclass
class Town:
    """Sends alerts. Each call has an application context of its own, as each request has."""

    app: Flask
    clock: FixedClock

    @property
    def desk(self):
        return self.app.extensions["hub"].desk

    def send(self, **changes) -> AlertView:
        draft = replace(FIRST, **{"channels": ("flux-cap",), **changes})
        with self.app.app_context():
            preview = service.preview(self.desk, draft)
            identifier = service.trigger(self.desk, preview.draft, preview.digest, ACTOR).identifier
            return queries.get(reading(), identifier)

    def follow(self, earlier: AlertView, message_id: str, **blanks: str) -> AlertView:
        """Sends a follow-up, one minute later."""
        self.clock.advance(60)
        return self.send(
            message_id=message_id,
            follows=earlier.identifier,
            exercise=earlier.exercise,
            communes=(),
            blanks={**FIRST.blanks, **blanks},
        )

    def deliver(self) -> None:
        with self.app.app_context():
            engine = self.app.extensions["hub"].engine
        engine.run_until_idle(20)


@pytest.fixture
def town(app, settings, clock) -> Iterator[Town]:
    with app.app_context():
        publish(settings, clock)
        ensure_single_destinations(app.extensions["hub"].channels.values(), now=clock.now())
    return Town(app, clock)


@pytest.fixture
def reader(app):
    """Asks for pages as a browser does: French, gzip understood."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr-FR,fr;q=0.9"
    return client
