"""What a channel may answer instead of a yes (faults F12 to F19), to the embedded engine and to a fleet's worker.

Each case has an address of its own at one peer; all are sent at the same time, and some receivers among them are well.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from hub.dispatch.engine import Engine
from hub.kernel.clock import SystemClock
from hub.kernel.db import db
from tests.dispatch.post import make_app
from tests.faults.decide import publish
from tests.faults.dispatcher import SETTINGS, make_channel
from tests.faults.invariants import found, violations
from tests.fleet.processes import wait_until
from tests.peers.certificates import make_certificates
from tests.peers.http_peer import (
    Behaviour,
    Received,
    answer,
    body_drip,
    close_after_request,
    cut_body,
    cut_head,
    endless_head,
    gzip_bomb,
    hang,
    header_drip,
    html_page,
    large,
    redirect,
    reset_after_request,
    running_http_peer,
)

T, P, U, A = "transient", "permanent", "unknown", "accepted"
WELL = 10
TRY_LATER = (
    ("", "2"),
    ("seconds", "1"),
    ("past date", "Fri, 01 Jan 2021 00:00:00 GMT"),
    ("future date", format_datetime(datetime.now(UTC) + timedelta(days=400), usegmt=True)),
    ("a billion", "1000000000"),
    ("negative", "-5"),
    ("garbage", "soon\tmaybe"),
)


@dataclass(frozen=True)
class Case:
    """What the peer does first, before it accepts; what becomes of it where repeats are dropped, and where not.

    ``took`` is whether the peer had accepted the message when it misbehaved.
    """

    script: list[Behaviour]
    repeatable: tuple[str, ...]
    once: tuple[str, ...]
    took: bool = False


def late(behaviour: Behaviour) -> Case:
    return Case([behaviour], (U, A), (U,), took=True)


def refused(status: int) -> Case:
    return Case([answer(status)], (P,), (P,))


CASES: dict[str, Case] = {
    "F12 no Retry-After": Case([answer(429)], (T, A), (T, A)),
    **{f"F12 {name}": Case([answer(429, Retry_After=value)], (T, A), (T, A)) for name, value in TRY_LATER if name},
    "F13": Case([answer(500), answer(502), answer(503)], (T, T, T, A), (T, T, T, A)),
    **{f"F14 {status}": refused(status) for status in (400, 401, 403, 404, 410, 413, 422)},
    "F16 hangs": late(hang()),
    "F16 header drip": late(header_drip()),
    "F16 body drip": late(body_drip()),
    "F17 closes": late(close_after_request()),
    "F17 resets": late(reset_after_request()),
    "F17 gateway": late(answer(504)),
    "F18 html": Case([html_page()], (A,), (A,), took=True),
    "F18 empty": Case([answer(200)], (A,), (A,), took=True),
    "F18 body cut": late(cut_body()),
    "F18 head cut": late(cut_head()),
    "F18 endless head": late(endless_head()),
    "F18 10 MB": late(large()),
    "F18 gzip bomb": late(gzip_bomb()),
    **{f"F19 {status}": Case([redirect(status, "/elsewhere")], (P,), (P,)) for status in (301, 302, 303, 307, 308)},
}
NAMES = list(CASES)


@dataclass
class Moody:
    """Behaves by the path; counts what it accepted."""

    accepted: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: Received) -> Behaviour:
        place = request.path.rpartition("/")[2]
        case = CASES[NAMES[int(place)]] if place.isdigit() else Case([], (), ())
        number = self.seen[request.path]
        self.seen[request.path] += 1
        misbehaves = number < len(case.script)
        self.accepted[request.headers["webhook-id"]] += case.took or not misbehaves
        return case.script[number] if misbehaves else answer(204)


@pytest.fixture
def moody():
    with running_http_peer() as peer:
        peer.otherwise = Moody()
        yield peer


@pytest.fixture
def sqlite_app(tmp_path, stages):
    app = make_app(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    stages.enter(app, "tables", db.create_all)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def addresses(peer) -> list[str]:
    return [f"{peer.url}/case/{place}" for place in range(len(CASES))] + [f"{peer.url}/well-{n}" for n in range(WELL)]


def judge(app, peer, keys, *, remembers):
    rows = {row.key: row for row in found(app, "hook")}
    expected = {name: case.repeatable if remembers else case.once for name, case in CASES.items()}
    assert {name: rows[key].outcomes for name, key in zip(NAMES, keys, strict=False)} == expected
    assert {rows[key].outcomes for key in keys[len(CASES) :]} == {(A,)}, "receivers that were well"
    assert violations(list(rows.values()), peer.otherwise.accepted, remembers=remembers) == []
    assert "/elsewhere" not in peer.otherwise.seen, "followed a redirect"


@pytest.mark.parametrize("kind", ["repeatable", "once"])
def test_with_the_embedded_engine(sqlite_app, moody, kind):
    keys = publish(sqlite_app, "a1", addresses(moody), apart=True)
    engine = Engine(sqlite_app.app_context, {"hook": make_channel(kind)}, SETTINGS, SystemClock(), random.Random(1))
    engine.start()
    wait_until(lambda: all(row.row["finished_at"] for row in found(sqlite_app, "hook")), "something is left")
    assert engine.drain(60)
    judge(sqlite_app, moody, keys, remembers=kind == "repeatable")


@pytest.mark.postgres
def test_with_a_worker_of_a_fleet(fleet, moody):
    fleet.environment |= {
        "HUB_DELIVERY_RETRY_FIRST_SECONDS": "0.1",
        "HUB_DELIVERY_RETRY_LONGEST_SECONDS": "1",
        "HUB_DELIVERY_PER_HOST": "8",
        "HUB_DELIVERY_THREADS": "16",
    }
    fleet.start()
    keys = publish(fleet.app, "a1", addresses(moody), apart=True)
    wait_until(lambda: all(row.row["finished_at"] for row in found(fleet.app, "hook")), "something is left")
    judge(fleet.app, moody, keys, remembers=True)


def test_what_cannot_be_reached_safely_gets_nothing(sqlite_app, tmp_path, moody):
    """F15: no name, nobody there, TLS with a wrong certificate: tried again until the alert ends, never unsafely."""
    certificates = make_certificates(tmp_path)
    with (
        running_http_peer(certificates.good) as stranger,  # of an authority that is not trusted
        running_http_peer(certificates.other_name) as other,
        running_http_peer(certificates.expired) as expired,
    ):
        tls = [stranger, other, expired]
        closed = running_http_peer()
        with closed as gone:
            nobody = gone.url
        bad = ["https://nobody.invalid/", nobody, *(peer.url for peer in tls), f"https://127.0.0.1:{moody.port}/"]
        keys = publish(sqlite_app, "a1", bad, seconds=3, apart=True)
        engine = Engine(
            sqlite_app.app_context, {"hook": make_channel("once")}, SETTINGS, SystemClock(), random.Random(1)
        )
        engine.start()
        wait_until(lambda: all(row.row["finished_at"] for row in found(sqlite_app, "hook")), "something is left")
        assert engine.drain(60)
        rows = {row.key: row for row in found(sqlite_app, "hook")}
        assert {rows[key].state for key in keys} == {"expired"}
        assert {outcome for key in keys for outcome in rows[key].outcomes} <= {T, "not_sent"}
        assert min(rows[key].outcomes.count(T) for key in keys[1:]) > 1, "not tried again"
        assert [peer.requests for peer in (*tls, moody)] == [[]] * 4
