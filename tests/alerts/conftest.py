"""The desk of a town with three real channels, its maps published, on both engines."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from hub.alerts import service
from hub.alerts.desk import Desk
from hub.alerts.drafts import Draft
from hub.channels.contract import Surroundings
from hub.channels.registry import load_channels
from hub.dispatch.destinations import ensure_single_destinations
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.http import GuardedClient
from hub.message_maps import versions
from tests.shipped import shipped

ACTOR = Actor("officer", "o1", "Anne Martin")

CHANNELS = """
[[channel]]
id = "flux-cap"
kind = "cap_feed"
label = "CAP"
exercise = true

[[channel]]
id = "essai"
kind = "spool"
label = "Fichier"
exercise = true

[[channel]]
id = "reel"
kind = "spool"
label = "Vrai seulement"
exercise = false
"""

# 17:40 in Paris is the time of the tests' clock.
BLANKS = {
    "riviere.fr": "la Lise",
    "riviere.en": "the Lise",
    "zones": "Bas-Bourg, rue du Port",
    "heure_fin": "23:00",
    "prochain": "18:30",
}
FIRST = Draft(
    situation_id="nat.flood.river",
    message_id="act.first",
    exercise=False,
    blanks=BLANKS,
    communes=("76901",),
    channels=("flux-cap", "essai", "reel"),
)


@dataclass
class Town:
    """A desk with its bell counted, and the usual ways to send from it."""

    app: object
    desk: Desk
    clock: object
    rings: list = field(default_factory=list)

    def preview(self, **changes):
        return service.preview(self.desk, replace(FIRST, **changes))

    def trigger(self, preview):
        return service.trigger(self.desk, preview.draft, preview.digest, ACTOR)

    def send(self, **changes):
        """Previews and triggers; the identifier."""
        return self.trigger(self.preview(**changes)).identifier

    def follow(self, identifier, message_id, **changes):
        """Previews a follow-up, one minute later."""
        self.clock.advance(60)
        chosen = {"exercise": False, "communes": (), "channels": (), **changes}
        return self.preview(message_id=message_id, follows=identifier, **chosen)


@pytest.fixture
def channels(tmp_path, settings, clock):
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS, encoding="utf-8")
    surroundings = Surroundings(
        http=GuardedClient(settings.http.allowed_networks),
        clock=clock,
        data_directory=Path(tmp_path / "var"),
        base_url=settings.site.base_url,
        sender=settings.authority.sender,
        sender_name=settings.authority.name,
    )
    return load_channels(file, surroundings, settings.site.languages)


@pytest.fixture
def town(app, settings, clock, channels):
    """On SQLite: for what does not depend on the engine."""
    yield from opened(app, settings, clock, channels)


@pytest.fixture
def any_town(both_engines_app, settings, clock, channels):
    """On each engine in turn."""
    yield from opened(both_engines_app, settings, clock, channels)


def opened(app, settings, clock, channels):
    rings = []
    desk = Desk(settings=settings, clock=clock, channels=channels, ring=lambda: rings.append(clock.now()))
    with app.app_context():
        publish(settings, clock)
        ensure_single_destinations(channels.values(), now=clock.now())
        yield Town(app, desk, clock, rings)


def publish(settings, clock, change=lambda situation: situation):
    """Publishes the shipped maps, each changed by ``change``."""
    loaded = shipped(settings)
    assert loaded.faults == ()
    with transaction() as session:
        versions.publish(session, map(change, loaded.situations), now=clock.now(), actor_name="test")
