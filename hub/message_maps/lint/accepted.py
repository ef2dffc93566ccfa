"""Accepted warnings: what stands between the findings of a map and its publication.

Our own decision: an error blocks a version; a warning blocks it until the map says, under ``accepted``, why it is
right here; advice never blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.kernel.phrase import Phrase
from hub.message_maps.lint.rule import Finding, Grade
from hub.message_maps.model import Accepted, Situation

STALE = "MAP-09"


def covers(entry: Accepted, finding: Finding) -> bool:
    """Whether an entry speaks of a finding: the same rule, and no other place than the finding's."""
    return (
        finding.severity is Grade.WARNING
        and entry.rule == finding.rule
        and entry.message in {"", finding.message}
        and entry.form in {"", finding.form}
        and entry.language in {"", finding.language}
    )


def acceptance(finding: Finding, accepted: Iterable[Accepted]) -> Accepted | None:
    """The entry that speaks of a finding, if there is one. A stale entry (MAP-09) cannot be accepted itself."""
    if finding.rule == STALE:
        return None
    return next((entry for entry in accepted if covers(entry, finding)), None)


def open_warnings(findings: Iterable[Finding], accepted: Sequence[Accepted]) -> list[Finding]:
    """The warnings that no entry speaks of."""
    return [
        finding for finding in findings if finding.severity is Grade.WARNING and acceptance(finding, accepted) is None
    ]


def publishable(findings: Sequence[Finding], accepted: Sequence[Accepted]) -> bool:
    """Whether a version with these findings may be published: no error, and a reason for each warning."""
    return not any(finding.severity is Grade.ERROR for finding in findings) and not open_warnings(findings, accepted)


def stale(situation: Situation, findings: Sequence[Finding]) -> list[Finding]:
    """A finding of rule MAP-09 for each accepted entry that matches no warning."""
    return [
        Finding(
            rule=STALE,
            severity=Grade.WARNING,
            situation=situation.id,
            message=entry.message,
            form=entry.form,
            language=entry.language,
            phrase=Phrase("the accepted warning %(rule)s does not exist (any more)", rule=entry.rule),
            line=situation.line,
        )
        for entry in situation.accepted
        if not any(covers(entry, finding) for finding in findings)
    ]
