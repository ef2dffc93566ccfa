"""What the rules are shown: a text analysed once, the message it belongs to, the map around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from hub.message_maps import wording
from hub.message_maps.lint import signs
from hub.message_maps.lint.vocabulary import TRIGGER_WORDS, TRIGGERS
from hub.message_maps.model import PLACES, Level, Message, PlaceholderType, Situation, Variant
from hub.message_maps.rules import Rules
from hub.message_maps.tagged import Segment

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ACCENTED = "àâäáçéèêëíìîïñóòôöúùûüÿ"
# One character here costs one everywhere, hides nothing, and marks no link, address, tag or entity.
_PLAIN = frozenset(_LETTERS + _LETTERS.upper() + _ACCENTED + _ACCENTED.upper() + "0123456789 .,:;!?'\"()-/\n{}_%+=$*")
_DIGITS = frozenset("0123456789")
# Everything that separates words, as a table for `str.translate`: far faster than a regular expression.
_APART = {ord(sign): " " for sign in ".,:;!?'\"()-/\n{}%+=$*[]<>&@#|\u00a0\u2019«»“”…"}
_MOMENTS = frozenset({PlaceholderType.TIME, PlaceholderType.DATE, PlaceholderType.DURATION})
_NOTHING: Mapping[str, int] = {}
_PUNCTUATION = " .,:;!?'\"()-/\n"


@dataclass(frozen=True, slots=True)
class Fillings:
    """Values for all placeholders: the longest in a text, the longest on a panel, the examples of each language."""

    worst: Mapping[str, str]
    panel: Mapping[str, str]
    examples: Mapping[str, Mapping[str, str]]


_NUMBERS = re.compile(r"\d+")
_PHONE_DIGITS = 6
Value = TypeVar("Value")


class _Lazy(Generic[Value]):
    """A value worked out when it is first asked for; `functools.cached_property` takes a lock each time."""

    def __init__(self, work_out: Callable[..., Value]) -> None:
        self.work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, found: None, owner: type) -> _Lazy[Value]: ...

    @overload
    def __get__(self, found: object, owner: type) -> Value: ...

    def __get__(self, found: object | None, owner: type) -> Value | _Lazy[Value]:
        if found is None:
            return self
        value = self.work_out(found)
        vars(found)[self.name] = value
        return value


class Contents:
    """What the text rules look at in one text, worked out once, however many forms borrow it.

    ``segments``: of all parts in order. ``everything``: all parts without tags, blanks as ``{name}``. ``plain``: the
    same without accents and capitals; ``words``: its words. ``elements``: tag -> all text under it. ``signs``: what
    shows at a glance.
    """

    def __init__(self, parts: Variant, language: str, situation: Situation, worst: Mapping[str, str]) -> None:
        self.parts = parts
        self.language = language
        self._worst = worst
        tagged = list(parts.values())
        self.segments: tuple[Segment, ...] = tagged[0].segments if len(tagged) == 1 else _joined(parts)
        self.tags: tuple[str, ...]
        text = tagged[0].template if len(tagged) == 1 else "\n".join([each.template for each in tagged])
        odd = "{{" in text or "}}" in text
        self.everything = text.replace("{{", "{").replace("}}", "}") if odd else text
        self.plain = wording.bare(text).lower()
        self.words = self.plain.translate(_APART).split()
        self.signs = self._look(text, situation) | (signs.ODD if odd else 0)

    def _look(self, text: str, situation: Situation) -> int:
        found = 0
        characters = set(text)
        if not characters <= _PLAIN:
            found = signs.ODD
        if not characters.isdisjoint(_DIGITS):
            found |= signs.DIGIT
        if "  " in text or "___" in text:
            found |= signs.GAP
        triggers = TRIGGERS.get(self.language, _NOTHING)
        for word in TRIGGER_WORDS.get(self.language, frozenset()).intersection(self.words):
            found |= triggers[word]
        if "://" in text or "www." in self.plain:
            found |= signs.ADDRESS
        if "xxx" in self.plain:
            found |= signs.LEFTOVER
        return found | self._elements_of(situation)

    def _elements_of(self, situation: Situation) -> int:
        found = 0
        elements: dict[str, str] = {}
        blanks = situation.placeholders
        of_element = signs.ELEMENT_SIGNS
        for tag, template, names in self.segments:
            elements[tag] = f"{elements[tag]}\n{template}" if tag in elements else template
            if template.strip(_PUNCTUATION):
                found |= of_element.get(tag, 0)
            for name in names:
                blank = blanks.get(name)
                if blank is None:
                    continue
                if tag == "L" and blank.type in PLACES:
                    found |= signs.PLACE_BLANK
                elif tag == "T" and blank.type in _MOMENTS:
                    found |= signs.TIMED
                if blank.type is PlaceholderType.URL:
                    found |= signs.ADDRESS
        self.elements = elements
        self.tags = tuple([segment[0] for segment in self.segments])
        return found

    @_Lazy
    def shown(self) -> Mapping[str, str]:
        """Each part without tags, blanks as ``{name}``."""
        return {part: tagged.shown for part, tagged in self.parts.items()}

    @_Lazy
    def worst(self) -> Mapping[str, str]:
        """Each part with every blank at its longest."""
        return {part: tagged.template.format_map(self._worst).strip() for part, tagged in self.parts.items()}

    @_Lazy
    def guidance(self) -> list[str]:
        """The sentences under [G]."""
        return wording.sentences(self.elements["G"]) if "G" in self.elements else []

    @_Lazy
    def guidance_plain(self) -> list[str]:
        """The same without accents and capitals."""
        return wording.sentences(wording.bare(self.elements["G"]).lower()) if "G" in self.elements else []

    @_Lazy
    def imperative(self) -> list[bool]:
        """Which of these sentences tell people what to do."""
        pattern = wording.PLAIN_ACTIONS.get(self.language)
        if pattern is None:
            return [True] * len(self.guidance_plain)
        return [pattern.search(sentence) is not None for sentence in self.guidance_plain]

    @_Lazy
    def actions(self) -> list[str]:
        """The sentences under [G] that tell people what to do."""
        return [sentence for sentence, tells in zip(self.guidance, self.imperative, strict=True) if tells]

    @_Lazy
    def numbers_like_a_phone(self) -> bool:
        """Whether the digits could be those of a telephone number."""
        return sum(map(len, _NUMBERS.findall(self.everything))) >= _PHONE_DIGITS

    @_Lazy
    def sentences(self) -> list[str]:
        """The sentences of all parts."""
        return wording.sentences(self.everything)


def _joined(parts: Variant) -> tuple[Segment, ...]:
    return tuple([segment for tagged in parts.values() for segment in tagged.segments])


class TextView:
    """One message in one form and one language, as the text rules see it."""

    __slots__ = ("contents", "fillings", "form", "language", "level", "message", "parts", "rules", "situation")

    def __init__(self, around: MessageView, form: str, language: str, contents: Contents) -> None:
        self.situation = around.situation
        self.message = around.message
        self.level = around.level
        self.rules = around.rules
        self.fillings = around.fillings
        self.form = form
        self.language = language
        self.parts = contents.parts
        self.contents = contents

    @property
    def segments(self) -> tuple[Segment, ...]:
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
    def plain(self) -> str:
        """All parts in one text, without accents and capitals."""
        return self.contents.plain

    @property
    def elements(self) -> Mapping[str, str]:
        """Element tag -> all text under it."""
        return self.contents.elements

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


class MessageView:
    """One message with all its texts."""

    def __init__(self, situation: Situation, message: Message, rules: Rules, fillings: Fillings) -> None:
        self.situation = situation
        self.message = message
        self.level: Level = situation.level_of(message)
        self.rules = rules
        self.fillings = fillings
        self.texts = self._texts()
        self.own = [text for text in self.texts if text.form not in message.same_as]

    def _texts(self) -> list[TextView]:
        read: dict[int, Contents] = {}
        found = []
        for form, languages in self.message.variants.items():
            for language in self.rules.languages:
                parts = languages.get(language)
                if not parts:
                    continue
                contents = read.get(id(parts))
                if contents is None:
                    contents = read[id(parts)] = Contents(parts, language, self.situation, self.fillings.worst)
                found.append(TextView(self, form, language, contents))
        return found

    def text(self, form: str, language: str) -> TextView | None:
        """One text, if the message has it."""
        return next((text for text in self.texts if text.form == form and text.language == language), None)


@dataclass(frozen=True)
class SituationView:
    """A whole map with all its messages."""

    situation: Situation
    rules: Rules
    messages: tuple[MessageView, ...]


@dataclass(frozen=True, slots=True)
class RenderedView:
    """One finished text, as it would be sent: part -> text."""

    situation: Situation
    message: Message
    form: str
    language: str
    parts: Mapping[str, str]
    rules: Rules
