"""kill -9 in the middle of a fan-out: nothing is lost, nothing is doubled (faults F4, F5, F7)."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hub.channels.contract import OutboundMessage
from hub.dispatch import outbox
from hub.dispatch.models import deliveries, destinations
from hub.kernel.db import db, reading, transaction
from hub.kernel.settings import ROOT
from tests.dispatch.post import make_app
from tests.faults.peer import CountingPeer

DESTINATIONS = 500
HOSTS = 50
PATIENCE = 90


@pytest.fixture
def outbox_app(tmp_path, database_url, stages) -> Iterator[Flask]:
    app = make_app(database_url or f"sqlite:///{tmp_path / 'hub.sqlite'}")
    stages.enter(app, "tables", db.create_all)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def peer() -> Iterator[CountingPeer]:
    with CountingPeer(delay=0.02) as peer:
        yield peer


def publish(app: Flask, port: int) -> None:
    now = datetime.now(UTC)
    message = OutboundMessage(
        publication_id="a1",
        incident="a1",
        references=(),
        status="Actual",
        msg_type="Alert",
        sent=now,
        expires=now + timedelta(hours=1),
        urgency="Immediate",
        severity="Severe",
        sender_name="Hub",
        page_url="http://hub.example/a1",
        texts={},
        cap_xml="",
    )
    rows = [
        {
            "channel_id": "hook",
            "address": f"http://127.0.0.{2 + number % HOSTS}:{port}/{number}",
            "label": str(number),
            "host": f"127.0.0.{2 + number % HOSTS}",
            "enabled": True,
            "created_at": now,
        }
        for number in range(DESTINATIONS)
    ]
    with app.app_context(), transaction() as session:
        session.execute(sa.insert(destinations), rows)
        outbox.record(session, message, {"hook": {"payload": "{}"}}, follows_id=None, withdraw=False, now=now)


def started(app: Flask, kind: str) -> subprocess.Popen[bytes]:
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.dispatcher", url, kind], cwd=ROOT, stderr=subprocess.DEVNULL
    )


def states(app: Flask) -> dict[str, str]:
    """Idempotency key -> state."""
    with app.app_context():
        found = reading().execute(sa.select(deliveries.c.destination_id, deliveries.c.state))
        return {f"a1-{destination_id}": state for destination_id, state in found}


@pytest.mark.parametrize(("kind", "kills"), [("repeatable", (100, 300)), ("once", (150,))])
def test_kill_9_in_the_middle_of_a_fan_out(outbox_app, peer, kind, kills):
    publish(outbox_app, peer.port)
    for accepted_before in kills:
        process = started(outbox_app, kind)
        assert peer.wait_for(accepted_before, PATIENCE)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert "leased" in states(outbox_app).values()
    assert started(outbox_app, kind).wait(PATIENCE) == 0

    end = states(outbox_app)
    count = Counter(end.values())
    told_accepted = {key for key, state in end.items() if state == "accepted"}
    assert len(end) == DESTINATIONS
    assert told_accepted <= set(peer.hits), "called accepted, and never arrived"
    if kind == "repeatable":
        assert count == {"accepted": DESTINATIONS}
        assert set(peer.hits) == set(end)
    else:
        assert set(count) == {"accepted", "unknown"}
        assert set(peer.hits) <= set(end)
        assert max(peer.hits.values()) == 1, "sent twice to a receiver that does not know repeats"
