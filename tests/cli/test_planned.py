"""Planning an alert from the command line, and taking it back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.alerts.test_planned import local
from tests.cli.test_commands import FLOOD, empty_app, ready, run

__all__ = ["empty_app", "ready", "run"]


def test_an_alert_is_planned_listed_and_taken_back(ready, clock):
    at = datetime.now(UTC) + timedelta(hours=2)
    clock.set(datetime.now(UTC))
    times = [
        f"--set={name}={local(at + timedelta(minutes=minutes))[-5:]}"
        for name, minutes in (("heure_fin", 240), ("prochain", 30))
    ]
    options = [option for option in FLOOD if "=heure_fin=" not in option and "=prochain=" not in option]
    made = ready("trigger", *options, *times, "--exercise", "--yes", "--at", local(at))
    assert made.exit_code == 0, made.output
    assert "Planned as" in made.stdout
    [listed] = json.loads(ready("planned", "list", "--json").stdout)
    assert (listed["state"], listed["exercise"], listed["reason"]) == ("planned", True, None)
    assert listed["identifier"] in ready("planned", "list").stdout
    assert ready("planned", "cancel", listed["identifier"]).exit_code == 0
    assert json.loads(ready("planned", "list", "--json").stdout) == []
    again = ready("planned", "cancel", listed["identifier"])
    assert (again.exit_code, "meanwhile" in again.output) == (1, True)
    past = ready("trigger", *options, *times, "--exercise", "--yes", "--at", "2026-01-01T10:00")
    assert (past.exit_code, "past or too near" in past.output) == (1, True)
