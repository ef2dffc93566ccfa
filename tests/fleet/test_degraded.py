"""Redis goes away and comes back (fault F8): told, and nothing is lost."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from hub.kernel.db import transaction
from tests.fleet.processes import Fleet, wait_until

pytestmark = pytest.mark.postgres


def said(client: FlaskClient) -> dict[str, object]:
    return dict(client.get("/readyz").json)


def test_redis_away_is_told_and_loses_nothing(fleet: Fleet, redis_server):
    with fleet.app.app_context(), transaction() as session:
        session.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        session.execute(sa.text("INSERT INTO alembic_version VALUES ('9999')"))
    client = fleet.app.test_client()
    fleet.start()
    wait_until(lambda: said(client) == {"status": "ready"}, "not ready with all that it needs")
    redis_server.stop()
    wait_until(lambda: said(client) == {"status": "ready", "degraded": ["redis"]}, "it never noticed")
    assert "hub_redis_up 0.0" in client.get("/metrics").text
    fleet.publish("a1", 20)
    fleet.wait_until_all_are_accepted()
    assert fleet.hits() == Counter(fleet.states().keys())
    redis_server.start()
    wait_until(lambda: said(client) == {"status": "ready"}, "it never noticed that Redis is back")
