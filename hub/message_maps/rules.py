"""What a linter rule is, what it is shown, and what it says. The rules themselves are in the ``lint_*`` modules.

A rule looks at one text (one form of one message in one language), at one message, at one level, or at a whole
situation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from hub.channels.text import LED_COLUMNS, LED_LINES, SMS_SEGMENTS
from hub.kernel.phrase import Phrase
from hub.message_maps.model import FORMS, Kind, Level, Message, PlaceholderType, Situation, Variant
from hub.message_maps.tagged import Blank, Segment

ALL_KINDS = frozenset(Kind)


class Grade(StrEnum):
    """How much a finding weighs: an error keeps a map from being used, the others are for its author."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Scope(StrEnum):
    """What a rule looks at."""

    TEXT = "text"
    MESSAGE = "message"
    SITUATION = "situation"
    RENDERED = "rendered"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the linter must know of the installation: languages of the site, hosts that may be linked, house limits."""

    languages: tuple[str, ...] = ("fr", "en")
    link_hosts: tuple[str, ...] = ()
    sms_segments: int = SMS_SEGMENTS
    led_lines: int = LED_LINES
    led_columns: int = LED_COLUMNS


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule says about one place. ``line`` is the line of the map file, 0 when unknown.

    ``span`` is the stretch of the shown text that it is about, as start and end offsets, when there is one.
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


@dataclass(frozen=True, slots=True)
class Fillings:
    """Values for all placeholders: the longest in a text, the longest on a panel, the examples of each language."""

    worst: Mapping[str, str]
    panel: Mapping[str, str]
    examples: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class TextView:
    """One message in one form and one language, as the text rules see it. Blanks are shown as ``{name}``."""

    situation: Situation
    message: Message
    level: Level
    form: str
    language: str
    parts: Variant
    rules: Rules
    fillings: Fillings

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The segments of all parts in order."""
        return tuple(segment for tagged in self.parts.values() for segment in tagged.segments)

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """Each part without tags, blanks shown as ``{name}``."""
        return {part: "".join(map(show, tagged.segments)) for part, tagged in self.parts.items()}

    @cached_property
    def everything(self) -> str:
        """All parts in one text."""
        return "\n".join(self.shown.values())

    @cached_property
    def elements(self) -> Mapping[str, str]:
        """Element tag -> all text under it."""
        found: dict[str, list[str]] = {}
        for segment in self.segments:
            found.setdefault(segment.tag, []).append(show(segment))
        return {tag: "\n".join(texts) for tag, texts in found.items()}

    @cached_property
    def worst_parts(self) -> Mapping[str, str]:
        """Each part with every blank at its longest."""
        return {part: tagged.filled(self.fillings.worst) for part, tagged in self.parts.items()}

    def blanks(self, tag: str) -> Iterator[str]:
        """The names of the placeholders that stand under a tag."""
        for segment in self.segments:
            if segment.tag == tag:
                yield from segment.blanks()

    def has_blank(self, tag: str, types: Iterable[PlaceholderType]) -> bool:
        """Whether a placeholder of one of these types stands under a tag."""
        known = self.situation.placeholders
        return any(known[name].type in types for name in self.blanks(tag) if name in known)


@dataclass(frozen=True, slots=True)
class RenderedView:
    """One finished text, as it would be sent: part -> text."""

    situation: Situation
    message: Message
    form: str
    language: str
    parts: Mapping[str, str]
    rules: Rules


def show(segment: Segment) -> str:
    """A segment's text with its blanks as ``{name}``."""
    return "".join(f"{{{piece.name}}}" if isinstance(piece, Blank) else piece for piece in segment.pieces)


TextCheck = Callable[[TextView], Iterable[Remark]]
MessageCheck = Callable[[Situation, Message, Rules], Iterable[Remark]]
SituationCheck = Callable[[Situation, Rules], Iterable[Remark]]
RenderedCheck = Callable[[RenderedView], Iterable[Remark]]
AnyCheck = TypeVar("AnyCheck", bound=Callable[..., Iterable[Remark]])


@dataclass(frozen=True)
class Rule:
    """One rule. ``borrowed``: it also looks at a form that borrows its text from another one (lengths do)."""

    id: str
    statement: Phrase
    severity: Grade
    scope: Scope
    source: str
    check: Callable[..., Iterable[Remark]]
    kinds: frozenset[Kind] = ALL_KINDS
    forms: tuple[str, ...] = FORMS
    borrowed: bool = field(default=False)


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
        kinds: Iterable[Kind] = ALL_KINDS,
        forms: Iterable[str] = FORMS,
        borrowed: bool = False,
    ) -> Callable[[AnyCheck], AnyCheck]:
        """Registers the check below it. A rule id may have several checks, one for each scope."""

        def register(check: AnyCheck) -> AnyCheck:
            self.rules.append(
                Rule(rule_id, statement, severity, scope, source, check, frozenset(kinds), tuple(forms), borrowed)
            )
            return check

        return register
