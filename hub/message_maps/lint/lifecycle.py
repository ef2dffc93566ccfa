"""Rules LIF-*, LVL-* and I18N-*: what follows a message, how grave it claims to be, and that its languages agree.

Sources: Sutton on updates and all-clears; Sahana's SAMBRO guidelines; 47 CFR 10.400 as a proxy for EU-Alert levels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from hub.cap.vocabulary import Certainty, Severity, Urgency
from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.exercise import mark, marked
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope, TextView
from hub.message_maps.model import TIMES, Kind, Message, Part, Situation, Variant
from hub.message_maps.rules import Rules

BOOK = RuleBook()

_LIVE = (Kind.ALERT, Kind.UPDATE, Kind.CORRECTION)
_ENDS = (Kind.CANCEL, Kind.ALL_CLEAR)
_MUST_FOLLOW = ("update", "correction", "cancel", "all_clear")
_GRAVE_EU_ALERT = 2
_GRAVE = (
    frozenset({Urgency.IMMEDIATE, Urgency.EXPECTED}),
    frozenset({Severity.EXTREME, Severity.SEVERE}),
    frozenset({Certainty.OBSERVED, Certainty.LIKELY}),
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_ABDUCTION = re.compile(r"enlevement|abduction|amber", re.IGNORECASE)


@BOOK.rule(
    "LIF-01",
    Phrase(
        "An alert, an update or a correction leads to an update, a correction, a cancel and an all-clear; an "
        "escalation leads higher"
    ),
    Grade.ERROR,
    Scope.MESSAGE,
    source="Sutton; Sahana SAMBRO",
    kinds=_LIVE,
)
def life_goes_on(situation: Situation, message: Message, _rules: Rules) -> Iterator[Remark]:
    """Who has alarmed people must be able to correct it and to end it."""
    for role in _MUST_FOLLOW:
        if role not in message.followups:
            yield Remark(Phrase("no follow-up of role %(role)s", role=role))
    for role, name in message.followups.items():
        target = situation.by_id.get(name)
        if target is None:
            yield Remark(Phrase("the follow-up %(role)s leads to %(name)s, which does not exist", role=role, name=name))
        elif role == "escalate":
            higher = situation.level_of(target).rank > situation.level_of(message).rank
            if target.kind is not Kind.ALERT or not higher:
                yield Remark(Phrase("escalate leads to %(name)s, which is no alert of a higher level", name=name))
        elif target.kind != role:
            phrase = Phrase(
                "the follow-up %(role)s leads to %(name)s, which is of kind %(kind)s",
                role=role,
                name=name,
                kind=target.kind,
            )
            yield Remark(phrase)


@BOOK.rule(
    "LIF-01",
    Phrase("A cancel or an all-clear is an end"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="Sutton; Sahana SAMBRO",
    kinds=_ENDS,
)
def ends_are_ends(_situation: Situation, message: Message, _rules: Rules) -> Iterator[Remark]:
    """Nothing follows an end: a new danger is a new alert."""
    for role in message.followups:
        yield Remark(Phrase("an end has no follow-ups, but %(role)s is given", role=role))


@BOOK.rule(
    "LIF-02",
    Phrase("Whatever follows an alert starts with [K], what kind of message it is, and the time"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    kinds=(Kind.UPDATE, Kind.CORRECTION, Kind.CANCEL, Kind.ALL_CLEAR),
)
def kind_comes_first(view: TextView) -> Iterator[Remark]:
    """Out of order, two texts without a time contradict each other."""
    if not view.segments or view.segments[0].tag != "K" or not wording.has_word(view.segments[0].template):
        yield Remark(Phrase("the text must start with [K], such as “UPDATE”"))
        return
    known = view.situation.placeholders
    head = list(view.segments[:2])
    if view.form == "cap":
        head += view.parts["description"].segments[:2]
    if not any(known[name].type in TIMES for segment in head for name in segment.names if name in known):
        yield Remark(Phrase("no time at the start: write a time placeholder after [K]"))


@BOOK.rule(
    "LIF-03",
    Phrase("A correction says what was wrong and what is right, and repeats what to do"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    kinds=(Kind.CORRECTION,),
)
def correction_corrects(view: TextView) -> Iterator[Remark]:
    """A panel only shows what is right: the wrong word in large letters would stay in mind."""
    known = view.situation.placeholders
    parts = {known[name].corrects for segment in view.segments for name in segment.names if name in known}
    if view.form == "led":
        if Part.RIGHT not in parts:
            yield Remark(Phrase("the panel does not show what is right"))
    elif not parts >= set(Part) or not wording.matches(wording.CONTRASTS, view.everything, view.language):
        yield Remark(Phrase("say what is right and what was wrong: “{juste}, not {erreur}”"))
    if not view.contents.actions:
        yield Remark(Phrase("repeat what to do with [G]"))


@BOOK.rule(
    "LVL-01",
    Phrase("The level sets urgency, severity, certainty and response once; only a cancel or an all-clear may differ"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="our decision",
    kinds=_LIVE,
)
def level_rules(_situation: Situation, message: Message, _rules: Rules) -> Iterator[Remark]:
    """Two messages of one level never claim different dangers."""
    if message.cap_override is not None:
        yield Remark(Phrase("cap_override is only for cancel and all_clear"))


@BOOK.rule(
    "LVL-02",
    Phrase("EU-Alert 1 and 2, which cannot be silenced, are for urgent, severe and likely dangers only"),
    Grade.ERROR,
    Scope.SITUATION,
    source="47 CFR 10.400; Journal du Net, May 2024",
)
def loud_levels_are_earned(situation: Situation, _rules: Rules) -> Iterator[Remark]:
    """An over-graded alert costs the trust of the next one."""
    for level in situation.levels.values():
        triple = (level.urgency, level.severity, level.certainty)
        if level.eu_alert <= _GRAVE_EU_ALERT and not all(
            word in good for word, good in zip(triple, _GRAVE, strict=True)
        ):
            phrase = Phrase(
                "level %(level)s asks for EU-Alert %(eu)s but is %(triple)s; choose 3 or 4",
                level=level.id,
                eu=level.eu_alert,
                triple=" / ".join(triple),
            )
            yield Remark(phrase)


@BOOK.rule(
    "LVL-03",
    Phrase("A child-abduction alert is written by the prosecutor and relayed word for word: it is no map"),
    Grade.ERROR,
    Scope.SITUATION,
    source="alerte-enlevement.gouv.fr",
)
def abduction_is_only_relayed(situation: Situation, _rules: Rules) -> Iterator[Remark]:
    """The Amber class is the prosecutor's."""
    words = " ".join(
        [situation.id, *situation.title.values(), *(noun for nouns in situation.hazard.values() for noun in nouns)]
    )
    if _ABDUCTION.search(wording.bare(words)):
        yield Remark(Phrase("child-abduction alerts are not pre-written: the prosecutor's text is relayed as it is"))


