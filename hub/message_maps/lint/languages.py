"""Rules I18N-*: whoever reads the second language gets the same message."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from hub.kernel.phrase import Phrase
from hub.message_maps.lint import signs
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import Contents, MessageView
from hub.message_maps.model import Variant

BOOK = RuleBook()

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@BOOK.rule(
    "I18N-01",
    Phrase("Every language has the same forms, elements, placeholders and numbers"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="CAP practice",
    advice=Phrase("Compare the two texts side by side and add what one of them lacks."),
)
def languages_agree(view: MessageView) -> Iterator[Remark]:
    """A reader of the second language must not get another message."""
    message, rules = view.message, view.rules
    first = rules.languages[0]
    for form, languages in message.variants.items():
        for language in rules.languages:
            if language not in languages and form not in message.same_as:
                yield Remark(Phrase("the language is missing"), form=form, language=language)
    model: dict[str, Contents] = {}
    for text in view.own:
        if text.language == first:
            model[text.form] = text.contents
    for text in view.own:
        twin = model.get(text.form)
        if twin is not None and text.language != first:
            for remark in _twins(twin, text.contents):
                line = _line(text.parts)
                yield Remark(remark, form=text.form, language=text.language, line=line)


def _line(parts: Variant) -> int:
    return next(iter(parts.values())).line if parts else 0


def _twins(one: Contents, other: Contents) -> Iterator[Phrase]:
    if one.tags != other.tags:
        tags = _difference(sorted(one.tags), sorted(other.tags))
        if tags:
            yield Phrase("elements differ from the first language: missing %(missing)s, extra %(extra)s", **tags)
    if _names(one) != _names(other):
        names = _difference(sorted(_names(one)), sorted(_names(other)))
        yield Phrase("placeholders differ from the first language: missing %(missing)s, extra %(extra)s", **names)
    if (one.signs | other.signs) & signs.DIGIT:
        numbers = _difference(_numbers(one), _numbers(other))
        if numbers:
            yield Phrase("numbers differ from the first language: missing %(missing)s, extra %(extra)s", **numbers)


def _names(contents: Contents) -> frozenset[str]:
    return frozenset[str]().union(*[tagged.placeholders for tagged in contents.parts.values()])


def _numbers(contents: Contents) -> list[str]:
    return sorted(number.replace(",", ".") for number in _NUMBER.findall(contents.everything))


def _difference(ours: list[str], theirs: list[str]) -> dict[str, str]:
    if ours == theirs:
        return {}
    left, right = Counter(ours), Counter(theirs)
    return {
        "missing": ", ".join(sorted((left - right).elements())) or "-",
        "extra": ", ".join(sorted((right - left).elements())) or "-",
    }


@BOOK.rule(
    "I18N-02",
    Phrase("The texts of two languages differ"),
    Grade.WARNING,
    Scope.MESSAGE,
    source="Google CAP profile",
    advice=Phrase("Translate the text; a name alone on a panel may stay, with a recorded reason."),
)
def languages_differ(view: MessageView) -> Iterator[Remark]:
    """The same text twice was not translated."""
    seen: dict[str, set[str]] = {}
    for text in view.own:
        texts = seen.setdefault(text.form, set())
        if text.contents.everything in texts:
            yield Remark(Phrase("two languages have the same text: translate it"), form=text.form)
        texts.add(text.contents.everything)


BOOK.elsewhere(
    "I18N-03",
    Phrase("Where two languages go out as one text, it fits as a whole"),
    Grade.ERROR,
    source="our decision",
    advice=Phrase("Nothing to do for a writer: each language has its own text and its own limit."),
    enforced=Phrase("by the channels, which send each language as a text of its own"),
)
