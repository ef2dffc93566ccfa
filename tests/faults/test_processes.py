"""Workers and PostgreSQL stopped, held and ended in the middle of a send: faults F4 to F6, F9, F20, F28, F29."""

from __future__ import annotations

import signal
import time

import pytest
import sqlalchemy as sa

from hub.dispatch.models import deliveries
from hub.kernel.db import reading
from tests.faults.decide import publish
from tests.faults.invariants import found, violations
from tests.fleet.processes import Fleet, Worker, wait_until
from tests.fleet.test_workers import sent_by

pytestmark = pytest.mark.postgres

# What a stopped database does to a fleet shows within a few polls and writer's pauses.
OUTAGE_SECONDS = 2.0


@pytest.fixture
def quick(fleet: Fleet) -> Fleet:
    """Workers that try again soon."""
    fleet.environment |= {"HUB_DELIVERY_RETRY_FIRST_SECONDS": "0.1", "HUB_DELIVERY_RETRY_LONGEST_SECONDS": "1"}
    return fleet


def send(fleet: Fleet, name: str, number: int) -> None:
    publish(fleet.app, name, [f"{fleet.peer.url}/{name}/{place}" for place in range(number)])


def well(fleet: Fleet) -> None:
    fleet.wait_until_all_are_accepted()
    assert violations(found(fleet.app, "hook"), fleet.hits(), all_accepted=True) == []


def sent(fleet: Fleet, worker: Worker) -> list[str]:
    """What this worker has sent, in order."""
    requests = list(fleet.peer.requests)
    return [one.headers["webhook-id"] for one in requests if sent_by(one, worker, fleet.peer.url)]


def test_a_worker_that_was_held_beyond_its_lease_sends_nothing_more_of_it(quick: Fleet):
    """F29, F6: SIGSTOP in the middle, SIGCONT when the other one has done its work."""
    quick.shorten_leases()
    victim, _ = quick.start(2)
    send(quick, "a1", 200)
    wait_until(lambda: len(sent(quick, victim)) > 10, "the victim sends nothing")
    victim.process.send_signal(signal.SIGSTOP)
    with quick.app.app_context():
        assert reading().scalar(sa.select(sa.func.count()).where(deliveries.c.state == "leased"))
    quick.wait_until_all_are_accepted()
    before = len(sent(quick, victim))
    accepted = quick.hits()
    victim.process.send_signal(signal.SIGCONT)
    send(quick, "a2", 60)  # it works again, so it has looked at everything that it held
    wait_until(lambda: any(key.startswith("a2") for key in sent(quick, victim)), "the victim never woke up")
    well(quick)
    # The residue that no lease can prevent: requests that were being written when it was held, one a thread.
    again = [key for key in sent(quick, victim)[before:] if key in accepted]
    assert len(again) <= int(quick.environment["HUB_DELIVERY_THREADS"]), again


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
def test_postgresql_goes_away_in_the_middle_of_a_send_and_comes_back(quick: Fleet, postgres_server, number):
    """F9: what was under way ends accepted or is repeated with its key; nobody needs to restart a worker."""
    quick.shorten_leases()
    workers = quick.start(2)
    send(quick, "a1", 200)
    quick.wait_for_hits(40)
    postgres_server.stop(number)
    time.sleep(OUTAGE_SECONDS)  # the outage itself
    assert [worker.process.poll() for worker in workers] == [None, None]
    postgres_server.start()
    well(quick)
    assert len(quick.hits()) == 200
    assert any(worker.said("trying again") for worker in workers)
    assert [worker.end() for worker in workers] == [0, 0]


def test_a_deploy_in_the_middle_of_a_send_doubles_nothing(quick: Fleet):
    """F28: SIGTERM to the old worker, a new one beside it; every receiver is called once."""
    [old] = quick.start()
    send(quick, "a1", 150)
    quick.wait_for_hits(20)
    assert old.end() == 0
    assert "due" in quick.states().values()
    quick.start()
    well(quick)
    assert set(quick.hits().values()) == {1}


def test_three_workers_call_every_receiver_once(quick: Fleet):
    """F20."""
    workers = quick.start(3)
    send(quick, "a1", 150)
    well(quick)
    assert set(quick.hits().values()) == {1}
    assert sum(bool(sent(quick, worker)) for worker in workers) > 1
