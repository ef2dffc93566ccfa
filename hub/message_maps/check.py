"""Loads and lints a directory of maps in one go: for authors, for the command line and for the start of the hub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.message_maps.lint import Finding, errors, lint, open_warnings, publishable
from hub.message_maps.loader import Loaded, load_directory
from hub.message_maps.model import Accepted, Situation
from hub.message_maps.rules import Rules


@dataclass(frozen=True, slots=True)
class Checked:
    """What a directory holds and everything that is to be said about it."""

    loaded: Loaded
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """No fault, and no finding that is an error."""
        return not self.loaded.faults and not errors(self.findings)

    @property
    def unexplained(self) -> list[Finding]:
        """The warnings that no map gives a reason for."""
        return [
            finding
            for situation in self.loaded.situations
            for finding in open_warnings(self.of(situation.id), situation.accepted)
        ]

    @property
    def publishable(self) -> list[Situation]:
        """The situations without an error and with a reason for each warning."""
        return [each for each in self.loaded.situations if publishable(self.of(each.id), each.accepted)]

    def of(self, situation_id: str) -> list[Finding]:
        """The findings of one situation."""
        return [finding for finding in self.findings if finding.situation == situation_id]

    def accepted_of(self, situation_id: str) -> tuple[Accepted, ...]:
        """The accepted warnings of one situation."""
        return next((each.accepted for each in self.loaded.situations if each.id == situation_id), ())

    def lines(self) -> Iterator[str]:
        """One line a fault or finding: ``file:line: ...``."""
        for fault in self.loaded.faults:
            yield f"fault {fault}"
        for finding in self.findings:
            yield f"{self.loaded.files[finding.situation]}:{finding.line}: {finding}"
        total = f"{len(self.loaded.situations)} situations, {len(self.loaded.faults)} faults"
        yield f"{total}, {len(errors(self.findings))} errors, {len(self.findings)} findings in all"


def check(directory: Path, rules: Rules) -> Checked:
    """Loads and lints every map of a directory. Nothing that a file holds makes it fail."""
    loaded = load_directory(directory, rules)
    return Checked(loaded, tuple(finding for situation in loaded.situations for finding in lint(situation, rules)))
