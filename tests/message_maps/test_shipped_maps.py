"""The maps that are shipped are complete and clean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.kernel.settings import load
from hub.message_maps.check import Checked, check
from hub.message_maps.lint.rule import Grade
from hub.message_maps.lint.table import with_table
from hub.message_maps.model import FORMS, Kind, Phase, Situation, State
from hub.message_maps.rules import Rules

# What each level of danger has; a level that only advises or answers has none of it.
LADDER = {Kind.ALERT, Kind.UPDATE, Kind.NO_CHANGE, Kind.CORRECTION, Kind.CANCEL, Kind.ALL_CLEAR}
ADVICE = {Kind.PREVENTION, Kind.RECOVERY, Kind.DEBUNK}
SILENT = {"led", "cap", "voice"}  # forms in which a rumour is not answered
# The situations that are shipped, each with the number of its messages.
SHIPPED = {
    "com.rumour": 8,
    "com.siren.false": 8,
    "com.test": 8,
    "hea.water.unsafe": 15,
    "nat.fire.forest": 22,
    "nat.flood.flash": 15,
    "nat.flood.river": 22,
    "nat.wind.storm": 15,
    "net.power.cut": 15,
    "sec.attack": 15,
    "tec.nuclear.shelter": 15,
    "tec.seveso.toxic": 15,
    "tec.tmd.road": 22,
    "tec.uxo.evac": 15,
}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shipped() -> Checked:
    maps = load({}).maps
    return check(ROOT / "message_maps", Rules(link_hosts=maps.link_hosts))


def test_they_have_no_fault_and_no_error(shipped: Checked) -> None:
    assert [str(fault) for fault in shipped.loaded.faults] == []
    assert [str(finding) for finding in shipped.findings if finding.severity is Grade.ERROR] == []


def test_each_warning_has_its_reason(shipped: Checked) -> None:
    assert [str(finding) for finding in shipped.unexplained] == []
    assert shipped.publishable == list(shipped.loaded.situations)


def test_the_situations_are_there(shipped: Checked) -> None:
    assert {situation.id: len(situation.messages) for situation in shipped.loaded.situations} == SHIPPED
    assert all(situation.status is State.APPROVED for situation in shipped.loaded.situations)


def test_each_level_of_danger_has_every_kind_in_every_form_and_language(shipped: Checked) -> None:
    for situation in shipped.loaded.situations:
        for level in _levels_of_danger(situation):
            kinds = {message.kind for message in situation.messages if message.level == level}
            assert kinds >= LADDER, (situation.id, level)
        for message in situation.messages:
            forms = set(FORMS) - (SILENT if message.kind is Kind.DEBUNK else set())
            assert set(message.variants) == forms, (situation.id, message.id)
            assert all({"fr", "en"} <= set(languages) for languages in message.variants.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_it_speaks_before_during_and_after_and_comes_down_by_steps(shipped: Checked, name: str) -> None:
    situation = next(each for each in shipped.loaded.situations if each.id == name)
    assert {message.phase for message in situation.messages} == set(Phase)
    ranks = {level: situation.levels[level].rank for level in _levels_of_danger(situation)}
    lowered = {message.level for message in situation.messages if message.kind is Kind.DE_ESCALATE}
    assert lowered >= {level for level, rank in ranks.items() if rank < max(ranks.values())}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_instruction_goes_back_to_a_source(shipped: Checked, name: str) -> None:
    situation = next(each for each in shipped.loaded.situations if each.id == name)
    used = {action for message in situation.messages for action in message.actions}
    assert used == set(situation.actions)
    assert all(fact.source for message in situation.messages for fact in situation.facts_of(message))


def test_each_alert_reaches_an_end(shipped: Checked) -> None:
    for situation in shipped.loaded.situations:
        for message in situation.messages:
            if message.kind not in ADVICE:
                reached = _reached(situation, message.id)
                assert {situation.message(name).kind for name in reached} & {Kind.CANCEL, Kind.ALL_CLEAR}


def test_no_text_holds_a_telephone_number(shipped: Checked) -> None:
    """Numbers are blanks, or stand in the town's register: one city's printed sheet had a wrong one."""
    number = re.compile(r"\b0\d(?:[ .]?\d\d){4}\b")
    assert [where for where, text in _texts(shipped) if number.search(text)] == []


def test_iodine_is_taken_on_the_word_of_the_prefect_only(shipped: Checked) -> None:
    taking = re.compile(r"\b(?:prenez|avalez|take) (?:de l'|du|des|vos|your )?(?:comprimés|iode|iodine)", re.IGNORECASE)
    told = re.compile(
        r"que si le préfet|only if the prefect|wait for the prefect|\bne prenez pas|\bdo not take", re.IGNORECASE
    )
    sentences = [
        (where, sentence)
        for where, text in _texts(shipped)
        for sentence in re.split(r"(?<=[.!?])\s+", text)
        if taking.search(sentence)
    ]
    assert sentences
    assert [where for where, sentence in sentences if not told.search(sentence)] == []


def test_no_blank_of_an_attack_can_hold_where_the_police_are(shipped: Checked) -> None:
    attack = next(each for each in shipped.loaded.situations if each.id == "sec.attack")
    asked = {blank.name for blank in attack.placeholders.values() if not blank.filled_in and not blank.corrects}
    assert asked == {"zones", "prochain"}


def _texts(shipped: Checked) -> list[tuple[str, str]]:
    """Every text of every map with the place where it stands, a segment at a time."""
    return [
        (f"{situation.id} {message.id} {form} {language} {part}", segment.template)
        for situation in shipped.loaded.situations
        for message in situation.messages
        for form, languages in message.variants.items()
        for language, parts in languages.items()
        for part, tagged in parts.items()
        for segment in tagged.segments
    ]


def _levels_of_danger(situation: Situation) -> set[str]:
    return {message.level for message in situation.messages if message.kind is Kind.ALERT}


def _reached(situation: Situation, start: str) -> set[str]:
    seen, queue = set(), [start]
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += situation.message(name).followups.values()
    return seen


def test_the_page_for_authors_lists_the_rules_as_they_are() -> None:
    page = (ROOT / "docs" / "message_maps.md").read_text(encoding="utf-8")
    assert with_table(page) == page, "run: .venv/bin/python -m hub.message_maps.lint.table"
