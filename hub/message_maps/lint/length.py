"""Rules LEN-*: does the longest possible text fit its channel, exercise marks included?

Every placeholder stands at its ``max``. Sources: see `hub.channels.text`; IISR article 147 for panels; Covello for
27 words; MissionMode for 30 seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from hub.channels.text import (
    BLUESKY_BYTES,
    BLUESKY_GRAPHEMES,
    CAP_HEADLINE,
    GSM7_PART,
    LED_WORDS,
    MASTODON_LIMIT,
    MASTODON_URL,
    SMS_MARKS,
    X_LIMIT,
    graphemes,
    led_lines,
    led_words,
    mastodon_length,
    sms,
    to_gsm7,
    x_length,
)
from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.exercise import marked
from hub.message_maps.lint import signs
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import Fillings, RenderedView, TextView
from hub.message_maps.model import Kind, Placeholder, PlaceholderType, Situation
from hub.message_maps.rules import Rules

BOOK = RuleBook()

LED_UNITS = 3
SPOKEN_HEADLINE_WORDS = 27
# 30 seconds at 150 words a minute, and the gist within the first 10 seconds.
SPOKEN_WORDS, GIST_WORDS = 75, 25
UNUSED_SHARE = 0.4
_ELEMENTS = "SHILTG"
_URL_HEAD = "https://"
_LIMITED = ("x", "bluesky", "mastodon", "cap")


def worst_values(situation: Situation) -> Mapping[str, str]:
    """Each placeholder's longest value, as text channels count it. An undeclared one stands as its name."""
    used = frozenset[str]().union(*(message.placeholders for message in situation.messages))
    return {name: name for name in used} | {blank.name: _longest(blank) for blank in situation.placeholders.values()}


def fillings(situation: Situation, rules: Rules) -> Fillings:
    """The values with which a situation's texts are measured.

    For texts each placeholder is as long as it may be. For panels it is also broken into words in the way that wastes
    most of a panel's lines: two words of just over half a line never share one. A time or a number is one word.
    """
    worst = worst_values(situation)
    half = rules.led_columns // 2 + 1
    return Fillings(
        worst=worst,
        panel={
            name: (("x" * half + " ") * len(value))[: len(value)].strip() if len(value) > half else value
            for name, value in worst.items()
        },
        examples={
            language: {name: name for name in worst}
            | {blank.name: blank.example.get(language, "") for blank in situation.placeholders.values()}
            for language in rules.languages
        },
    )


def _longest(blank: Placeholder) -> str:
    if blank.type is PlaceholderType.URL:
        return _URL_HEAD + "x" * (blank.max - len(_URL_HEAD))
    return "x" * blank.max


_SHORTEN = Phrase("Shorten the text, drop what another message can say, or lower the `max` of a blank.")
_PAGES = Phrase("Spread the text over more pages, one idea a page, or give the place its own page.")


@BOOK.rule(
    "LEN-01",
    Phrase(
        "The longest possible text fits the channel, exercise marks included (X 280, Bluesky 300, Mastodon 500, "
        "CAP headline 140)"
    ),
    Grade.ERROR,
    Scope.TEXT,
    source="twitter-text v3; AT Protocol lexicon; Mastodon API; Google CAP profile",
    advice=_SHORTEN,
    forms=_LIMITED,
    borrowed=True,
)
def worst_case_fits(view: TextView) -> Iterator[Remark]:
    """What fits at the worst fits always."""
    if _surely_fits(view):
        return
    for part, used, limit, unit in _measure(view.form, marked(view.form, view.language, view.contents.worst)):
        if used > limit:
            phrase = Phrase(
                "up to %(used)s %(unit)s with every blank at its longest and the exercise marks; the limit is "
                "%(limit)s",
                used=used,
                unit=unit,
                limit=limit,
            )
            yield Remark(phrase, part=part)


def _surely_fits(view: TextView) -> bool:
    """Whether the text fits by its mere number of characters, so that nothing need be counted.

    A grapheme has at least one character; a link may count for more than its own characters.
    """
    if view.form == "cap":
        return len(view.contents.worst["headline"]) + _room_of_marks(view.form, view.language) <= CAP_HEADLINE
    if view.form == "x" or view.contents.signs & signs.ODD:
        return False
    text = view.contents.worst["text"]
    limit = BLUESKY_GRAPHEMES if view.form == "bluesky" else MASTODON_LIMIT - MASTODON_URL * text.count("://")
    return len(text) + _room_of_marks(view.form, view.language) <= limit


