"""Findings in SARIF 2.1.0, the format that editors and code hosts show beside the lines of a file.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hub.kernel.phrase import Phrase
from hub.message_maps.lint.accepted import acceptance
from hub.message_maps.lint.engine import RULES
from hub.message_maps.lint.rule import Finding, Grade
from hub.message_maps.model import Accepted
from hub.message_maps.yaml_tree import MapFault

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FAULT = "FORM"
_FORM = Phrase("The file follows the format of message maps")
_LEVELS = {Grade.ERROR: "error", Grade.WARNING: "warning", Grade.ADVICE: "note"}

Say = Callable[[Phrase], str]


def sarif(
    faults: Iterable[MapFault],
    findings: Iterable[Finding],
    files: Mapping[str, str],
    accepted: Mapping[str, Sequence[Accepted]],
    say: Say,
    language: str,
) -> dict[str, Any]:
    """One run of the linter as a SARIF document.

    Args:
        faults: mistakes of form, as results of the rule ``FORM``.
        findings: what the rules say.
        files: situation id -> file, relative to the directory of the maps.
        accepted: situation id -> its accepted warnings, which become suppressions with their reason.
        say: puts a phrase into the reader's language.
        language: of the reasons.
    """
    results = [_fault(fault, say) for fault in faults]
    for finding in findings:
        result = _result(finding, files.get(finding.situation, finding.situation), say)
        reason = acceptance(finding, accepted.get(finding.situation, ()))
        if reason is not None:
            text = reason.reason.get(language) or next(iter(reason.reason.values()), "")
            result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": text}]
        results.append(result)
    driver = {"name": "Tocsin message maps", "rules": _rules(say)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rules(say: Say) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {FAULT: {"id": FAULT, "shortDescription": {"text": say(_FORM)}}}
    for rule in RULES:
        # Several checks share an id; the first one, in the order of the code, speaks for all.
        found.setdefault(
            rule.id,
            {
                "id": rule.id,
                "shortDescription": {"text": say(rule.statement)},
                "help": {"text": say(rule.advice)},
                "defaultConfiguration": {"level": _LEVELS[rule.severity]},
                "properties": {"source": rule.source},
            },
        )
    return list(found.values())


def _result(finding: Finding, file: str, say: Say) -> dict[str, Any]:
    place = [word for word in (finding.message, finding.form, finding.language, finding.part) if word]
    location: dict[str, Any] = {"physicalLocation": _physical(file, finding.line)}
    if place:
        name = "/".join((finding.situation, *place))
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "member"}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": say(finding.phrase)},
        "locations": [location],
    }
    if finding.span is not None:
        # The span counts in the text as it is read, without tags; the line of the file is that of the whole text.
        result["properties"] = {"span": list(finding.span)}
    return result


def _fault(fault: MapFault, say: Say) -> dict[str, Any]:
    physical = _physical(fault.file, fault.line)
    if fault.line and fault.column:
        physical["region"]["startColumn"] = fault.column
    return {
        "ruleId": FAULT,
        "level": "error",
        "message": {"text": say(fault.phrase)},
        "locations": [{"physicalLocation": physical}],
    }


def _physical(file: str, line: int) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": file}}
    if line:
        physical["region"] = {"startLine": line}
    return physical
