"""``flask hub rumours``: a report by telephone, what waits, and what is erased."""

import json
from datetime import timedelta

import pytest

from hub.cli import hub
from hub.rumours import work
from tests.rumours.conftest import ANNE
from tests.rumours.uploads import jpeg_with_place

SAID = ("--heard-on=phone", "--commune=76901", "--json")


@pytest.fixture
def run(app, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(hub, ["rumours", *arguments])


def test_from_a_call_to_its_end(app, run, clock, tmp_path):
    picture = tmp_path / "photo"
    picture.write_bytes(jpeg_with_place())
    more = (f"--picture={picture}", "--contact=0612345678", "--seen-at=2026-11-21T17:00")
    made = json.loads(run("report", "Le pont de la Lise est parti", *SAID, *more).stdout)
    with app.app_context():
        rumour_id = work.open_rumour(app.extensions["hub"].rumours, {"fr": "Le pont."}, actor=ANNE)
    listed = run("list").stdout
    assert rumour_id in listed
    assert made["report"] in listed
    assert "1 rumours under way, 1 reports to read" in listed
    [shown] = json.loads(run("show", made["report"], "--json").stdout)["reports"]
    assert (shown["contact_kept"], shown["via"], shown["seen_at"]) == (
        True,
        "command_line",
        "2026-11-21T16:00:00+00:00",
    )
    assert "0612345678" not in run("show", made["report"]).stdout
    assert json.loads(run("show", rumour_id, "--json").stdout)["rumour"]["claim"] == {"fr": "Le pont."}
    assert "Erased: 0 contacts" in run("erase").stdout
    clock.advance(timedelta(days=31).total_seconds())
    assert json.loads(run("erase", "--json").stdout)["contacts"] == 1
    assert json.loads(run("show", made["report"], "--json").stdout)["reports"][0]["contact_kept"] is False


def test_refusals_have_their_exit_code(run):
    wrong = run("report", "court", "--heard-on=sms")
    assert wrong.exit_code == 1
    assert "text" in wrong.stderr
    assert "commune" in wrong.stderr
    assert run("report", "assez long", "--heard-on=pigeon").exit_code == 2
    assert run("show", "nothing").exit_code == 1