@lru_cache(maxsize=64)
def _room_of_marks(form: str, language: str) -> int:
    """How many characters the exercise marks add to the part that is measured."""
    if form == "cap":
        empty = dict.fromkeys(("headline", "description", "instruction"), "")
        return len(marked(form, language, empty)["headline"])
    return len(marked(form, language, {"text": ""})["text"])


def _measure(form: str, parts: Mapping[str, str]) -> Iterator[tuple[str, int, int, Phrase]]:
    if form == "cap":
        yield "headline", len(parts["headline"]), CAP_HEADLINE, Phrase("characters")
        return
    text = parts["text"]
    if form == "x":
        yield "text", x_length(text), X_LIMIT, Phrase("weighted characters")
    elif form == "mastodon":
        yield "text", mastodon_length(text), MASTODON_LIMIT, Phrase("characters")
    elif form == "bluesky":
        yield "text", graphemes(text), BLUESKY_GRAPHEMES, Phrase("characters")
        yield "text", len(text.encode("utf-8", "replace")), BLUESKY_BYTES, Phrase("bytes")


@BOOK.rule(
    "LEN-02",
    Phrase("The longest possible SMS takes at most 2 parts, and 3 with the exercise marks"),
    Grade.ERROR,
    Scope.TEXT,
    source="our decision",
    advice=_SHORTEN,
    forms=("sms",),
    borrowed=True,
)
def worst_sms_is_short(view: TextView) -> Iterator[Remark]:
    """A longer SMS arrives late, in pieces, or not at all."""
    limit = view.rules.sms_segments
    worst = view.contents.worst["text"]
    marks = _room_of_marks(view.form, view.language)
    # Plain characters cost one septet each, so that a short enough text need not be counted.
    if not view.contents.signs & signs.ODD and len(worst) + max(marks - GSM7_PART, 0) <= limit * GSM7_PART:
        return
    text = to_gsm7(worst)
    plain = sms(text)
    if plain.segments > limit:
        yield Remark(_too_many_parts(plain.segments, limit, plain.units))
        return
    drill = sms(marked("sms", view.language, {"text": text})["text"])
    if drill.segments > limit + SMS_MARKS:
        yield Remark(_too_many_parts(drill.segments, limit + SMS_MARKS, drill.units))


def _too_many_parts(parts: int, limit: int, units: int) -> Phrase:
    return Phrase(
        "up to %(parts)s SMS parts (%(units)s units) with every blank at its longest; the limit is %(limit)s",
        parts=parts,
        units=units,
        limit=limit,
    )


@BOOK.rule(
    "LEN-03",
    Phrase("Room is not left unused (under 40 percent of the limit) while an element is missing"),
    Grade.ADVICE,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("There is room: add the missing elements, so that nobody has to search for them."),
    kinds=(Kind.ALERT,),
    forms=("x", "bluesky", "mastodon"),
)
def room_is_used(view: TextView) -> Iterator[Remark]:
    """A short incomplete text makes people search instead of act."""
    missing = [tag for tag in _ELEMENTS if tag not in view.elements]
    if not missing:
        return
    for _part, used, limit, _unit in _measure(view.form, view.contents.worst):
        if used < limit * UNUSED_SHARE:
            tags = " ".join(f"[{tag}]" for tag in missing)
            yield Remark(Phrase("there is room for what is missing: %(tags)s", tags=tags))
            return


@BOOK.rule(
    "LEN-04",
    Phrase(
        "What is said in one breath has at most 27 words (9 seconds): the CAP headline, a sentence of the voice form"
    ),
    Grade.WARNING,
    Scope.TEXT,
    source="Covello",
    advice=Phrase("Say one thing at a time: cut the sentence in two, or leave out what is not the key message."),
    forms=("cap", "voice"),
)
def key_message_can_be_said(view: TextView) -> Iterator[Remark]:
    """One key message is what can be said in nine seconds."""
    examples = view.fillings.examples[view.language]
    part = "headline" if view.form == "cap" else "text"
    template = view.parts[part].template
    if view.form == "voice" or template.count(" ") >= SPOKEN_HEADLINE_WORDS // 2:
        sentences = [template] if view.form == "cap" else wording.sentences(template)
        for sentence in sentences:
            if len(sentence) < SPOKEN_HEADLINE_WORDS:
                continue
            words = led_words(sentence.format_map(examples))
            if words > SPOKEN_HEADLINE_WORDS:
                phrase = Phrase(
                    "%(words)s words; at most %(most)s can be taken in", words=words, most=SPOKEN_HEADLINE_WORDS
                )
                yield Remark(phrase, part=part)


