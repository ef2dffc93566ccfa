"""A town's hub with its maps and channels, two partners with their keys, and programs that use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.dispatch.destinations import ensure_single_destinations
from hub.identity.partners import KeyKind
from hub.kernel.db import transaction
from hub.message_maps import loader, versions
from hub.message_maps.rules import Rules
from tests.web.partner_api.programs import enrol, issue

CHANNELS = """
[[channel]]
id = "flux-cap"
kind = "cap_feed"
label = "Flux CAP"
exercise = true

[[channel]]
id = "essai"
kind = "spool"
label = "Fichier"
exercise = true

[[channel]]
id = "panneaux"
kind = "spool"
label = "Panneaux"
exercise = false
"""


@pytest.fixture
def overrides(tmp_path):
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS, encoding="utf-8")
    return {"channels": {"file": str(file)}, "security": {"partner_requests_per_second": 1000}}


def furnish(app, clock):
    """Maps, destinations, and the partner sdis76 with everything."""
    hub = app.extensions["hub"]
    with app.app_context():
        rules = Rules(languages=hub.settings.site.languages, link_hosts=hub.settings.maps.link_hosts)
        found = loader.load_directory(Path(hub.settings.maps.directory), rules)
        with transaction() as session:
            versions.publish(session, found.situations, now=clock.now(), actor_name="hub")
        ensure_single_destinations(hub.channels.values(), clock.now())
    return app


@pytest.fixture
def town(app, clock):
    """On SQLite: for what does not depend on the engine."""
    return furnish(app, clock)


@pytest.fixture
def any_town(both_engines_app, clock):
    """On each engine in turn."""
    return furnish(both_engines_app, clock)


@pytest.fixture
def sdis(town, clock):
    return enrol(town, clock, "sdis76")


@pytest.fixture
def drill(town, sdis, clock):
    """The same partner with its exercise key."""
    return issue(town, clock, "sdis76", KeyKind.EXERCISE)


@pytest.fixture
def other(town, clock):
    return enrol(town, clock, "dreal")


@pytest.fixture
def any_sdis(any_town, clock):
    return enrol(any_town, clock, "sdis76")
