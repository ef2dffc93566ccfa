"""What `flask hub maps lint` and `flask hub maps rules` print: for people, as JSON, and as SARIF."""

from __future__ import annotations

from typing import Any

import click

from hub.cli.speech import said, say, terminal_language
from hub.message_maps.check import Checked
from hub.message_maps.lint import Finding
from hub.message_maps.lint.accepted import acceptance
from hub.message_maps.lint.rule import Rule
from hub.message_maps.lint.sarif import sarif
from hub.message_maps.lint.table import forms_of, in_order, kinds_of


def tell(checked: Checked) -> None:
    """One line a fault or finding, then the totals."""
    for fault in checked.loaded.faults:
        click.echo(f"{fault.file}:{fault.line}:{fault.column}: {said(fault.phrase)}")
    for finding in checked.findings:
        _tell_finding(checked, finding)
    say(
        "%(situations)s situations, %(faults)s faults, %(findings)s findings, %(open)s warnings without a reason",
        situations=len(checked.loaded.situations),
        faults=len(checked.loaded.faults),
        findings=len(checked.findings),
        open=len(checked.unexplained),
    )


def tell_accepted(checked: Checked) -> None:
    """Every warning that a map accepts, with its reason: what the linter is wrong about, or right about in vain."""
    accepted = [finding for finding in checked.findings if _reason(checked, finding)]
    for finding in accepted:
        _tell_finding(checked, finding)
    say("%(count)s warnings are accepted", count=len(accepted))


def _tell_finding(checked: Checked, finding: Finding) -> None:
    place = f"{checked.loaded.files[finding.situation]}:{finding.line}"
    reason = _reason(checked, finding)
    excuse = f" ({reason})" if reason else ""
    where = " ".join(word for word in (finding.message, finding.form, finding.language, finding.part) if word)
    click.echo(f"{place}: {finding.severity} {finding.rule} [{where}]: {said(finding.phrase)}{excuse}")


def as_json(checked: Checked) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "situations": [situation.id for situation in checked.loaded.situations],
        "faults": [
            {"file": fault.file, "line": fault.line, "column": fault.column, "detail": said(fault.phrase)}
            for fault in checked.loaded.faults
        ],
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "file": checked.loaded.files[finding.situation],
                "line": finding.line,
                "situation": finding.situation,
                "message": finding.message,
                "form": finding.form,
                "language": finding.language,
                "part": finding.part,
                "span": finding.span,
                "detail": said(finding.phrase),
                "accepted": _reason(checked, finding),
            }
            for finding in checked.findings
        ],
    }


def as_sarif(checked: Checked) -> dict[str, Any]:
    """The same for editors and code hosts."""
    accepted = {situation.id: situation.accepted for situation in checked.loaded.situations}
    loaded = checked.loaded
    return sarif(loaded.faults, checked.findings, loaded.files, accepted, said, terminal_language())


def _reason(checked: Checked, finding: Finding) -> str | None:
    """Why a warning is accepted, in the reader's language."""
    entry = acceptance(finding, checked.accepted_of(finding.situation))
    return None if entry is None else entry.reason.get(terminal_language()) or next(iter(entry.reason.values()))


def tell_rules() -> None:
    """Each rule with what it is for and what to do."""
    for rule in in_order():
        click.echo(f"{rule.id} {rule.severity} [{kinds_of(rule)}; {forms_of(rule)}]")
        click.echo(f"    {said(rule.statement)} ({rule.source})")
        click.echo(f"    -> {said(rule.advice)}")


def rules_as_json() -> list[dict[str, Any]]:
    """The same for scripts."""
    return [_rule(rule) for rule in in_order()]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "severity": rule.severity,
        "statement": said(rule.statement),
        "advice": said(rule.advice),
        "source": rule.source,
        "messages": sorted(rule.kinds),
        "forms": list(rule.forms),
        "scope": rule.scope,
        "enforced": None if rule.enforced is None else said(rule.enforced),
    }
