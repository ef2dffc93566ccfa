"""The command line, from an empty directory to a corrected exercise."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from flask import Flask

from hub.app import create_app
from hub.cli import boot, hub
from hub.kernel.db import db

Command = Callable[..., Result]

FLOOD = [
    "nat.flood.river",
    "act.first",
    "--commune=76901",
    "--set=riviere.fr=la Lise",
    "--set=riviere.en=the Lise",
    "--set=zones=Bas-Bourg, rue du Pont",
    "--set=heure_fin=23:00",
    "--set=prochain=18:30",
]


@pytest.fixture
def empty_app(settings, clock) -> Iterator[Flask]:
    """An application whose database has no tables yet."""
    app = create_app(settings, clock=clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def run(empty_app, monkeypatch) -> Command:
    monkeypatch.setenv("LC_ALL", "C")
    runner = empty_app.test_cli_runner()
    return lambda *arguments, **options: runner.invoke(hub, list(arguments), **options)


@pytest.fixture
def ready(run, empty_app, stages) -> Command:
    def build() -> None:
        assert run("init").exit_code == 0

    stages.enter(empty_app, "initialised", build)
    return run


def identifier_of(result: Result) -> str:
    return str(re.search(r"^Sent as (\S+)$", result.stdout, re.MULTILINE)[1])


def test_init_makes_everything_once(run, settings):
    first = run("init")
    assert first.exit_code == 0, first.output
    assert re.search(r"One-time password: \S{12,}", first.stdout)
    assert "Message maps published" in first.stdout
    assert settings.database_url.removeprefix("sqlite:///").endswith("hub.sqlite")
    again = run("init")
    assert again.exit_code == 0
    assert "password" not in again.stdout
    assert "published" not in again.stdout


def test_init_speaks_french_in_a_french_terminal(run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert "Mot de passe à usage unique" in run("init").stdout


def test_officers_are_added_reset_and_disabled(ready):
    added = ready("officer", "add", "claire", "Claire Dupont", "--role", "viewer", "--json")
    assert len(json.loads(added.stdout)["one_time_password"]) >= 12
    assert ready("officer", "add", "claire", "Claire Dupont").exit_code == 1
    assert "One-time password of claire" in ready("officer", "reset", "claire").stdout
    assert ready("officer", "disable", "claire").exit_code == 0
    unknown = ready("officer", "disable", "nobody")
    assert (unknown.exit_code, "nobody" in unknown.stderr) == (1, True)


def test_the_shipped_maps_pass_and_a_broken_one_is_named_by_line(ready, empty_app, tmp_path):
    assert ready("maps", "lint").exit_code == 0
    accepted = ready("maps", "lint", "--accepted").stdout.splitlines()
    assert [line.partition(" [")[0].rpartition(" ")[2] for line in accepted[:-1]] == ["STY-06", "STY-06"]
    assert accepted[-1] == "2 warnings are accepted"
    report = json.loads(ready("maps", "lint", "--json").stdout)
    assert "nat.flood.river" in report["situations"]
    assert report["faults"] == []
    assert json.loads(ready("maps", "lint", "--format", "sarif").stdout)["version"] == "2.1.0"


def test_the_rules_tell_the_writer_what_to_do(ready):
    shown = ready("maps", "rules").stdout
    assert "CMP-09 error" in shown
    rules = json.loads(ready("maps", "rules", "--json").stdout)
    assert {"rule", "statement", "advice", "source", "severity"} <= set(rules[0])
    assert all(rule["advice"] for rule in rules)


def test_an_exercise_goes_out_and_is_corrected(ready, settings):
    sent = ready("trigger", *FLOOD, "--exercise", "--yes", "--wait=0")
    assert sent.exit_code == 4, sent.output  # no server runs: it waits in the outbox
    assert "EXERCICE EXERCICE EXERCICE" in sent.stdout
    assert ready("dispatch").exit_code == 0
    identifier = identifier_of(sent)
    status = ready("status", identifier, "--json")
    assert status.exit_code == 0
    assert json.loads(status.stdout)["states"] == {"accepted": 3}
    correction = ready(
        "follow",
        identifier,
        "act.correction",
        "--set=erreur=rue du Port",
        "--set=juste=rue du Pont",
        "--yes",
        "--wait=0",
    )
    assert correction.exit_code == 4, correction.output
    assert ready("dispatch").exit_code == 0
    assert len(list((settings.data.directory / "public" / "cap").glob("*.xml"))) == 2
    assert ready("audit", "verify").exit_code == 0


def test_the_word_must_be_typed(ready):
    refused = ready("trigger", *FLOOD, "--exercise", "--wait=0", input="yes\n")
    assert refused.exit_code == 1
    assert "the word is EXERCICE" in refused.stderr
    assert "Sent as" not in refused.stdout
    sent = ready("trigger", *FLOOD, "--real", "--wait=0", input="ALERTE\n")
    assert "Sent as " in sent.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([*FLOOD], "--exercise: Say --exercise or --real"),
        (["nat.flood.rivr", "act.first", "--exercise"], "nat.flood.rivr"),
        (["nat.flood.river", "act.frist", "--exercise"], "act.frist"),
        ([*FLOOD, "--exercise", "--set=zones"], "--set: Write NAME=VALUE, not zones"),
        ([*FLOOD, "--exercise", "--area=/nowhere.json"], "--area: The file cannot be read"),
        ([*FLOOD[:2], "--exercise"], "blanks.zones"),
        ([*FLOOD, "--exercise", "--commune=00000"], "00000"),
        ([*FLOOD, "--exercise", "--channel=fax"], "fax"),
        ([*FLOOD, "--exercise", "--expires=2020-01-01T00:00"], "expires"),
    ],
)
def test_a_wrong_trigger_is_refused_and_names_the_field(ready, arguments, expected):
    result = ready("trigger", *arguments, "--yes")
    assert result.exit_code == 1
    assert expected in result.stderr
    assert "Traceback" not in result.output


def test_destinations_are_kept_for_channels_that_have_many(ready):
    refused = ready("destination", "add", "flux-cap", "https://partner.example/hook")
    assert (refused.exit_code, "address" in refused.stderr) == (1, True)
    unknown = ready("destination", "add", "fax", "x")
    assert "There is no channel fax" in unknown.stderr
    listed = json.loads(ready("destination", "list", "--json").stdout)
    assert {row["channel_id"] for row in listed} == {"flux-cap", "site-public", "essai"}


def test_the_switch_stops_everything(ready):
    assert ready("sending", "stop", "drill is over").exit_code == 0
    sent = ready("trigger", *FLOOD, "--exercise", "--yes", "--wait=0")
    ready("dispatch", "--timeout=1")
    assert json.loads(ready("status", identifier_of(sent), "--json").stdout)["states"] == {"due": 3}
    assert ready("sending", "resume").exit_code == 0
    assert ready("dispatch").exit_code == 0
    assert json.loads(ready("status", identifier_of(sent), "--json").stdout)["states"] == {"accepted": 3}


def test_a_tampered_audit_log_is_told(ready, empty_app):
    with empty_app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.exec_driver_sql("UPDATE audit_entry SET actor_name = 'someone else' WHERE seq = 1")
        connection.commit()
    result = ready("audit", "verify")
    assert result.exit_code == 1
    assert "entry 1" in result.stdout


def test_wrong_settings_end_with_their_list(monkeypatch):
    monkeypatch.setenv("HUB_DELIVERY_THREADS", "0")
    with pytest.raises(SystemExit, match=r"\[delivery\] threads: expected a whole number"):
        boot()
