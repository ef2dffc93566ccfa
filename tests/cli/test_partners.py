"""``flask hub partner``: from a new partner to a key that opens the API, and out again."""

import json

import pytest

from hub.cli import hub


@pytest.fixture
def run(app, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(hub, ["partner", *arguments])


def opens(app, key):
    answer = app.test_client().get("/api/v1/alerts", headers={"Authorization": f"Bearer {key}"})
    return answer.status_code == 200


def test_a_key_opens_the_api_until_it_is_revoked(run, app):
    assert run("add", "sdis76", "SDIS 76").exit_code == 0
    made = run("key", "sdis76", "--exercise", "--json")
    key = json.loads(made.stdout)["key"]
    assert opens(app, key)
    listed = run("list").stdout
    assert "sdis76: SDIS 76 [alert.read, alert.send, map.read, rumour.report]" in listed
    assert "exercise: last used" in listed
    assert key not in listed
    assert run("revoke", key.split("_")[2]).exit_code == 0
    assert not opens(app, key)
    assert "revoked 20" in run("list").stdout


def test_a_key_is_printed_once_and_its_kind_must_be_said(run):
    run("add", "sdis76", "SDIS 76", "--scope=alert.read")
    refused = run("key", "sdis76")
    assert (refused.exit_code, "there is no default" in refused.stderr) == (1, True)
    assert "tocsin_live_" in run("key", "sdis76", "--live").stdout
    [line] = json.loads(run("list", "--json").stdout)
    assert (line["scopes"], [key["kind"] for key in line["keys"]]) == (["alert.read"], ["live"])


def test_a_disabled_partner_is_out(run, app):
    run("add", "sdis76", "SDIS 76")
    key = json.loads(run("key", "sdis76", "--live", "--json").stdout)["key"]
    assert run("disable", "sdis76").exit_code == 0
    assert not opens(app, key)
    assert run("disable", "sdis76").exit_code == 1
    assert run("list").stdout.splitlines()[0].endswith("disabled")
