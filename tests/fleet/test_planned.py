"""A planned send with real workers: they fire it once, whoever dies while firing."""

from __future__ import annotations

import signal
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from hub.alerts.models import Alert
from hub.alerts.planned import service as planned
from hub.alerts.planned.models import plans, watches
from hub.dispatch.models import destinations
from hub.identity.actor import Actor
from hub.kernel.db import database_now, reading, transaction
from hub.web.parts import EXTENSION
from tests.alerts.conftest import publish
from tests.alerts.test_planned import draft
from tests.fleet.processes import Fleet, wait_until

pytestmark = pytest.mark.postgres

RECEIVERS = 5


def prepare(fleet: Fleet) -> str:
    """A plan for a moment in the past minute, on a database at which somebody looked just now."""
    hub = fleet.app.extensions[EXTENSION]
    with fleet.app.app_context():
        publish(hub.settings, hub.clock)
        at = database_now(reading()).replace(second=0, microsecond=0)
        composed = planned.compose(hub.desk, reading(), draft(at, sent=at, channels=("hook",)))
        row = {"channel_id": "hook", "host": "127.0.0.1", "enabled": True, "created_at": datetime.now(UTC)}
        addresses = [f"{fleet.peer.url}/planned/{number}" for number in range(RECEIVERS)]
        with transaction() as session:
            session.execute(sa.insert(destinations), [row | {"address": one, "label": one} for one in addresses])
            session.execute(sa.insert(watches).values(id=1, seen_at=database_now(session)))
            planned._store(session, composed, Actor("command_line", "night", "night"), at)
        return composed.draft.identifier


def state(fleet: Fleet) -> str:
    with fleet.app.app_context():
        return str(reading().scalar(sa.select(plans.c.state)))


def alerts(fleet: Fleet) -> int:
    with fleet.app.app_context():
        return int(reading().scalar(sa.select(sa.func.count()).select_from(Alert)) or 0)


def test_two_workers_fire_it_once(fleet: Fleet):
    prepare(fleet)
    fleet.start(2)
    wait_until(lambda: state(fleet) == "sent", "nobody fired it")
    fleet.wait_until_all_are_accepted()
    assert alerts(fleet) == 1
    assert sorted(fleet.hits().values()) == [1] * RECEIVERS


def test_kill_9_while_firing_leaves_it_to_the_other(fleet: Fleet):
    """The first worker hangs inside the firing transaction, on a row that the test holds, and is killed there."""
    prepare(fleet)
    with fleet.app.app_context():
        holder = sa.create_engine(reading().get_bind().url)
    with holder.connect() as held:
        held.execute(sa.select(plans).with_for_update())
        [victim] = fleet.start()
        waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'")
        with holder.connect().execution_options(isolation_level="AUTOCOMMIT") as look:
            wait_until(lambda: look.scalar(waiting) > 0, "it never came to fire")
        assert victim.end(signal.SIGKILL) == -signal.SIGKILL
        held.rollback()
    holder.dispose()
    assert (state(fleet), alerts(fleet)) == ("planned", 0), "killed before the commit, it has sent nothing"
    fleet.start()
    wait_until(lambda: state(fleet) == "sent", "nobody fired it")
    fleet.wait_until_all_are_accepted()
    assert alerts(fleet) == 1
    assert sorted(fleet.hits().values()) == [1] * RECEIVERS