@BOOK.rule(
    "LVL-04",
    Phrase("An exercise says so three times at the start and three times at the end; the author never writes the mark"),
    Grade.ERROR,
    Scope.TEXT,
    source="French prefectures; Android cell broadcast; BlackBerry AtHoc",
)
def mark_is_not_written(view: TextView) -> Iterator[Remark]:
    """The hub sets the marks. A text that holds the word itself would make a real alert look like an exercise."""
    word = mark(view.language).split()[0]
    if word in view.everything.upper():
        drill = marked(view.form, view.language, view.shown)
        yield Remark(Phrase("“%(word)s” is set by the hub: %(text)s", word=word, text=next(iter(drill.values()))[:60]))


@BOOK.rule(
    "I18N-01",
    Phrase("Every language has the same forms, elements, placeholders and numbers"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="CAP practice",
)
def languages_agree(_situation: Situation, message: Message, rules: Rules) -> Iterator[Remark]:
    """A reader of the second language must not get another message."""
    first = rules.languages[0]
    for form, languages in message.variants.items():
        if form in message.same_as:
            continue
        for language in rules.languages:
            if language not in languages:
                yield Remark(Phrase("the language is missing"), form=form, language=language)
        if first not in languages:
            continue
        for language in rules.languages[1:]:
            if language in languages:
                for remark in _twins(languages[first], languages[language]):
                    yield Remark(remark, form=form, language=language, line=_line(languages[language]))


def _line(parts: Variant) -> int:
    return next(iter(parts.values())).line if parts else 0


def _twins(one: Variant, other: Variant) -> Iterator[Phrase]:
    tags, names, numbers = map(_difference, _traits(one), _traits(other))
    if tags:
        yield Phrase("elements differ from the first language: missing %(missing)s, extra %(extra)s", **tags)
    if names:
        yield Phrase("placeholders differ from the first language: missing %(missing)s, extra %(extra)s", **names)
    if numbers:
        yield Phrase("numbers differ from the first language: missing %(missing)s, extra %(extra)s", **numbers)


def _difference(ours: list[str], theirs: list[str]) -> dict[str, str]:
    if ours == theirs:
        return {}
    left, right = Counter(ours), Counter(theirs)
    return {
        "missing": ", ".join(sorted((left - right).elements())) or "-",
        "extra": ", ".join(sorted((right - left).elements())) or "-",
    }


def _traits(parts: Variant) -> tuple[list[str], list[str], list[str]]:
    tags: list[str] = []
    names: set[str] = set()
    numbers: list[str] = []
    for tagged in parts.values():
        tags += tagged.tags
        names |= tagged.placeholders
        numbers += _NUMBER.findall(tagged.template)
    return sorted(tags), sorted(names), sorted(number.replace(",", ".") for number in numbers)


@BOOK.rule(
    "I18N-02",
    Phrase("The texts of two languages differ"),
    Grade.WARNING,
    Scope.MESSAGE,
    source="Google CAP profile",
)
def languages_differ(_situation: Situation, message: Message, rules: Rules) -> Iterator[Remark]:
    """The same text twice was not translated."""
    for form, languages in message.variants.items():
        texts = [
            tuple(tagged.source for tagged in languages[language].values())
            for language in rules.languages
            if language in languages
        ]
        if form not in message.same_as and len(set(texts)) < len(texts):
            yield Remark(Phrase("two languages have the same text: translate it"), form=form)
