"""What may be published: the shipped maps as they are; a map with an unexplained warning only when it says why."""

from __future__ import annotations

import shutil
from pathlib import Path

from hub.kernel.settings import load
from hub.message_maps.check import check
from hub.message_maps.rules import Rules
from tests.message_maps.samples import MAPS, RULES

SHIPPED = Path(__file__).resolve().parents[3] / "message_maps"


def test_each_warning_of_the_shipped_maps_has_its_reason() -> None:
    checked = check(SHIPPED, Rules(link_hosts=load({}).maps.link_hosts))
    assert [str(finding) for finding in checked.unexplained] == []
    assert checked.publishable == list(checked.loaded.situations)


def test_a_map_without_its_reasons_is_left_out_alone(tmp_path: Path) -> None:
    maps = tmp_path / "maps"
    shutil.copytree(MAPS, maps)
    sound = maps / "natural" / "flood.yaml"
    text = sound.read_text(encoding="utf-8")
    bare = text.partition("accepted:")[0].replace("id: nat.flood", "id: nat.other")
    (maps / "natural" / "other.yaml").write_text(bare, encoding="utf-8")
    checked = check(maps, RULES)
    assert checked.sound
    assert [situation.id for situation in checked.publishable] == ["nat.flood"]
    assert {(f.situation, f.rule) for f in checked.unexplained} == {
        ("nat.other", rule) for rule in ("MAP-02", "MAP-06", "LIF-06")
    }


def test_a_reason_for_nothing_is_told(tmp_path: Path) -> None:
    maps = tmp_path / "maps"
    shutil.copytree(MAPS, maps)
    with (maps / "natural" / "flood.yaml").open("a", encoding="utf-8") as file:
        file.write("  - {rule: STY-07, message: act.first, reason: {fr: Avant, en: Before}}\n")
    checked = check(maps, RULES)
    assert [(f.rule, f.message) for f in checked.unexplained] == [("MAP-09", "act.first")]
    assert checked.publishable == []
