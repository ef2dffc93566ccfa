"""Rules CHR-*: characters that cost, break or deceive.

Sources: 3GPP TS 23.038; FEMA's IPAWS tip on curly quotes; CAP 1.2; Unicode's bidirectional controls.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from hub.channels.text import GSM7_BASIC, GSM7_EXTENSION, holds_emoji, sms, to_gsm7
from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.lint import signs
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import TextView

BOOK = RuleBook()

# Invisible or direction-changing characters: nowhere. Typographic ones: not in plain channels.
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
_TYPOGRAPHIC = re.compile("[\u2018\u2019\u201a\u201b“”„‟\u00a0\u202f\u2009…]")
_PLAIN = frozenset({"sms", "x", "led"})
_NO_EMOJI = frozenset({"sms", "led", "cap", "voice"})
_HTML = re.compile(r"</?[a-z][^>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]*);", re.IGNORECASE)
_SPACED_TIME = re.compile(r"\d{1,2}\s+h(?:\s*\d{2})?\b|\d{1,2} ?: \d{2}")
_GSM7 = GSM7_BASIC | GSM7_EXTENSION


@BOOK.rule(
    "CHR-01",
    Phrase("After transliteration an SMS only holds GSM-7 characters; one other character halves its room"),
    Grade.WARNING,
    Scope.TEXT,
    source="3GPP TS 23.038; UK emergency alerts",
    advice=Phrase("Replace the characters named by letters of the Latin alphabet, or leave them out."),
    needs=signs.ODD,
    forms=("sms",),
    borrowed=True,
)
def sms_is_gsm7(view: TextView) -> Iterator[Remark]:
    """One foreign character switches the whole text to UCS-2."""
    literal = to_gsm7(view.everything)
    foreign = sorted(set(literal) - _GSM7)
    if foreign:
        worst = to_gsm7(view.contents.worst["text"])
        cheap = "".join("x" if sign in foreign else sign for sign in worst)
        yield Remark(
            Phrase(
                "%(signs)s turn %(cheap)s SMS parts into %(dear)s",
                signs=" ".join(f"U+{ord(sign):04X} {sign}" for sign in foreign),
                cheap=sms(cheap).segments,
                dear=sms(worst).segments,
            )
        )


@BOOK.rule(
    "CHR-02",
    Phrase(
        "No curly quotes, special spaces or ellipsis in SMS, X and panels; no invisible or direction-changing "
        "character anywhere"
    ),
    Grade.ERROR,
    Scope.TEXT,
    source="FEMA IPAWS tip 9; twitter-text v3",
    advice=Phrase(
        "Type straight quotes, ordinary spaces and three full stops; retype the word if nothing odd can be seen."
    ),
    needs=signs.ODD,
    borrowed=True,
)
def characters_are_plain(view: TextView) -> Iterator[Remark]:
    """Such characters break delivery, cost double, or hide what a text says."""
    for part, text in view.shown.items():
        found = INVISIBLE.search(text) or (_TYPOGRAPHIC.search(text) if view.form in _PLAIN else None)
        if found:
            name = unicodedata.name(found.group(), "control character").lower()
            phrase = Phrase("U+%(code)s (%(name)s) is not allowed here", code=f"{ord(found.group()):04X}", name=name)
            yield Remark(phrase, part=part, span=found.span())


@BOOK.rule(
    "CHR-03",
    Phrase("Texts are NFC; no emoji in SMS, panels, CAP and voice; nowhere does an emoji carry the meaning alone"),
    Grade.ERROR,
    Scope.TEXT,
    source="twitter-text v3",
    advice=Phrase("Type accented letters in one piece and say in words what the emoji should say."),
    needs=signs.ODD,
    borrowed=True,
)
def emoji_do_not_speak(view: TextView) -> Iterator[Remark]:
    """A screen reader spells an emoji out, an old phone shows a box."""
    for part, text in view.shown.items():
        if not unicodedata.is_normalized("NFC", text):
            yield Remark(Phrase("the text is not in Unicode form NFC: type the accented letters again"), part=part)
    if not holds_emoji(view.everything):
        return
    if view.form in _NO_EMOJI:
        yield Remark(Phrase("an emoji has no place here: say it in words"))
        return
    for segment in view.segments:
        text = segment.shown
        if holds_emoji(text) and not wording.has_word(text):
            yield Remark(Phrase("[%(tag)s] says it with an emoji only: add words", tag=segment.tag))


@BOOK.rule(
    "CHR-04",
    Phrase("CAP texts hold no HTML tag and no entity"),
    Grade.ERROR,
    Scope.TEXT,
    source="Google CAP profile",
    advice=Phrase("Write plain text; a link goes under [U]."),
    needs=signs.ODD,
    forms=("cap",),
)
def cap_has_no_markup(view: TextView) -> Iterator[Remark]:
    """Receivers show CAP texts as they are."""
    if "<" not in view.everything and "&" not in view.everything:
        return
    for part, text in view.shown.items():
        found = _HTML.search(text)
        if found:
            yield Remark(Phrase("%(markup)s is markup: write plain text", markup=found.group()), part, found.span())


@BOOK.rule(
    "CHR-05",
    Phrase("In an SMS a time is written without spaces: 18h30, never 18 h 30"),
    Grade.WARNING,
    Scope.TEXT,
    source="our decision",
    advice=Phrase("Write 18h30 in French and 18:30 in English, or use a time blank."),
    needs=signs.DIGIT,
    forms=("sms",),
)
def time_is_compact(view: TextView) -> Iterator[Remark]:
    """A space costs a character and may be a non-breaking one."""
    if " h" not in view.everything and ":" not in view.everything and "\u00a0" not in view.everything:
        return
    found = _SPACED_TIME.search(view.everything)
    if found:
        yield Remark(Phrase("write %(time)s without spaces", time=found.group()), span=found.span())
