"""Every way in which a map file can be wrong is refused with its place and what would be right; none is a crash."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from hub.message_maps.check import check
from hub.message_maps.loader import load_directory
from hub.message_maps.model import Accepted, Validation
from hub.message_maps.model_json import from_json, to_json
from hub.message_maps.yaml_tree import MAX_BYTES, MapFault
from tests.message_maps.samples import FLOOD_FILE, MAPS, RULES, flood

SOUND = FLOOD_FILE.read_text(encoding="utf-8")


def load(tmp_path: Path, content: str | bytes) -> tuple[MapFault, ...]:
    """The faults of the sample map with another content."""
    shutil.copytree(MAPS, tmp_path / "maps", dirs_exist_ok=True)
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    (tmp_path / "maps" / "natural" / "flood.yaml").write_bytes(raw)
    loaded = load_directory(tmp_path / "maps", RULES)
    assert bool(loaded.faults) != bool(loaded.situations)
    return loaded.faults


def line_of(content: str, fragment: str) -> int:
    return content[: content.index(fragment)].count("\n") + 1


def test_the_sample_loads(tmp_path: Path) -> None:
    assert load(tmp_path, SOUND) == ()
    situation = flood()
    message = situation.message("act.first")
    assert message.variant("bluesky", "fr") is message.variant("x", "fr")
    assert message.variant("led", "en")["page3"].source == "[G]GO UPSTAIRS"
    assert message.variant("x", "fr")["text"].line == line_of(SOUND, "[I]L'eau emporte. ")
    assert situation.level_of(message).rank == 2
    assert message.placeholders == {"commune", "riviere", "zones", "fin", "prochain", "url"}


# What is replaced by what, and what the fault on the replaced line says.
PAGES = '"[H]CRUE EN COURS", "[L]{zones}", "[G]MONTEZ'
TITLE = 'title: {fr: "Crue de rivière", en: "River flood"}'
ALERT = "title: {fr: Première alerte,"
ONE_FAULT = [
    ("schema: tocsin-map/1", "schema: tocsin-map/2", "tocsin-map/1"),
    ("  version: 1", "  version: zero", "a whole number from 1"),
    ("  version: 1", "  version: 0", "a whole number from 1"),
    ("  status: approved", "  status: aproved", "did you mean `approved`"),
    ("reviewed_on: 2026-11-20", "reviewed_on: 2026-13-20", "a date such as"),
    ("  family: natural", "  famly: natural", "`famly` is unknown; did you mean `family`?"),
    ("  kinetics: slow", "  kinetics: [slow]", "slow, fast, sudden"),
    (TITLE, "title: {fr: Crue}", "language `en` is missing"),
    (TITLE, "title: {fr: Crue, en: Flood, english: x}", "no language code"),
    ("  oet: [OET-081]", "  oet: [81]", "OET-081"),
    ("  oet: [OET-081]", "  oet: []", "at least one entry"),
    ("cap: {category: [Met]", "cap: {category: [Weather]", "not one of Geo, Met"),
    ("source: S1}", "source: S2}", "`S2` is unknown"),
    ('area: {fr: "{zones} ({commune})"', 'area: {fr: "Rivemont"', "must name a place"),
    ("fin: {type: time,", "fin: {type: hour,", "not one of text, place"),
    ("zones: {type: list, max: 36,", "zones: {type: list,", "`max` is missing"),
    (
        "erreur: {type: text, corrects: wrong, max: 24,",
        "erreur: {type: text, max: 24, required: yes,",
        "expected true or false",
    ),
    (
        "erreur: {type: text, corrects: wrong, max: 24,",
        "erreur: {type: enum, corrects: wrong, max: 24,",
        "`values` goes with type enum",
    ),
    ("fin: {type: time, max: 5,", "fin: {type: time, max: 5, per_language: true,", "only for text, place and list"),
    ("from: authority.commune", "from: authority.town", "authority.commune"),
    ("{rank: 2, label:", "{rank: 2, colour: red, label:", "`colour` is unknown"),
    ("urgency: Immediate, severity: Severe", "urgency: Now, severity: Severe", "not one of Immediate"),
    ("    level: act\n    kind: alert", "    level: actt\n    kind: alert", "did you mean `act`"),
    ("kind: correction", "kind: corection", "did you mean `correction`"),
    ("escalate: evacuate.first", "escalate: evacuate.frist", "did you mean `evacuate.first`"),
    ("escalate: evacuate.first", "escalat: evacuate.first", "did you mean `escalate`"),
    ("  - id: act.update", "  - id: act.first", "stands twice"),
    ("  - id: act.update", "  - id: Act Update", "act.first"),
    (PAGES, PAGES.replace("[H]", "[Z]"), "is no tag"),
    (PAGES, PAGES.replace("[H]", ""), "start with a tag"),
    ("INFO À {prochain}", "INFO À {prochian}", "did you mean `prochain`"),
    ("INFO À {prochain}", "INFO À {{7*7}}", "no placeholder"),
    ("bluesky: {same_as: x}", "bluesky: {same_as: cap}", "another text form"),
    ("bluesky: {same_as: x}", "bluesky: {same_as: mastodon}", "text of its own"),
    ("bluesky: {same_as: x}", "tiktok: {same_as: x}", "`tiktok` is unknown"),
    ('headline: "[H]CRUE : [G]montez', 'headlines: "[H]CRUE : [G]montez', "did you mean `headline`"),
    (ALERT, 'title: {fr: "",', "the text is empty"),
    (ALERT, 'title: {fr: "a\\x07b",', "control character"),
    (ALERT, "title: {fr: Un, fr: Deux,", "stands twice"),
    (ALERT, "title: {fr: &a Alerte,", "an anchor"),
    (ALERT, "title: {fr: *a ,", "an alias"),
    (ALERT, "title: {fr: !!python/object/apply:os.system [id],", "a tag"),
    (ALERT, "title: {fr: [Alerte],", "expected a text"),
    (ALERT, "title: {fr: 'Alerte,", "not YAML"),
    ("levels:\n", "---\nlevels:\n", "second document"),
    ("levels:\n", "levels: {}\nlevel:\n", "keys and values"),
    ("facts: [B1]}", "facts: [B9]}", "`B9` is unknown"),
    ("facts: [B1]}", "facts: []}", "at least one entry"),
    ("  - {id: monter,", "  - {id: Monter,", "a word such as `monter`"),
    ('text: {fr: "Montez à l\'étage.", en', 'text: {fr: "Montez {ou}.", en', "`ou` is unknown"),
    ("actions:\n", "actions:\n  - {id: monter, text: {fr: a, en: b}, facts: [B1]}\n", "stands twice"),
    ("actions: [monter]", "actions: [descendre]", "`descendre` is unknown"),
    ("    actions: [monter]", "    status: approved\n    actions: [monter]", "`draft`, or no `status`"),
    ("source: S1}", "source: S1, validated: {by: Anne}}", "`on` is missing"),
    ("source: S1}", "source: S1, validated: {by: Anne, on: hier}}", "a date such as"),
    ("source: S1}", "source: S1, note: {fr: Attention}}", "language `en` is missing"),
    ("  version: 1", "  aliases: [Nat Flood]\n  version: 1", "is no id"),
    ("type: url, max: 32, from: authority.url", "type: url, max: 32, from: number.gaz", "only for phone"),
    ("type: url, max: 32, from: authority.url", "type: phone, max: 32, from: number.Gaz", "is not one of"),
    ("  - id: act.update", "  - id: act.update\n    kinds: x", "did you mean `kind`"),
    ("{update: act.update", "{no_change: act.same, update: act.update", "`act.same` is unknown"),
]


ACCEPTED = '{rule: STY-05, message: act.first, form: long, language: fr, reason: {fr: "Un nom", en: "A name"}}'
WRONG_ACCEPTED = [
    ("STY-05", "sty5", "STY-05"),
    ("act.first", "act.frist", "did you mean `act.first`"),
    ("form: long", "form: lang", "did you mean `long`"),
    ("language: fr", "language: de", "known are fr, en"),
    (', en: "A name"', "", "language `en` is missing"),
]


def accepting(content: str, entry: str) -> str:
    """A map with one more accepted warning."""
    return content.replace("\naccepted:\n", f"\naccepted:\n  - {entry}\n", 1)


@pytest.mark.parametrize(("old", "new", "says"), WRONG_ACCEPTED)
def test_an_accepted_warning_says_which_and_why(tmp_path: Path, old: str, new: str, says: str) -> None:
    (fault,) = load(tmp_path, accepting(SOUND, ACCEPTED.replace(old, new)))
    assert says in str(fault.phrase)


def test_the_optional_parts_are_read(tmp_path: Path) -> None:
    content = SOUND.replace(
        "source: S1}", "validated: {by: SDIS 76, on: 2026-11-20}, note: {fr: Non sourcé, en: No source}}"
    )
    content = content.replace("  version: 1", "  aliases: [nat.old]\n  version: 1")
    content = content.replace("    actions: [monter]", "    status: draft\n    actions: [monter]", 1)
    content = content.replace(
        "type: url, max: 32, from: authority.url", "type: phone, max: 14, from: number.gas_emergency"
    )
    assert load(tmp_path, accepting(content, ACCEPTED)) == ()
    (situation,) = load_directory(tmp_path / "maps", RULES).situations
    (fact,) = situation.facts
    assert (fact.source, fact.validated, fact.note["en"]) == (
        "",
        Validation("SDIS 76", date(2026, 11, 20)),
        "No source",
    )
    assert situation.aliases == ("nat.old",)
    assert [message.id for message in situation.messages if message.draft] == ["act.first"]
    assert situation.placeholders["url"].filled_in
    assert situation.placeholders["url"].number == "gas_emergency"
    reason = {"fr": "Un nom", "en": "A name"}
    assert situation.accepted[0] == Accepted("STY-05", reason, "act.first", "long", "fr")
    assert from_json(to_json(situation)) == situation


@pytest.mark.parametrize(("old", "new", "says"), ONE_FAULT)
def test_a_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    content = SOUND.replace(old, new, 1)
    assert content != SOUND
    start = line_of(SOUND, old)
    faults = load(tmp_path, content)
    matching = [fault for fault in faults if says in str(fault.phrase)]
    assert matching, "\n".join(map(str, faults))
    assert all(fault.file == "natural/flood.yaml" for fault in faults)
    if says != "not YAML":  # an open quote is only noticed further down
        assert any(start - 4 <= fault.line <= start + new.count("\n") + 1 for fault in matching), matching
        assert all(fault.column > 0 for fault in matching)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    content = SOUND
    for old, new, _ in ONE_FAULT[1:8]:
        content = content.replace(old, new, 1)
    assert len(load(tmp_path, content)) >= 6


@pytest.mark.parametrize("section", ["situation", "placeholders", "levels", "messages"])
def test_a_missing_section_is_named(tmp_path: Path, section: str) -> None:
    faults = load(tmp_path, SOUND.replace(f"\n{section}:", f"\n{section}x:", 1))
    said = " ".join(str(fault.phrase) for fault in faults)
    assert f"`{section}` is missing" in said
    assert f"did you mean `{section}`?" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("- a\n- b\n", "keys and values at the top"),
        ("just words\n", "keys and values at the top"),
        ("[" * 10_000, "nested deeper"),
        ("{a: " * 10_000, "nested deeper"),
        ("a:\n" + "".join("  " * n + "a:\n" for n in range(1, 40)), "nested deeper"),
        ("? [a, b]\n: c\n", "a simple word"),
        ("a: 1\n\tb: 2\n", "not YAML"),
        ("a: b: c\n", "not YAML"),
        ("a: \x00\n", "U+0000"),
        (b"a: caf\xe9\n", "not UTF-8"),
        (b"\xff\xfea\x00:\x00", "not UTF-8"),
        ("a: \ud800\n", "not UTF-8"),
        ('a: "\\ud800"\n', "not YAML"),
        ("a: " + "x" * MAX_BYTES, "larger than"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "an anchor"),
        ("<<: {a: 1}\n", "`<<` is unknown"),
        ("%TAG ! tag:example.org,2026:\n---\na: !b c\n", "a tag"),
        ("a: 1\n...\njunk\n", "not YAML"),
    ],
)  # fmt: skip
def test_what_is_no_map_is_refused(tmp_path: Path, content: str | bytes, says: str) -> None:
    faults = load(tmp_path, content)
    assert says in " ".join(str(fault.phrase) for fault in faults)


@pytest.mark.parametrize("cut", range(0, len(SOUND), 499))
def test_a_file_cut_short_is_never_a_crash(tmp_path: Path, cut: int) -> None:
    load(tmp_path, SOUND[:cut])


def test_words_of_yaml_stay_words(tmp_path: Path) -> None:
    shutil.copytree(MAPS, tmp_path / "maps")
    content = SOUND.replace("title: {fr: Première alerte, en: First alert}", "title: {fr: Oui, en: No}")
    (tmp_path / "maps" / "natural" / "flood.yaml").write_text(content, encoding="utf-8")
    (situation,) = load_directory(tmp_path / "maps", RULES).situations
    assert situation.message("act.first").title["en"] == "No"


def test_an_id_used_twice_is_named(tmp_path: Path) -> None:
    shutil.copytree(MAPS, tmp_path / "maps")
    (tmp_path / "maps" / "natural" / "other.yaml").write_text(SOUND, encoding="utf-8")
    loaded = load_directory(tmp_path / "maps", RULES)
    assert [str(fault) for fault in loaded.faults] == [
        "natural/other.yaml:1:1: the situation id `nat.flood` is already used in natural/flood.yaml; ids are unique"
    ]


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    shutil.copytree(MAPS, tmp_path / "maps")
    (tmp_path / "maps" / "natural" / "broken.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "maps" / "natural" / "named.yml").write_text("a: b", encoding="utf-8")
    loaded = load_directory(tmp_path / "maps", RULES)
    assert [situation.id for situation in loaded.situations] == ["nat.flood"]
    assert {fault.file for fault in loaded.faults} == {"natural/broken.yaml", "natural/named.yml"}


def test_faults_of_the_sources_are_named(tmp_path: Path) -> None:
    shutil.copytree(MAPS, tmp_path / "maps")
    sources = "schema: tocsin-sources/9\nsources:\n  S1: {title: a, publisher: b, adress: c, seen: soon}\n"
    (tmp_path / "maps" / "sources.yaml").write_text(sources, encoding="utf-8")
    said = [str(fault) for fault in load_directory(tmp_path / "maps", RULES).faults]
    assert len(said) == 4
    assert any("sources.yaml:3" in fault and "did you mean `address`" in fault for fault in said)


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    loaded = load_directory(tmp_path / "nowhere", RULES)
    assert not loaded.situations
    assert "does not exist" in str(loaded.faults[0])


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    shutil.copytree(MAPS, tmp_path / "maps")
    (tmp_path / "maps" / "natural" / "gone.yaml").symlink_to(tmp_path / "nowhere")
    faults = load_directory(tmp_path / "maps", RULES).faults
    assert "cannot be read" in str(faults[0])


def test_an_author_sees_faults_and_findings_with_their_lines(tmp_path: Path) -> None:
    shutil.copytree(MAPS, tmp_path / "maps")
    assert check(tmp_path / "maps", RULES).sound
    path = tmp_path / "maps" / "natural" / "flood.yaml"
    path.write_text(SOUND.replace(PAGES, PAGES.replace("[H]CRUE EN COURS", "[T]MAINTENANT")), encoding="utf-8")
    checked = check(tmp_path / "maps", RULES)
    assert not checked.sound
    line = line_of(SOUND, PAGES)
    assert any(text.startswith(f"natural/flood.yaml:{line}: error CMP-02") for text in checked.lines())
