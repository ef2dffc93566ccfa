"""A town's hub with its maps and channels, two partners with their keys, and programs that use them."""

from __future__ import annotations

import pytest

from hub.identity.partners import KeyKind
from tests.web.furnished import CHANNELS, furnish
from tests.web.partner_api.programs import enrol, issue


@pytest.fixture
def overrides(tmp_path):
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS, encoding="utf-8")
    return {"channels": {"file": str(file)}, "security": {"partner_requests_per_second": 1000}}


def furnished(app, clock, stages):
    stages.enter(app, "furnished", lambda: furnish(app, clock))
    return app


@pytest.fixture
def town(app, clock, stages):
    """On SQLite: for what does not depend on the engine."""
    return furnished(app, clock, stages)


@pytest.fixture
def any_town(both_engines_app, clock, stages):
    """On each engine in turn."""
    return furnished(both_engines_app, clock, stages)


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
