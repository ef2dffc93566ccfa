"""Rules PHD-*: blanks are declared, typed, exemplified, and leave nothing unfilled behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.kernel.phrase import Phrase
from hub.kernel.settings import LONGEST_COMMUNE, LONGEST_NAME, LONGEST_URL
from hub.message_maps.blank_types import examine
from hub.message_maps.lint import signs
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import MessageView, RenderedView, SituationView, TextView
from hub.message_maps.model import PLACES, TIMES, Origin, PlaceholderType

BOOK = RuleBook()

# What templates leave behind when nobody fills them. A doubled space shows where a word is missing.
_LEFTOVER = re.compile(r"\bX{3,}\b|\bTODO\b|\bTBD\b|\[\s*(?:\.{2,}|…)\s*\]|_{3,}|(?<=\S)[ \u00a0]{2,}(?=\S)")
_UNFILLED = re.compile(r"\{[a-z][a-z0-9_]*\}")
_ARTICLE = re.compile(r"(?:le|la|les|l')\b|l'", re.IGNORECASE)
_AFTER_ARTICLE = re.compile(r"\b((?:de|à|du|au|des|aux|le|la|les)\s+|d')\{([a-z0-9_]+)\}", re.IGNORECASE)
# What the settings allow, and what the hub itself fills in.
_ROOM = {
    Origin.COMMUNE: LONGEST_COMMUNE,
    Origin.NAME: LONGEST_NAME,
    Origin.URL: LONGEST_URL,
    Origin.PHONE: len("02 35 00 00 00"),
    Origin.SENT_TIME: len("18h30"),
}
_WORDS = PLACES | {PlaceholderType.TEXT}
_FILL = Phrase("Fill the gap or delete it; a value that an officer must type is a blank such as {zones}.")


@BOOK.rule(
    "PHD-01",
    Phrase("Every placeholder is declared with a type, a longest value and an example in each language, and is used"),
    Grade.ERROR,
    Scope.SITUATION,
    source="our decision",
    advice=Phrase(
        "Declare the blank under `placeholders` with type, max, label and example in each language, or delete what "
        "nothing uses."
    ),
)
def placeholders_are_declared(view: SituationView) -> Iterator[Remark]:
    """An undeclared blank cannot be filled; an unused one was forgotten somewhere."""
    situation, rules = view.situation, view.rules
    used = frozenset[str]().union(
        *(message.placeholders for message in situation.messages),
        *(area.placeholders for area in situation.area.values()),
        *(text.placeholders for action in situation.actions.values() for text in action.text.values()),
    )
    for name in sorted(used - set(situation.placeholders)):
        yield Remark(Phrase("the placeholder %(name)s is used but not declared", name=name))
    for name in sorted(set(situation.placeholders) - used):
        yield Remark(Phrase("the placeholder %(name)s is declared but never used", name=name))
    for name, blank in situation.placeholders.items():
        for language in rules.languages:
            if not blank.example.get(language) or not blank.label.get(language):
                phrase = Phrase(
                    "the placeholder %(name)s has no label or example in %(language)s", name=name, language=language
                )
                yield Remark(phrase, language=language)


@BOOK.rule(
    "PHD-02",
    Phrase("Nothing is left unfilled: no XXX, TODO, [...], no doubled space"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sahana SAMBRO",
    advice=_FILL,
    needs=signs.GAP | signs.LEFTOVER | signs.ODD,
)
def template_has_no_leftovers(view: TextView) -> Iterator[Remark]:
    """Public templates have gone out with AREA_NAME in them."""
    for part, text in view.shown.items():
        found = _LEFTOVER.search(text)
        if found:
            yield Remark(Phrase("“%(text)s” was left behind", text=found.group()), part, found.span())


@BOOK.rule(
    "PHD-02",
    Phrase("A finished text has no unfilled placeholder, XXX, TODO, [...] or doubled space"),
    Grade.ERROR,
    Scope.RENDERED,
    source="Sahana SAMBRO",
    advice=_FILL,
)
def nothing_is_unfilled(view: RenderedView) -> Iterator[Remark]:
    """The same, for the text as it would be sent: what an officer types may hold a leftover too."""
    for part, text in view.parts.items():
        found = _UNFILLED.search(text) or _LEFTOVER.search(text)
        if found:
            yield Remark(Phrase("“%(text)s” was left behind", text=found.group()), part, found.span())


@BOOK.rule(
    "PHD-03",
    Phrase("A value has its placeholder's type and is no longer than its max; so is each example"),
    Grade.ERROR,
    Scope.SITUATION,
    source="our decision",
    advice=Phrase("Correct the example so that it is a valid value, or raise `max`."),
)
def examples_are_valid(view: SituationView) -> Iterator[Remark]:
    """An example that would be refused teaches the officer the wrong thing."""
    situation, rules = view.situation, view.rules
    for name, blank in situation.placeholders.items():
        room = _ROOM.get(blank.origin, 0) if blank.origin else 0
        if blank.max < room:
            phrase = Phrase(
                "the setting that fills %(name)s takes up to %(room)s characters: raise its max", name=name, room=room
            )
            yield Remark(phrase)
        for language in rules.languages:
            wrong = examine(blank, blank.example.get(language, ""), rules.link_hosts, example=True)
            if wrong:
                phrase = Phrase("the example of %(name)s would be refused: %(reason)s", name=name, reason=wrong)
                yield Remark(phrase, language=language)
        if blank.default:
            wrong = examine(blank, blank.default, rules.link_hosts)
            if wrong:
                phrase = Phrase("the default of %(name)s would be refused: %(reason)s", name=name, reason=wrong)
                yield Remark(phrase)


@BOOK.rule(
    "PHD-04",
    Phrase("A place or a time has no default"),
    Grade.ERROR,
    Scope.SITUATION,
    source="our decision",
    advice=Phrase("Delete `default`: a place or a time is typed each time."),
)
def places_have_no_default(view: SituationView) -> Iterator[Remark]:
    """Yesterday's place sent by habit is a false alert."""
    for name, blank in view.situation.placeholders.items():
        if blank.default and blank.type in PLACES | TIMES:
            yield Remark(
                Phrase("%(name)s is a place or a time and must be typed each time: remove its default", name=name)
            )


@BOOK.rule(
    "PHD-05",
    Phrase(
        "In French a value with an article does not follow “de”, “à” or another article; it follows a colon or "
        "stands alone"
    ),
    Grade.WARNING,
    Scope.MESSAGE,
    source="our decision",
    advice=Phrase(
        "Put a colon before the blank (“Cours d'eau : {riviere}”), or make the blank the subject of the sentence."
    ),
)
def french_agrees(view: MessageView) -> Iterator[Remark]:
    """“de {riviere}” becomes “de le Rhône”."""
    message = view.message
    articled = {
        name
        for name, blank in view.situation.placeholders.items()
        if name in message.placeholders and blank.type in _WORDS and _ARTICLE.match(blank.example.get("fr", ""))
    }
    if not articled:
        return
    for text in view.own:
        if text.language != "fr":
            continue
        for part, tagged in text.parts.items():
            for found in _AFTER_ARTICLE.finditer(tagged.shown) if tagged.placeholders & articled else ():
                if found[2] in articled:
                    phrase = Phrase(
                        "“%(before)s{%(name)s}” does not agree: put a colon", before=found[1], name=found[2]
                    )
                    yield Remark(phrase, part, found.span(), text.form, "fr", line=tagged.line)
