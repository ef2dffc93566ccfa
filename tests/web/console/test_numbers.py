"""The town's register of numbers in the console, and on the command line."""

from __future__ import annotations

import json

import pytest

from hub.cli import hub

ENTRY = {
    "key": "gas_emergency",
    "number": "0800473333",
    "label.fr": "Urgence gaz",
    "label.en": "Gas emergency",
    "purpose.fr": "Odeur de gaz",
    "purpose.en": "Smell of gas",
    "checked_on": "2026-11-20",
    "checked_by": "Anne Martin",
}


def test_a_number_is_entered_changed_and_deleted(anne):
    anne.get("/console/numbers")
    assert "victim_support" in anne.page, "what the maps need is named"
    anne.get("/console/numbers/new")
    anne.post("/console/numbers", {**ENTRY, "number": "112", "checked_on": "hier"})
    assert "numéro d'urgence national" in anne.page
    assert 'value="Urgence gaz"' in anne.page, "nothing typed is lost"
    anne.post("/console/numbers", ENTRY, follow_redirects=True)
    assert "08\u00a000\u00a047\u00a033\u00a033" in anne.page
    anne.post("/console/numbers", ENTRY)
    assert "déjà un numéro" in anne.page
    anne.get("/console/numbers/gas_emergency")
    anne.post("/console/numbers", {**ENTRY, "existing": "yes", "number": "02 35 00 00 00"}, follow_redirects=True)
    assert "02\u00a035\u00a000\u00a000\u00a000" in anne.page
    anne.post("/console/numbers/gas_emergency/delete", follow_redirects=True)
    assert "gas_emergency" not in anne.page.replace("Supprimé : gas_emergency", "")


def test_a_number_that_a_map_needs_stays(anne):
    anne.get("/console/numbers/new?key=victim_support")
    assert 'value="victim_support"' in anne.page
    anne.post("/console/numbers", {**ENTRY, "key": "victim_support"})
    answer = anne.post("/console/numbers/victim_support/delete")
    assert answer.status_code == 409
    assert "Rien n'a été supprimé" in anne.page


@pytest.fixture
def run(app, anne, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(hub, list(arguments))


def test_the_command_line_keeps_the_same_register(run):
    texts = [f"--{name}={language}=x" for name in ("label", "purpose") for language in ("fr", "en")]
    bad = run("numbers", "set", "gas", "12", "--label=fr=x")
    assert bad.exit_code == 1
    assert "checked_on" in bad.stderr, "all faults at once"
    assert (
        run("numbers", "set", "gas", "0800473333", *texts, "--checked-on=2026-11-20", "--checked-by=Anne").exit_code
        == 0
    )
    listed = json.loads(run("numbers", "list", "--json").stdout)
    assert [entry["number"] for entry in listed["numbers"]] == ["08 00 47 33 33"]
    assert "victim_support" in listed["missing"]
    assert run("numbers", "delete", "gas").exit_code == 0
    assert run("numbers", "delete", "gas").exit_code == 1


def test_the_command_line_tells_what_rests_on_a_source(run):
    found = json.loads(run("maps", "facts", "--source", "S30", "--json").stdout)
    assert {each["source"] for each in found} == {"S30"}
    assert any("act.first" in each["messages"] for each in found)
    assert "messages to review" in run("maps", "facts").stdout
