"""The score of a text, and the findings in SARIF 2.1.0."""

from __future__ import annotations

import pytest

from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps.check import check
from hub.message_maps.lint import Grade, lint, score
from hub.message_maps.lint.engine import RULES as ALL_RULES
from hub.message_maps.lint.sarif import sarif
from hub.message_maps.yaml_tree import MapFault
from tests.message_maps.lint.cases_contents import ALL, LONG, SMS, VOICE, G, H, S, T, U
from tests.message_maps.samples import MAPS, RULES, changed, flood

BLANKS = ALL.replace(S, "[S]Mairie de {commune}. ")


def test_a_good_text_has_all_points() -> None:
    found = score(flood(), "act.first", "x", "fr", RULES)
    assert (found.contents, found.order, found.length, found.plain) == (dict.fromkeys("SHLTG", 12), 10, 15, 15)
    assert found.total == 100


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        (BLANKS.replace(H, ""), (48, 10, 15, 15)),
        (BLANKS.replace(H, "").replace(T, ""), (36, 10, 15, 15)),
        (BLANKS.replace(U, "") + "[S]Mairie de {commune}. " + U, (60, 10, 15, 15)),
        (H + BLANKS.replace(H, ""), (60, 0, 15, 15)),
        (BLANKS + "mot " * 60, (60, 10, 0, 10)),
        (BLANKS + "Il semblerait que tout tienne.", (60, 10, 15, 10)),
        (BLANKS.replace(H, "[H]Crue. "), (60, 10, 15, 13)),
    ],
)
def test_what_is_missing_costs_points(said: str, parts: tuple[int, int, int, int]) -> None:
    found = score(changed({SMS: said}), "act.first", "sms", "fr", RULES)
    assert (sum(found.contents.values()), found.order, found.length, found.plain) == parts
    assert 0 <= found.total == sum(parts)


def test_a_score_is_asked_of_a_text_that_is_there() -> None:
    with pytest.raises(NotFound):
        score(flood(), "act.first", "sms", "de", RULES)


def test_sarif_has_what_the_standard_requires() -> None:
    situation = changed({SMS: ALL.replace(H, ""), LONG: ALL + "Voir le dicrim.", VOICE: ALL.replace(G, "")})
    findings = lint(situation, RULES)
    fault = MapFault("natural/broken.yaml", 3, 7, Phrase("the text is empty"))
    files = {situation.id: "natural/flood.yaml"}
    report = sarif([fault], findings, files, {situation.id: situation.accepted}, str, "fr")
    assert (report["version"], len(report["runs"])) == ("2.1.0", 1)
    (run,) = report["runs"]
    known = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["tool"]["driver"]["name"]
    assert len(known) == len(set(known)) == len({rule.id for rule in ALL_RULES}) + 1
    assert len(run["results"]) == len(findings) + 1
    for result in run["results"]:
        assert result["ruleId"] in known
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] in {"natural/broken.yaml", "natural/flood.yaml"}
        assert location["physicalLocation"].get("region", {"startLine": 1})["startLine"] >= 1
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 7}
    spans = [result["properties"]["span"] for result in run["results"] if result["ruleId"] == "STY-03"]
    assert [end - start for start, end in spans] == [len("dicrim")]


def test_an_accepted_warning_is_a_suppression_with_its_reason() -> None:
    findings = lint(flood(), RULES)
    report = sarif([], findings, {}, {"nat.flood": flood().accepted}, str, "fr")
    reasons = {result["ruleId"]: result.get("suppressions") for result in report["runs"][0]["results"]}
    assert reasons["MAP-06"] == [
        {"kind": "external", "status": "accepted", "justification": "Un petit plan pour les tests."}
    ]


def test_a_directory_knows_its_unexplained_warnings() -> None:
    checked = check(MAPS, RULES)
    assert checked.sound
    assert checked.unexplained == []
    assert {f.rule for f in checked.of("nat.flood") if f.severity is Grade.WARNING} == {"MAP-02", "MAP-06", "LIF-06"}
