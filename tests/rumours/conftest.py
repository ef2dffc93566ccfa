"""A desk for rumours on both engines, two officers, and the usual steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from hub.identity.actor import Actor
from hub.kernel.db import reading, transaction
from hub.rumours import work
from hub.rumours.changing import Ref
from hub.rumours.desk import RumourDesk
from hub.rumours.models import Report, Rumour
from hub.rumours.states import ReportState
from hub.rumours.triage import Weights
from tests.web.furnished import CHANNELS, furnish

ANNE = Actor("officer", "o-anne", "Anne Martin")
VERA = Actor("officer", "o-vera", "Vera Petit")
BRIDGE = {"fr": "Le pont de la Lise a été emporté.", "en": "The bridge over the Lise has been swept away."}
GRAVE = Weights(harm=3, believability=2, spread=3, velocity=0, actor=0, local=True)
SMALL = Weights(harm=1, believability=1, spread=1, velocity=0, actor=0, local=False)


@dataclass
class Town:
    """A desk, and rumours brought to where a test wants them."""

    desk: RumourDesk
    clock: object
    bell: list = field(default_factory=list)

    @property
    def rings(self) -> int:
        return len(self.bell)

    def row(self, rumour_id) -> Rumour:
        session = reading()
        session.rollback()
        return session.get_one(Rumour, rumour_id)

    def ref(self, rumour_id) -> Ref:
        return Ref(rumour_id, self.row(rumour_id).revision)

    def opened(self, claim=BRIDGE) -> str:
        return work.open_rumour(self.desk, claim, actor=ANNE)

    def weighed(self, weights=GRAVE) -> str:
        rumour_id = self.opened()
        work.triage(self.desk, self.ref(rumour_id), weights, actor=ANNE)
        return rumour_id

    def taken(self, by=ANNE) -> str:
        rumour_id = self.weighed()
        work.take(self.desk, self.ref(rumour_id), actor=by)
        return rumour_id

    def report(self, name, *, rumour_id=None, minutes_ago=0, commune="", text="le pont est emporté") -> str:
        with transaction() as session:
            session.add(
                Report(
                    id=name,
                    rumour_id=rumour_id,
                    state=ReportState.LINKED if rumour_id else ReportState.RECEIVED,
                    text=text,
                    text_hash=name,
                    heard_on="word_of_mouth",
                    commune=commune,
                    received_at=self.clock.now() - timedelta(minutes=minutes_ago),
                    via="officer",
                    tracking_hash=name,
                )
            )
        return name


def opened(app, clock):
    hub = app.extensions["hub"]
    bell = []
    with app.app_context():
        yield Town(RumourDesk(hub.settings, clock, hub.channels, lambda: bell.append(1)), clock, bell)


@pytest.fixture
def overrides(tmp_path):
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS, encoding="utf-8")
    return {"channels": {"file": str(file)}}


@pytest.fixture
def desk(app, clock):
    """On SQLite: for what does not depend on the engine."""
    yield from opened(app, clock)


@pytest.fixture
def any_desk(both_engines_app, clock):
    """On each engine in turn."""
    yield from opened(both_engines_app, clock)


@pytest.fixture
def town(app, clock, stages):
    """The same with the maps published and the channels' destinations."""
    stages.enter(app, "furnished", lambda: furnish(app, clock))
    yield from opened(app, clock)


@pytest.fixture
def any_town(both_engines_app, clock, stages):
    """On each engine in turn."""
    stages.enter(both_engines_app, "furnished", lambda: furnish(both_engines_app, clock))
    yield from opened(both_engines_app, clock)
