"""/healthz, /readyz and /metrics: what they say, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import flask_migrate
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from hub.app import create_app
from hub.dispatch import tally
from hub.dispatch.tally import Count, Kind
from hub.dispatch.watch_models import channel_checks, dispatchers
from hub.kernel.db import db, transaction
from tests.conftest import make_settings

TOKEN = "m" * 40
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def migrated(tmp_path, overrides, bare_database_url, clock):
    """The application over a migrated database, on both engines."""
    app = create_app(make_settings(tmp_path / "var", overrides, bare_database_url), clock=clock)
    with app.app_context():
        flask_migrate.upgrade()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def sign(app, clock, ago=0.0):
    """One dispatcher on another host, last seen so many seconds ago."""
    seen_at = clock.now() - timedelta(seconds=ago)
    with app.app_context(), transaction() as session:
        row = {"id": "d1", "host": "far", "pid": 7, "started_at": seen_at, "seen_at": seen_at}
        session.execute(sa.insert(dispatchers).values(**row))


def scraped(client, **options):
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_healthz_asks_no_database(tmp_path, clock):
    settings = make_settings(tmp_path / "var", {}, "postgresql+psycopg://nobody@127.0.0.1:1/none")
    answer = create_app(settings, clock=clock).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_readyz_without_a_database(tmp_path, clock):
    settings = make_settings(tmp_path / "var", {}, "postgresql+psycopg://nobody:geheim@127.0.0.1:1/none")
    answer = create_app(settings, clock=clock).test_client().get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert "geheim" not in answer.text
    assert "127.0.0.1" not in answer.text


def test_ready_while_a_dispatcher_gives_signs_of_life(migrated, clock):
    sign(migrated, clock, ago=29)
    answer = migrated.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})
    clock.advance(1)
    assert migrated.test_client().get("/readyz").status_code == 503


def refused(app):
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    return [fault["field"] for fault in answer.json["errors"]]


def test_not_ready_without_a_dispatcher(migrated):
    assert refused(migrated) == ["dispatcher"]


@pytest.mark.parametrize("change", ["UPDATE alembic_version SET version_num = '0001'", "DELETE FROM alembic_version"])
def test_not_ready_before_the_migrations(migrated, clock, change):
    sign(migrated, clock)
    with migrated.app_context(), transaction() as session:
        session.execute(sa.text(change))
    assert refused(migrated) == ["migrations"]


def test_a_database_that_a_later_version_has_migrated_is_fine(migrated, clock):
    sign(migrated, clock)
    with migrated.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert migrated.test_client().get("/readyz").status_code == 200


def test_ready_when_the_engine_of_this_process_runs(migrated):
    engine = migrated.extensions["hub"].engine
    engine.start()
    assert engine.run_until_idle(60)
    assert migrated.test_client().get("/readyz").json == {"status": "ready"}
    engine.drain(60)
    assert refused(migrated) == ["dispatcher"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_open_to_everyone(migrated, clock, path):
    sign(migrated, clock)
    assert migrated.test_client().get(path, environ_overrides=ELSEWHERE).status_code == 200


class TestWhoMayReadTheMetrics:
    @pytest.fixture
    def overrides(self):
        return {"metrics": {"token": TOKEN}}

    @pytest.mark.parametrize(
        ("environment", "headers", "status"),
        [
            ({}, {}, 200),
            ({"REMOTE_ADDR": "::1"}, {}, 200),
            (ELSEWHERE, {}, 403),
            ({"REMOTE_ADDR": ""}, {}, 403),
            (ELSEWHERE, {"Authorization": f"Bearer {TOKEN}"}, 200),
            (ELSEWHERE, {"Authorization": f"bearer {TOKEN}"}, 200),
            (ELSEWHERE, {"Authorization": f"Basic {TOKEN}"}, 403),
            (ELSEWHERE, {"Authorization": f"Bearer {TOKEN[:-1]}"}, 403),
            (ELSEWHERE, {"Authorization": "Bearer é"}, 403),
            (ELSEWHERE, {"Authorization": "Bearer "}, 403),
            # Behind a proxy on the same machine the whole world seems to come from here.
            ({}, {"X-Forwarded-For": "192.0.2.7"}, 403),
            ({}, {"Forwarded": "for=192.0.2.7"}, 403),
            ({}, {"X-Forwarded-For": "127.0.0.1"}, 403),
            ({}, {"X-Forwarded-For": "192.0.2.7", "Authorization": f"Bearer {TOKEN}"}, 200),
        ],
    )
    def test_by_place_or_token(self, app, environment, headers, status):
        answer = app.test_client().get("/metrics", environ_overrides=environment, headers=headers)
        assert answer.status_code == status
        assert TOKEN not in answer.text
        if status == 403:
            assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}"])
def test_without_a_token_in_the_settings_nobody_elsewhere_reads_the_metrics(app, given):
    answer = app.test_client().get("/metrics", environ_overrides=ELSEWHERE, headers={"Authorization": given})
    assert answer.status_code == 403


def test_metrics_of_the_database(migrated, clock):
    sign(migrated, clock, ago=12)
    with migrated.app_context(), transaction() as session:
        tally.store(
            session,
            {
                Kind("essai", "accepted", "accepted", "0.05"): Count(3, 0.1),
                Kind("essai", "accepted", "accepted", "+Inf"): Count(1, 70.0),
                Kind("essai", "transient", "due", "0.05"): Count(2, 0.06),
                Kind("essai", "transient", "failed", "0.05"): Count(1, 0.04),
            },
        )
        tally.store(session, {Kind("essai", "accepted", "accepted", "0.05"): Count(1, 0.02)})
        now = clock.now()
        session.execute(
            sa.insert(channel_checks),
            [{"channel_id": "essai", "next_at": now, "checked_at": now, "fault": '{"msgid": "no", "params": {}}'}],
        )
    found = scraped(migrated.test_client())
    essai, accepted = ("channel", "essai"), ("outcome", "accepted")
    assert found["hub_database_up",] == 1
    assert found["hub_deliveries_total", essai, accepted] == 5
    assert found["hub_deliveries_total", essai, ("outcome", "failed")] == 1
    assert ("hub_deliveries_total", essai, ("outcome", "due")) not in found
    assert found["hub_attempt_seconds_bucket", essai, ("le", "0.01"), accepted] == 0
    assert found["hub_attempt_seconds_bucket", essai, ("le", "0.05"), accepted] == 4
    assert found["hub_attempt_seconds_bucket", essai, ("le", "60.0"), accepted] == 4
    assert found["hub_attempt_seconds_count", essai, accepted] == 5
    assert found["hub_attempt_seconds_sum", essai, accepted] == pytest.approx(70.12)
    assert found["hub_attempt_seconds_count", essai, ("outcome", "transient")] == 3
    assert found["hub_dispatchers",] == 1
    assert found["hub_dispatcher_seen_seconds",] == pytest.approx(12)
    assert found["hub_outbox_due", essai] == 0
    assert found["hub_outbox_oldest_seconds", essai] == 0
    assert found["hub_sending_stopped",] == 0
    assert found["hub_channel_well", essai] == 0


def test_requests_are_counted_refused_ones_and_odd_methods_too(app):
    client = app.test_client()
    client.get("/healthz")
    client.get("/healthz")
    client.get("/no/such/page")
    client.open("/healthz", method="BREW")
    client.get("/metrics", environ_overrides=ELSEWHERE)
    found = scraped(client)
    totals = {}
    for key, value in found.items():
        if key[0] == "hub_http_requests_total":
            labels = dict(key[1:])
            assert re.fullmatch(r"\d+", labels.pop("process"))
            totals[labels["endpoint"], labels["method"], labels["status"]] = value
    assert totals["probes.healthz", "GET", "200"] == 2
    assert totals["metrics.metrics", "GET", "403"] == 1
    assert ("none", "other", "405") in totals
    assert not any("BREW" in str(key) for key in totals)


def test_metrics_without_a_database(tmp_path, clock):
    settings = make_settings(tmp_path / "var", {}, "postgresql+psycopg://nobody@127.0.0.1:1/none")
    found = scraped(create_app(settings, clock=clock).test_client())
    assert found["hub_database_up",] == 0
    assert not any(key[0].startswith("hub_outbox") for key in found)


def test_openmetrics_for_who_asks_for_it(app):
    answer = app.test_client().get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.mimetype == "application/openmetrics-text"
    assert answer.text.endswith("# EOF\n")
