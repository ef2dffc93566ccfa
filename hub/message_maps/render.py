"""Finished texts: blanks filled, tags gone, exercise marks set, SMS in the GSM alphabet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hub.channels.contract import RenderedText
from hub.channels.text import to_gsm7
from hub.message_maps.blanks import Filled
from hub.message_maps.exercise import marked
from hub.message_maps.model import FORMS, Message, Situation

# An optional blank that stays empty leaves two spaces, or one before a full stop.
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")


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
    _situation: Situation, message: Message, filled: Filled, languages: Iterable[str], *, exercise: bool
) -> Mapping[str, Mapping[str, RenderedText]]:
    """Every form of a message in every language: form -> language -> text."""
    languages = tuple(languages)
    return {
        form: {language: render(message, form, language, filled, exercise=exercise) for language in languages}
        for form in FORMS
        if form in message.variants
    }


def area_description(situation: Situation, filled: Filled, language: str) -> str:
    """The name of the area in words, for CAP's ``areaDesc`` and for every surface that shows where."""
    return _GAP.sub(" ", situation.area[language].filled(filled.values[language]))
