"""The maps that are shipped are complete and clean."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.kernel.settings import load
from hub.message_maps.check import Checked, check
from hub.message_maps.lint.rule import Grade
from hub.message_maps.lint.table import with_table
from hub.message_maps.model import FORMS, Kind
from hub.message_maps.rules import Rules

# The forms and kinds of the first release, until the content has grown into the new ones.
NEW_FORMS = {"simplified", "voice"}
FIRST_KINDS = {Kind.ALERT, Kind.UPDATE, Kind.CORRECTION, Kind.CANCEL, Kind.ALL_CLEAR}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shipped() -> Checked:
    maps = load({}).maps
    return check(ROOT / "message_maps", Rules(link_hosts=maps.link_hosts))


def test_they_have_no_fault_and_no_error(shipped: Checked) -> None:
    assert [str(fault) for fault in shipped.loaded.faults] == []
    assert [str(finding) for finding in shipped.findings if finding.severity is Grade.ERROR] == []


def test_the_situations_are_there(shipped: Checked) -> None:
    assert {path.partition("/")[2] for path in shipped.loaded.files.values()} >= {
        "river_flood.yaml",
        "toxic_cloud.yaml",
        "siren_by_mistake.yaml",
        "water_unsafe.yaml",
        "forest_fire.yaml",
        "power_cut.yaml",
    }


def test_each_level_has_every_kind_in_every_form_and_language(shipped: Checked) -> None:
    for situation in shipped.loaded.situations:
        for level in situation.levels:
            kinds = {message.kind for message in situation.messages if message.level == level}
            assert kinds >= FIRST_KINDS, (situation.id, level)
        for message in situation.messages:
            assert set(message.variants) >= set(FORMS) - NEW_FORMS, (situation.id, message.id)
            assert all({"fr", "en"} <= set(languages) for languages in message.variants.values())


def test_each_alert_reaches_an_end(shipped: Checked) -> None:
    for situation in shipped.loaded.situations:
        for message in situation.messages:
            seen, queue = set(), [message.id]
            while queue:
                name = queue.pop()
                if name not in seen:
                    seen.add(name)
                    queue += situation.message(name).followups.values()
            assert {situation.message(name).kind for name in seen} & {Kind.CANCEL, Kind.ALL_CLEAR}


def test_the_page_for_authors_lists_the_rules_as_they_are() -> None:
    page = (ROOT / "docs" / "message_maps.md").read_text(encoding="utf-8")
    assert with_table(page) == page, "run: .venv/bin/python -m hub.message_maps.lint.table"
