"""What a linter rule is, what it is shown, and what it says. The rules themselves are in the modules beside this one.

A rule looks at one text (one form of one message in one language), at one message, at one level, or at a whole
situation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.model import FORMS, Kind, Level, Message, PlaceholderType, Situation, Variant
from hub.message_maps.rules import Rules
from hub.message_maps.tagged import Segment

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


class Contents:
    """What the text rules look at in one text, worked out once, however many forms borrow it.

    ``segments``: of all parts in order. ``shown``: each part without tags, blanks as ``{name}``. ``everything``: all
    parts. ``elements``: tag -> all text under it. ``latin``: no character beyond Latin-1, so nothing invisible, no
    emoji.
    """

    __slots__ = ("_actions", "elements", "everything", "language", "latin", "segments", "shown")

    def __init__(self, parts: Variant, language: str) -> None:
        self.language = language
        self.segments = [segment for tagged in parts.values() for segment in tagged.segments]
        self.shown = {part: tagged.shown for part, tagged in parts.items()}
        self.everything = "\n".join(self.shown.values())
        self.elements: dict[str, str] = {}
        for tag, template, _names in self.segments:
            self.elements[tag] = f"{self.elements[tag]}\n{template}" if tag in self.elements else template
        self.latin = _is_latin(self.everything)
        self._actions: list[str] | None = None

    @property
    def actions(self) -> list[str]:
        """The sentences under [G] that tell people what to do."""
        if self._actions is None:
            self._actions = wording.actions(self.elements.get("G", ""), self.language)
        return self._actions


def _is_latin(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class TextView:
    """One message in one form and one language, as the text rules see it."""

    situation: Situation
    message: Message
    level: Level
    form: str
    language: str
    parts: Variant
    rules: Rules
    fillings: Fillings
    contents: Contents

    @property
    def segments(self) -> list[Segment]:
        """The segments of all parts in order."""
        return self.contents.segments

    @property
    def shown(self) -> Mapping[str, str]:
        """Each part without tags, blanks shown as ``{name}``."""
        return self.contents.shown

    @property
    def everything(self) -> str:
        """All parts in one text."""
        return self.contents.everything

    @property
    def elements(self) -> Mapping[str, str]:
        """Element tag -> all text under it."""
        return self.contents.elements

    def worst_parts(self) -> dict[str, str]:
        """Each part with every blank at its longest."""
        return {part: tagged.filled(self.fillings.worst) for part, tagged in self.parts.items()}

    def has_blank(self, tag: str, types: Collection[PlaceholderType]) -> bool:
        """Whether a placeholder of one of these types stands under a tag."""
        known = self.situation.placeholders
        return any(
            known[name].type in types
            for segment in self.contents.segments
            if segment.tag == tag
            for name in segment.names
            if name in known
        )


@dataclass(frozen=True, slots=True)
class RenderedView:
    """One finished text, as it would be sent: part -> text."""

    situation: Situation
    message: Message
    form: str
    language: str
    parts: Mapping[str, str]
    rules: Rules


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
