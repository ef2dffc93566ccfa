"""The command line and the map files, given rubbish: the field, the file, the line in words; nothing is done."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub.cli import hub
from hub.kernel.settings import ROOT
from tests.bad_input.conftest import nothing_stored
from tests.e2e.hub_process import PROGRAMS, hub_environment

TRIGGER = ["trigger", "nat.flood.river", "act.first", "--exercise", "--yes", "--wait=0", "--commune=76901"]
SET = [f"--set={pair}" for pair in (
    "riviere.fr=la Lise", "riviere.en=the Lise", "zones=Bas-Bourg", "heure_fin=23:00", "prochain=18:30"
)]  # fmt: skip
NOT_UTF8 = os.fsdecode(b"rue \xff")


@pytest.fixture
def run(still_town, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    runner = still_town.test_cli_runner()
    return lambda *arguments: runner.invoke(hub, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([*TRIGGER, *SET, "--set=zones=Haut-Bourg"], "--set: zones is given twice"),
        ([*TRIGGER, *SET[:2], *SET[3:], f"--set=zones={NOT_UTF8}"], "blanks.zones"),
        ([*TRIGGER, *SET, "--set==x"], "blanks."),
        ([*TRIGGER, *SET, f"--channel={NOT_UTF8}"], "channels"),
        ([*TRIGGER[:-1], *SET, f"--commune={NOT_UTF8}"], "communes"),
        ([*TRIGGER, *SET, f"--expires={NOT_UTF8}"], "expires"),
        ([*TRIGGER[:-1], *SET, "--area=/dev/zero"], "geojson: The drawing is too large"),
        ([*TRIGGER[:-1], *SET, "--area=/"], "--area"),
        (["trigger", NOT_UTF8, "act.first", "--exercise"], "no such situation"),
        (["trigger", "nat.flood.river", NOT_UTF8, "--exercise"], "no message"),
        (["follow", "\0", "act.update"], "no alert"),
        (["status", NOT_UTF8], "no alert"),
        (["officer", "add", NOT_UTF8, "x"], "login"),
        (["officer", "add", "bob", NOT_UTF8], "name"),
        (["officer", "add", "bob", "Bob", "--language=xx"], "language"),
        (["destination", "add", "essai", NOT_UTF8], "address"),
    ],
)
def test_a_wrong_command_is_refused_by_name(still_town, run, arguments, named):
    with nothing_stored(still_town):
        result = run(*arguments)
    assert result.exit_code == 1
    assert named in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**63), "9" * 3500])
def test_a_destination_of_an_impossible_number_is_wrong_usage(run, number):
    assert run("destination", "disable", "--", number).exit_code == 2


BROKEN = {
    "not YAML": "situation: [",
    "empty": "",
    "another schema": "schema: x\n",
    "a list": "- 1\n- 2\n",
    "bomb": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]\n",
    "deep": "[" * 5000,
    "a key twice": "schema: tocsin-map/1\nschema: tocsin-map/1\n",
    "a tag": "schema: !!python/object/apply:os.system ['true']\n",
    "two documents": "---\na: 1\n---\nb: 2\n",
    "too large": "# " + "x" * 1_100_000,
    "tab": "a:\n\t- 1\n",
    "NUL": "schema: tocsin-map/1\0\n",
}
CHANGES = {
    "dangling follow-up": ("update: act.update", "update: act.updaet"),
    "unknown placeholder": ("{riviere}", "{rivière}"),
    "unknown tag": ("[S]", "[Q]"),
    "unknown level": ("level: act", "level: atc"),
}


@pytest.fixture
def maps(still_town, tmp_path):
    """A copy of the shipped maps that the application reads from now on."""
    directory = tmp_path / "maps"
    shutil.copytree(ROOT / "message_maps", directory)
    settings = still_town.extensions["hub"].settings.maps
    shipped = settings.directory
    object.__setattr__(settings, "directory", directory)
    yield directory
    object.__setattr__(settings, "directory", shipped)


def refused(still_town, run, named):
    linted = run("maps", "lint")
    assert linted.exit_code == 1
    assert named in linted.stdout
    with nothing_stored(still_town):
        published = run("maps", "publish")
    assert published.exit_code == 1
    assert "Traceback" not in linted.output + published.output
    return linted.stdout


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_map_file_is_named_with_its_line_and_nothing_is_published(still_town, run, maps, content):
    (maps / "natural" / "storm.yaml").write_text(content, encoding="utf-8")
    refused(still_town, run, "natural/storm.yaml:")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00s", b"titre: \xe9t\xe9\n", bytes(range(256))])
def test_a_map_file_that_is_no_text_is_named(still_town, run, maps, content):
    (maps / "natural" / "storm.yaml").write_bytes(content)
    refused(still_town, run, "natural/storm.yaml:")


@pytest.mark.parametrize(("good", "bad"), CHANGES.values(), ids=CHANGES.keys())
def test_a_slip_in_a_map_is_named_with_its_line(still_town, run, maps, good, bad):
    file = maps / "natural" / "river_flood.yaml"
    text = file.read_text(encoding="utf-8")
    assert good in text
    file.write_text(text.replace(good, bad, 1), encoding="utf-8")
    line = text[: text.index(good)].count("\n") + 1
    told = refused(still_town, run, "natural/river_flood.yaml:")
    assert any(f"river_flood.yaml:{near}" in told for near in range(line - 3, line + 2))


def test_a_situation_that_is_there_twice_is_named(still_town, run, maps):
    shutil.copy(maps / "natural" / "river_flood.yaml", maps / "natural" / "river_again.yaml")
    assert "nat.flood.river" in refused(still_town, run, "natural/river_")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"HUB_DATABASE_URL": "postgresql+psycopg://x@127.0.0.1:1/x"}, ["The database cannot be used"]),
        ({"HUB_DATA_DIRECTORY": "/proc/nowhere"}, ["[data] directory"]),
        (
            {"HUB_DELIVERY_THREADS": "0", "HUB_SITE_TIMEZONE": "Mars", "HUB_NOPE": "1"},
            ["[delivery] threads", "[site] timezone", "HUB_NOPE"],
        ),
        ({"HUB_CHANNELS_FILE": "/nowhere.toml"}, ["/nowhere.toml"]),
    ],
)
def test_what_cannot_start_says_why_all_at_once(tmp_path, settings, told):
    environment = {**hub_environment(tmp_path / "data"), **settings}
    done = subprocess.run(
        [str(PROGRAMS / "flask"), "hub", "init"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert all(words in done.stderr for words in told), done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_database_that_is_none_is_told(tmp_path):
    (tmp_path / "hub.sqlite").write_text("This is a letter to the mayor.\n" * 100, encoding="utf-8")
    done = subprocess.run(
        [str(PROGRAMS / "flask"), "hub", "officer", "add", "bob", "Bob"],
        cwd=ROOT, env=hub_environment(tmp_path), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "file is not a database" in done.stderr
    assert Path(tmp_path / "hub.sqlite").read_text(encoding="utf-8").startswith("This is a letter")
