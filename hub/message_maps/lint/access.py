"""Rules ACC-*: texts that everyone can use.

Sources: FEMA's accessibility tips; urgence114.fr; Inclusion Europe; practice on social networks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.lint import signs, vocabulary
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import SituationView, TextView

BOOK = RuleBook()

MOST_HASHTAGS = 2
_EMERGENCY = re.compile(r"\b(?:15|17|18|112)\b")
_DEAF = re.compile(r"\b114\b")
_HASHTAG = re.compile(r"#(\w+)")
_ONE_LONG_WORD = 12
_EASY = re.compile(r"\bfalc\b|facile a lire|easy[- ](?:to[- ])?read")

BOOK.elsewhere(
    "ACC-01",
    Phrase("Whatever is shown as a picture is also there as text"),
    Grade.ERROR,
    source="FEMA IPAWS tip 43",
    advice=Phrase("Nothing to do for a writer: no form of a message is a picture."),
    enforced=Phrase("by the format, which has no pictures"),
)


@BOOK.rule(
    "ACC-02",
    Phrase("Colour is never the only sign of a level: each level has a word of its own"),
    Grade.ERROR,
    Scope.SITUATION,
    source="WCAG 1.4.1",
    advice=Phrase("Give each level its own `label` in each language: a word that says what to do or how grave it is."),
)
def levels_have_words(view: SituationView) -> Iterator[Remark]:
    """One man in twelve does not tell red from green."""
    for language in view.rules.languages:
        seen: dict[str, str] = {}
        for level in view.situation.levels.values():
            label = level.label.get(language, "").strip().casefold()
            if not label:
                yield Remark(Phrase("level %(level)s has no label", level=level.id), language=language)
            elif label in seen:
                phrase = Phrase("levels %(one)s and %(other)s have one label", one=seen[label], other=level.id)
                yield Remark(phrase, language=language)
            seen.setdefault(label, level.id)


@BOOK.rule(
    "ACC-03",
    Phrase("A long text that asks people to call for help also names 114, for those who cannot hear or speak"),
    Grade.WARNING,
    Scope.TEXT,
    source="urgence114.fr",
    advice=Phrase("Add: “If you cannot hear or speak, text 114.”"),
    forms=("long",),
    needs=signs.DIGIT,
)
def deaf_people_can_call(view: TextView) -> Iterator[Remark]:
    """A voice call is no use to 300,000 people in the country."""
    plain = view.plain
    if not view.contents.signs & signs.CALL or _DEAF.search(plain):
        return
    if any(_EMERGENCY.search(sentence) and vocabulary.says_call(sentence) for sentence in wording.sentences(plain)):
        yield Remark(Phrase("an emergency number is to be called, and 114 is missing"))


@BOOK.rule(
    "ACC-04",
    Phrase("At most 2 hashtags, at the end, with a capital for each word"),
    Grade.ADVICE,
    Scope.TEXT,
    source="practice on social networks",
    advice=Phrase("Write #CrueRivemont instead of #cruerivemont, after everything else."),
    forms=("x", "bluesky", "mastodon"),
    needs=signs.ODD,
)
def hashtags_can_be_read(view: TextView) -> Iterator[Remark]:
    """A screen reader reads one long word letter by letter."""
    text = view.everything
    found = list(_HASHTAG.finditer(text))
    if len(found) > MOST_HASHTAGS:
        yield Remark(Phrase("%(found)s hashtags; at most %(most)s", found=len(found), most=MOST_HASHTAGS))
    for tag in found:
        if tag[1].islower() and len(tag[1]) >= _ONE_LONG_WORD:
            yield Remark(Phrase("%(tag)s: a capital for each word", tag=tag.group()), span=tag.span())
    if found and wording.has_word(_HASHTAG.sub("", text[found[0].start() :])):
        yield Remark(Phrase("hashtags belong to the end"))


@BOOK.rule(
    "ACC-05",
    Phrase("No text calls itself FALC or easy to read: only readers concerned may say so"),
    Grade.ERROR,
    Scope.TEXT,
    source="Unapei; Inclusion Europe",
    advice=Phrase("Delete the label; the form is called simplified."),
    needs=signs.EASY,
)
def simple_is_not_certified(view: TextView) -> Iterator[Remark]:
    """The label promises that people with an intellectual disability have read it."""
    found = _EASY.search(view.plain)
    if found:
        yield Remark(Phrase("“%(words)s” is a label that the hub cannot give", words=found.group()))


@BOOK.rule(
    "ACC-06",
    Phrase("A spoken text holds no link"),
    Grade.ERROR,
    Scope.TEXT,
    source="our decision",
    advice=Phrase("Say the telephone number or the radio station instead of the address."),
    forms=("voice",),
    needs=signs.ADDRESS | signs.LINK,
)
def voice_has_no_link(view: TextView) -> Iterator[Remark]:
    """Nobody can write down an address that a loudspeaker spells."""
    if view.contents.signs & signs.ADDRESS:
        yield Remark(Phrase("a link cannot be heard: leave it out"))
