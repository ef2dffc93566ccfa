"""Loads and lints a directory of maps in one go: for authors, for the command line and for the start of the hub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.message_maps.lint import Finding, errors, lint
from hub.message_maps.loader import Loaded, load_directory
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