@BOOK.rule(
    "LEN-05",
    Phrase("What is read aloud takes at most 30 seconds at 150 words a minute, and names the hazard within 10"),
    Grade.WARNING,
    Scope.TEXT,
    source="MissionMode",
    advice=Phrase("Keep to 75 words, and name the hazard among the first 25."),
    forms=("voice",),
)
def voice_is_short(view: TextView) -> Iterator[Remark]:
    """150 words a minute: 75 words in all, the hazard among the first 25. Blanks count as their examples."""
    words = before_hazard = 0
    examples = view.fillings.examples[view.language]
    hazard_seen = False
    for tag, template, _names in view.parts["text"].segments:
        hazard_seen = hazard_seen or tag in {"H", "F"}
        words += led_words(template.format_map(examples))
        if not hazard_seen:
            before_hazard = words
    if words > SPOKEN_WORDS:
        yield Remark(Phrase("%(words)s words take more than 30 seconds to read aloud", words=words))
    if hazard_seen and before_hazard >= GIST_WORDS:
        yield Remark(Phrase("the hazard comes after more than 10 seconds of reading aloud"))


@BOOK.rule(
    "LEN-06",
    Phrase("A panel page has at most 7 words and 3 pieces of information, and fits the lines and columns of the panel"),
    Grade.ERROR,
    Scope.TEXT,
    source="IISR article 147",
    advice=_PAGES,
    forms=("led",),
)
def page_fits_panel(view: TextView) -> Iterator[Remark]:
    """A driver reads a panel in seconds. Words are counted with the example, lines with every blank at its longest."""
    examples = view.fillings.examples[view.language]
    for part, page in view.parts.items():
        template = page.template
        if page.placeholders or template.count(" ") >= LED_WORDS:
            words = led_words(page.filled(examples))
            if words > LED_WORDS:
                yield Remark(Phrase("%(words)s words; at most %(most)s", words=words, most=LED_WORDS), part=part)
        if len(page.segments) > LED_UNITS:
            phrase = Phrase(
                "%(units)s pieces of information; at most %(most)s", units=len(page.segments), most=LED_UNITS
            )
            yield Remark(phrase, part=part)
        if page.placeholders or len(template) > view.rules.led_columns:
            yield from _fits_panel(part, page.filled(view.fillings.panel), view.rules)


def _fits_panel(part: str, page: str, rules: Rules) -> Iterator[Remark]:
    if len(page) <= rules.led_columns:
        return
    lines = led_lines(page, rules.led_columns)
    if len(lines) > rules.led_lines:
        phrase = Phrase(
            "up to %(found)s lines; the panel has %(lines)s of %(columns)s characters",
            found=len(lines),
            lines=rules.led_lines,
            columns=rules.led_columns,
        )
        yield Remark(phrase, part=part)


@BOOK.rule(
    "LEN-01",
    Phrase("The finished text fits the channel"),
    Grade.ERROR,
    Scope.RENDERED,
    source="twitter-text v3; AT Protocol lexicon; Mastodon API; Google CAP profile",
    forms=_LIMITED,
    advice=_SHORTEN,
    borrowed=True,
)
def finished_text_fits(view: RenderedView) -> Iterator[Remark]:
    """The last look before an officer confirms."""
    for part, used, limit, unit in _measure(view.form, view.parts):
        if used > limit:
            phrase = Phrase("%(used)s %(unit)s; the limit is %(limit)s", used=used, unit=unit, limit=limit)
            yield Remark(phrase, part=part)


@BOOK.rule(
    "LEN-02",
    Phrase("The finished SMS takes no more parts than allowed"),
    Grade.ERROR,
    Scope.RENDERED,
    source="our decision",
    forms=("sms",),
    advice=_SHORTEN,
    borrowed=True,
)
def finished_sms_is_short(view: RenderedView) -> Iterator[Remark]:
    """Three parts at most, because an exercise's marks take one."""
    found = sms(view.parts["text"])
    limit = view.rules.sms_segments + SMS_MARKS
    if found.segments > limit:
        phrase = Phrase("%(parts)s SMS parts; the limit is %(limit)s", parts=found.segments, limit=limit)
        yield Remark(phrase, part="text")


@BOOK.rule(
    "LEN-06",
    Phrase("The finished panel page fits the panel and has few words"),
    Grade.WARNING,
    Scope.RENDERED,
    source="IISR article 147",
    advice=_PAGES,
    forms=("led",),
)
def finished_page_fits(view: RenderedView) -> Iterator[Remark]:
    """What an officer types may have more words than the example; it can still be shown."""
    for part, page in view.parts.items():
        words = led_words(page)
        if words > LED_WORDS:
            yield Remark(Phrase("%(words)s words; at most %(most)s", words=words, most=LED_WORDS), part=part)
        yield from _fits_panel(part, page, view.rules)
