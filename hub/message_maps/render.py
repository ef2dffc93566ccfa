"""Finished texts: blanks filled, tags gone, exercise marks set, SMS in the GSM alphabet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hub.channels.contract import RenderedText
from hub.channels.text import to_gsm7
from hub.message_maps.blanks import Filled
from hub.message_maps.exercise import marked, with_mark
from hub.message_maps.model import FORMS, TEXT_PART, Message, Situation

# An optional blank that stays empty leaves two spaces, or one before a full stop.
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
# The elements that can stand as a headline, the best first. A myth never can (Debunking Handbook 2020).
_TELLING = ("F", "H", "S")


def render(message: Message, form: str, language: str, filled: Filled, *, exercise: bool) -> RenderedText:
    """One text as it is sent.

    Raises:
        NotFound: the message has no such form or language.
    """
    variant = message.variant(form, language)
    values = filled.values[language]
    parts = {part: _GAP.sub(" ", tagged.filled(values)) for part, tagged in variant.items()}
    if form == "sms":
        parts = {part: to_gsm7(text) for part, text in parts.items()}
    if exercise:
        parts = marked(form, language, parts)
    return RenderedText(form, language, parts)


def render_all(
    message: Message, filled: Filled, languages: Iterable[str], *, exercise: bool
) -> Mapping[str, Mapping[str, RenderedText]]:
    """Every form of a message in every language: form -> language -> text."""
    languages = tuple(languages)
    return {
        form: {language: render(message, form, language, filled, exercise=exercise) for language in languages}
        for form in FORMS
        if form in message.variants
    }


def headline(message: Message, language: str, filled: Filled, *, exercise: bool) -> str:
    """One line that says what a message is about: CAP's headline; where there is none, what is true, or the hazard."""
    if "cap" in message.variants:
        return render(message, "cap", language, filled, exercise=exercise).parts["headline"]
    segments = message.variant("long", language)[TEXT_PART].segments
    by_tag = {segment.tag: segment for segment in reversed(segments)}
    chosen = next((by_tag[tag] for tag in _TELLING if tag in by_tag), segments[0])
    text = " ".join(chosen.template.format_map(filled.values[language]).split())
    return with_mark(language, text) if exercise else text


def area_description(situation: Situation, filled: Filled, language: str) -> str:
    """The name of the area in words, for CAP's ``areaDesc`` and for every surface that shows where."""
    return _GAP.sub(" ", situation.area[language].filled(filled.values[language]))
