"""Maps as files on the command line."""

from __future__ import annotations

import json

import pytest

from hub.cli import hub
from hub.message_maps.exchange.formats import Format
from hub.message_maps.loader import load_directory
from hub.message_maps.rules import Rules
from tests.web.furnished import furnish

FLOOD = "nat.flood.river"


@pytest.fixture
def run(app, clock, stages, monkeypatch):
    """The command line of a hub whose maps are published."""
    stages.enter(app, "maps", lambda: furnish(app, clock))
    monkeypatch.setenv("LC_ALL", "C")
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(hub, ["maps", *map(str, arguments)])


def test_what_is_exported_changes_nothing_when_it_is_imported(run, tmp_path):
    for form in set(Format) - {Format.MARKDOWN}:
        file = tmp_path / f"map.{form}"
        assert run("export", file, "--situation", FLOOD).exit_code == 0
        again = run("import", file, "--confirm", "--json")
        assert again.exit_code == 0, again.output
        answer = json.loads(again.stdout)
        assert [(each["id"], each["fate"]) for each in answer["situations"]] == [(FLOOD, "unchanged")]
        assert answer["imported"] == []


def test_all_maps_as_a_directory_are_maps(run, tmp_path, settings):
    assert run("export", tmp_path / "maps").exit_code == 0
    sources = settings.maps.directory / "sources.yaml"
    (tmp_path / "maps" / "sources.yaml").write_bytes(sources.read_bytes())
    rules = Rules(languages=settings.site.languages, link_hosts=settings.maps.link_hosts)
    exported, own = load_directory(tmp_path / "maps", rules), load_directory(settings.maps.directory, rules)
    assert exported.faults == ()
    assert exported.situations == own.situations


def test_an_import_is_shown_and_stored_only_when_confirmed(run, tmp_path):
    file = tmp_path / "map.yaml"
    run("export", file, "--situation", FLOOD)
    file.write_text(file.read_text("utf-8").replace("kinetics: slow", "kinetics: fast"), "utf-8")
    shown = run("import", file)
    assert shown.exit_code == 0
    assert "changed situation.kinetics\n    - slow\n    + fast\n" in shown.stdout
    assert "--confirm" in shown.stdout
    assert run("export", tmp_path / "draft.mm", "--situation", FLOOD, "--draft").exit_code == 1
    assert "Situations imported as drafts: 1" in run("import", file, "--confirm").stdout
    assert run("export", tmp_path / "draft.yaml", "--situation", FLOOD, "--draft").exit_code == 0
    assert (tmp_path / "draft.yaml").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("import", "none.yaml"), "cannot be read"),
        (("import", "broken.mm"), "line 1, column"),
        (("import", "faulty.json"), "expected a whole number from 1"),
        (("export", "map.exe"), "ends in one of .yaml"),
        (("export", "map.mm", "--situation", "nat.none"), "There is no situation nat.none"),
        (("export", "broken.mm/x.mm"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(run, tmp_path, arguments, word):
    (tmp_path / "broken.mm").write_text("<map", "utf-8")
    run("export", tmp_path / "faulty.json", "--situation", FLOOD)
    content = (tmp_path / "faulty.json").read_text("utf-8").replace('"version": ', '"version": 0.')
    (tmp_path / "faulty.json").write_text(content, "utf-8")
    command, name, *rest = arguments
    answer = run(command, tmp_path / name, *rest)
    assert answer.exit_code == 1
    assert word in answer.output
