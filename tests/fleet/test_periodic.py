"""Periodic work has one effect, however many hosts do it at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.dispatch.lease import Ask, Shelf, claim, take_back
from hub.dispatch.models import FAST_LANE, attempts, deliveries
from hub.kernel.db import reading, transaction
from hub.web.parts import EXTENSION
from tests.fleet.processes import Fleet

pytestmark = pytest.mark.postgres

HOSTS = 6
DELIVERIES = 120


def test_leases_that_ended_are_taken_back_once(fleet: Fleet):
    fleet.publish("a1", DELIVERIES)
    hub = fleet.app.extensions[EXTENSION]
    now = hub.clock.now()
    lease = timedelta(seconds=1)
    with fleet.app.app_context(), transaction() as session:
        claim(session, Ask(FAST_LANE, DELIVERIES, DELIVERIES, (), lease), Shelf(), now)

    at_once, taken = threading.Barrier(HOSTS), []

    def sweep() -> None:
        at_once.wait()
        with fleet.app.app_context(), transaction() as session:
            taken.append(take_back(session, hub.channels, now + 2 * lease))

    hosts = [threading.Thread(target=sweep) for _ in range(HOSTS)]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()

    assert len(taken) == HOSTS, "a host was turned away by another one"
    assert sum(taken) == DELIVERIES
    with fleet.app.app_context():
        assert set(reading().execute(sa.select(deliveries.c.state, deliveries.c.attempts))) == {("due", 1)}
        assert Counter(reading().scalars(sa.select(attempts.c.outcome))) == {"unknown": DELIVERIES}


def test_two_claims_at_once_never_take_the_same_delivery(fleet: Fleet):
    fleet.publish("a1", DELIVERIES)
    now = fleet.app.extensions[EXTENSION].clock.now()
    at_once, taken = threading.Barrier(HOSTS), []

    def take() -> None:
        at_once.wait()
        with fleet.app.app_context(), transaction() as session:
            ask = Ask(FAST_LANE, DELIVERIES // HOSTS, DELIVERIES, (), timedelta(seconds=30))
            taken.extend(one.delivery_id for one in claim(session, ask, Shelf(), now))

    hosts = [threading.Thread(target=take) for _ in range(HOSTS)]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
    assert taken
    assert len(set(taken)) == len(taken)
