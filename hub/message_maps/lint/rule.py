"""What a linter rule is, and what it says. The rules themselves are in the modules beside this one.

A rule looks at one text (one form of one message in one language), at one message, at a whole situation, or at the
finished texts before they are sent. What only shows while an alert runs is in the table too, with the place that sees
to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from hub.kernel.phrase import Phrase
from hub.message_maps.model import FORMS, Kind

ALL_KINDS = frozenset(Kind)
EVERY = tuple(Kind)


class Grade(StrEnum):
    """How much a finding weighs: an error keeps a map from being used, a warning wants a reason, advice is advice."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Scope(StrEnum):
    """What a rule looks at. ``elsewhere``: the linter does not look, another part of the hub does."""

    TEXT = "text"
    MESSAGE = "message"
    SITUATION = "situation"
    RENDERED = "rendered"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule says about one place. ``line`` is the line of the map file, 0 when unknown.

    ``span`` is the stretch of the shown text (tags gone, blanks as ``{name}``) that it is about, as start and end
    offsets, when there is one.
    """

    rule: str
    severity: Grade
    situation: str
    message: str
    form: str
    language: str
    phrase: Phrase
    part: str = ""
    span: tuple[int, int] | None = None
    line: int = 0

    def __str__(self) -> str:
        place = " ".join(word for word in (self.message, self.form, self.language, self.part) if word)
        return f"{self.severity} {self.rule} {self.situation} {place}: {self.phrase}"


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check says, before the place is added to it."""

    phrase: Phrase
    part: str = ""
    span: tuple[int, int] | None = None
    form: str = ""
    language: str = ""
    message: str = ""
    line: int = 0


AnyCheck = TypeVar("AnyCheck", bound=Callable[..., Iterable[Remark]])


def _says_nothing(*_view: object) -> Iterable[Remark]:
    return ()


@dataclass(frozen=True)
class Rule:
    """One rule.

    ``advice`` tells the writer what to do. ``borrowed``: it also looks at a form that borrows its text from another
    one (lengths do). ``needs`` and ``spared`` are bits of `signs`: a text that shows none of the first, or any of the
    second, cannot break the rule. ``enforced``: for a rule that is kept elsewhere, where.
    """

    id: str
    statement: Phrase
    severity: Grade
    scope: Scope
    source: str
    advice: Phrase
    check: Callable[..., Iterable[Remark]] = _says_nothing
    kinds: frozenset[Kind] = ALL_KINDS
    forms: tuple[str, ...] = FORMS
    borrowed: bool = False
    needs: int = 0
    spared: int = 0
    enforced: Phrase | None = None


class RuleBook:
    """The rules of one module, in the order in which they are written."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def rule(
        self,
        rule_id: str,
        statement: Phrase,
        severity: Grade,
        scope: Scope,
        *,
        source: str,
        advice: Phrase,
        kinds: Iterable[Kind] = EVERY,
        forms: Iterable[str] = FORMS,
        borrowed: bool = False,
        needs: int = 0,
        spared: int = 0,
    ) -> Callable[[AnyCheck], AnyCheck]:
        """Registers the check below it. A rule id may have several checks, for different texts or scopes."""

        def register(check: AnyCheck) -> AnyCheck:
            self.rules.append(
                Rule(
                    id=rule_id,
                    statement=statement,
                    severity=severity,
                    scope=scope,
                    source=source,
                    advice=advice,
                    check=check,
                    kinds=frozenset(kinds),
                    forms=tuple(forms),
                    borrowed=borrowed,
                    needs=needs,
                    spared=spared,
                )
            )
            return check

        return register

    def elsewhere(
        self, rule_id: str, statement: Phrase, severity: Grade, *, source: str, advice: Phrase, enforced: Phrase
    ) -> None:
        """States a rule that another part of the hub sees to."""
        self.rules.append(Rule(rule_id, statement, severity, Scope.ELSEWHERE, source, advice, enforced=enforced))
