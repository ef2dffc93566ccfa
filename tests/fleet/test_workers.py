"""Several workers, one database: nothing is lost and nothing is doubled, whatever happens to Redis or to a worker."""

from __future__ import annotations

import base64
import hmac
import pickle
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from redis import Redis

from hub.dispatch.models import attempts, deliveries
from hub.kernel.db import reading
from hub.kernel.queue import QUEUE
from hub.kernel.settings import ROOT
from tests.fleet.processes import Fleet, Worker, wait_until
from tests.peers.http_peer import Received

pytestmark = pytest.mark.postgres


def sent_by(request: Received, worker: Worker, origin: str) -> bool:
    """Whether the signature was made with this worker's secret (Standard Webhooks 1.0, section on signatures)."""
    key = hmac.digest(worker.secret.encode(), f"{origin}{request.path}".encode(), "sha256")
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}" == request.headers["webhook-signature"]


def test_two_workers_share_the_work_and_nothing_is_sent_twice(fleet: Fleet):
    first, second = fleet.start(2)
    fleet.publish("a1", 200)
    fleet.wait_until_all_are_accepted()
    assert fleet.hits() == Counter(fleet.states().keys())
    senders = [[sent_by(request, one, fleet.peer.url) for one in (first, second)] for request in fleet.peer.requests]
    assert {sum(each) for each in senders} == {1}
    assert {each.index(True) for each in senders} == {0, 1}, "one of them did nothing"


def test_wiping_redis_loses_nothing(fleet: Fleet, redis_server):
    fleet.start()
    fleet.publish("a1", 60)
    fleet.wait_for_hits(10)
    with redis_server.client() as client:
        client.flushall()
    fleet.publish("a2", 20)
    fleet.wait_until_all_are_accepted()
    assert fleet.hits() == Counter(fleet.states().keys())


def test_without_redis_workers_start_and_find_the_work_by_polling(fleet: Fleet, redis_server):
    redis_server.stop()
    [worker] = fleet.start()
    fleet.publish("a1", 20)
    fleet.wait_until_all_are_accepted()
    redis_server.start()
    wait_until(lambda: worker.said("Redis answers again") == 1, "it never noticed that Redis is back")
    redis_server.stop()
    wait_until(lambda: worker.said("Redis does not answer") == 2, "it never noticed that Redis is gone")
    fleet.publish("a2", 20)
    fleet.wait_until_all_are_accepted()
    assert fleet.hits() == Counter(fleet.states().keys())
    assert worker.said("Redis does not answer") == 2, "one line for each time that it went away"
    assert worker.end() == 0


def test_kill_9_of_a_worker_hands_its_leases_to_the_other(fleet: Fleet):
    fleet.shorten_leases()
    victim, _ = fleet.start(2)
    fleet.publish("a1", 200)
    wait_until(lambda: any(sent_by(request, victim, fleet.peer.url) for request in fleet.peer.requests), "no victim")
    fleet.wait_for_hits(40)
    assert victim.end(signal.SIGKILL) == -signal.SIGKILL
    assert "leased" in fleet.states().values()
    fleet.wait_until_all_are_accepted()
    hits = fleet.hits()
    assert set(hits) == set(fleet.states()), "lost"
    assert doubled(hits) <= interrupted(fleet), "sent twice without need"


def doubled(hits: Counter[str]) -> set[str]:
    return {key for key, times in hits.items() if times > 1}


def interrupted(fleet: Fleet) -> set[str]:
    """The deliveries with an attempt whose outcome nobody can know: the receiver drops their repeats by the key."""
    unknown = sa.select(deliveries.c.destination_id).join(attempts).where(attempts.c.outcome == "unknown")
    with fleet.app.app_context():
        return {f"a1-{number}" for number in reading().scalars(unknown)}


def test_sigterm_drains(fleet: Fleet, redis_server):
    [worker] = fleet.start()
    fleet.publish("a1", 100)
    fleet.wait_for_hits(10)
    assert worker.end() == 0
    states = fleet.states()
    assert set(states.values()) == {"accepted", "due"}
    assert {key for key, state in states.items() if state == "accepted"} == set(fleet.hits())
    assert set(fleet.hits().values()) == {1}
    with redis_server.client() as client:
        assert client.smembers("rq:workers") == set()


class Trap:
    """What a pickle may do to whoever opens it."""

    def __init__(self, touched: Path) -> None:
        self.touched = touched

    def __reduce__(self):
        return subprocess.call, (["touch", str(self.touched)],)


def push(client: Redis, name: bytes, job: dict[str, object] | None) -> None:
    if job is not None:
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        client.hset(b"rq:job:" + name, mapping={"created_at": stamp, "origin": QUEUE, "status": "queued", **job})
    client.rpush(f"rq:queue:{QUEUE}", name)


def test_what_others_put_into_redis_is_never_run(fleet: Fleet, redis_server):
    [worker] = fleet.start()
    touched = fleet.directory / "touched"
    touch = f'["touch", "{touched}"]'
    poison: dict[bytes, dict[str, object] | None] = {
        b"unknown": None,
        b"not a name: \xff\xfe": None,
        b"pickle": {"data": pickle.dumps(Trap(touched))},
        b"foreign": {"data": f'["subprocess.call", null, [{touch}], {{}}]'},
        b"callback": {"data": '["drain", null, [], {}]', "success_callback_name": "os.abort"},
        b"more": {"data": f'["drain", null, [{touch}], {{}}]'},
        b"noise": {"data": b"\x00\xff{"},
        b"wrong-times": {"data": '["drain", null, [], {}]', "created_at": "yesterday", "timeout": "soon"},
    }
    with redis_server.client() as client:
        for name, job in poison.items():
            push(client, name, job)
        client.set("rq:job:not-a-hash", "x")
        push(client, b"not-a-hash", None)
        wait_until(lambda: client.llen(f"rq:queue:{QUEUE}") == 0, "the queue is stuck")
    fleet.publish("a1", 5)
    fleet.wait_until_all_are_accepted()
    assert not touched.exists()
    for name in ("unknown", "pickle", "foreign", "more", "noise", "wrong-times", "not-a-hash"):
        assert worker.said(f'"job": "{name}"') == 1, name
    assert worker.end() == 0


def test_a_worker_without_redis_in_its_settings_is_refused(fleet: Fleet):
    done = subprocess.run(
        [Path(sys.executable).parent / "flask", "hub", "worker"],
        cwd=ROOT,
        env=fleet.environment | {"HUB_REDIS_URL": "", "HUB_SECRET_HOOK": "x" * 40},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "flask hub dispatch --forever" in done.stderr
