"""The web server dies, or what it stands on goes away, while an alert is triggered: faults F1, F2, F3, F9."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import sqlalchemy as sa

from hub.alerts.models import Alert
from tests.faults.invariants import found, violations
from tests.faults.town import draft, open_town

pytestmark = pytest.mark.postgres

RECEIVERS = 10
OUTAGE_SECONDS = 2.0
AT_ONCE = 20


@pytest.fixture(scope="module")
def only_town(tmp_path_factory, durable_postgres, redis_process):
    durable_postgres.start()
    with open_town(
        tmp_path_factory.mktemp("town"), RECEIVERS, durable_postgres, redis_process, ["mortal-web", "worker-0"]
    ) as town:
        yield town


@pytest.fixture
def town(only_town, postgres_server, redis_server):
    """One for all tests of this file: a hub of five processes is slow to start."""
    assert only_town.wait_until_web_answers()
    yield only_town
    assert only_town.wait_until_quiet(60)
    rows = found(only_town.app, "hook")
    assert violations(rows, only_town.hook_hits(), all_accepted=True) == []
    mails = found(only_town.app, "mail")
    assert violations(mails, only_town.mail_hits(mails), remembers=False) == []


def alerts(town) -> int:
    return town.scalar(sa.select(sa.func.count()).select_from(Alert))


def shown(town):
    return town.insist("/alerts/preview", draft(), "preview", 200).json()["confirmation"]


@pytest.mark.parametrize(("moment", "stored"), [("before", 0), ("after", 1)])
def test_kill_9_around_the_commit_of_an_alert(town, moment, stored):
    """F2 and F1: nothing exists, or the alert exists once and is sent without a further click."""
    confirmation, before = shown(town), alerts(town)
    (town.directory / "wish").write_text(moment, encoding="ascii")
    with pytest.raises(requests.ConnectionError):
        town.post("/alerts", confirmation, f"kill-{moment}")
    assert not (town.directory / "wish").exists(), "it died of something else"
    assert alerts(town) == before + stored
    if stored:
        assert town.wait_until(lambda: town.hook_hits().total() == RECEIVERS * (before + 1))
    answers = [town.insist("/alerts", confirmation, f"kill-{moment}", 201) for _ in range(2)]
    assert {answer.json()["identifier"] for answer in answers} == {confirmation["identifier"]}
    assert alerts(town) == before + 1


def test_the_same_post_many_times_at_once_is_one_alert(town):
    """F3, over the wire."""
    confirmation, before = shown(town), alerts(town)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: town.post("/alerts", confirmation, "double"), range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert alerts(town) == before + 1


def test_postgresql_is_away_when_an_alert_is_triggered(town, postgres_server):
    """F9: never a yes; the answer says when to ask again, and then the same key makes the one alert."""
    confirmation, before = shown(town), alerts(town)
    postgres_server.stop()
    refused = town.post("/alerts", confirmation, "away")
    assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/problem+json")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["type"] == "/problems/unavailable"
    for path in ("/", "/console/"):
        page = requests.get(town.environment["HUB_SITE_BASE_URL"] + path, timeout=10, cookies={"hub": "x"})
        assert page.status_code in {200, 503}, path
        assert page.status_code == 200 or int(page.headers["Retry-After"]) > 0
    time.sleep(OUTAGE_SECONDS)  # the outage itself
    postgres_server.start()
    answers = [town.insist("/alerts", confirmation, "away", 201) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert alerts(town) == before + 1
