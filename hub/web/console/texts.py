"""A message's texts outside of any alert: with the map's examples, or with what has been typed so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.channels.contract import RenderedText
from hub.channels.text import Count, count, to_gsm7
from hub.kernel.phrase import Phrase
from hub.message_maps.exercise import marked
from hub.message_maps.lint.length import worst_values
from hub.message_maps.model import Message, Situation

FORMS: Mapping[str, Phrase] = {
    "sms": Phrase("Text message (SMS)"),
    "x": Phrase("X"),
    "bluesky": Phrase("Bluesky"),
    "mastodon": Phrase("Mastodon"),
    "long": Phrase("Web page and e-mail"),
    "led": Phrase("Display panels"),
    "simplified": Phrase("In simple words"),
    "cap": Phrase("CAP (sirens, radios, phones)"),
    "voice": Phrase("Spoken (loudspeaker car, telephone)"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language, and how much of the form's limit it takes."""

    language: str
    text: str
    count: Count


@dataclass(frozen=True, slots=True)
class FormTexts:
    """One form in all languages; ``same_as`` is the form whose text it borrows."""

    form: str
    label: Phrase
    same_as: Phrase | None
    texts: tuple[Text, ...]


def with_values(
    situation: Situation, message: Message, languages: Sequence[str], *, longest: bool = False
) -> list[FormTexts]:
    """The texts with the map's examples in the blanks, or with the longest values.

    They are counted with the longest values and the exercise marks either way.
    """
    worst = worst_values(situation)
    values = {language: worst if longest else example_values(situation, language) for language in languages}
    found = []
    for form, label in FORMS.items():
        if form not in message.variants:
            continue
        texts = []
        for language in languages:
            variant = message.variant(form, language)
            shown = "\n\n".join(tagged.filled(values[language]) for tagged in variant.values())
            filled = {part: tagged.filled(worst) for part, tagged in variant.items()}
            # An exercise may take one SMS part more (rule LEN-02); everywhere else the marks must fit too.
            counts = counted(form, filled if form == "sms" else marked(form, language, filled))
            texts.append(Text(language, shown, counts))
        borrowed = message.same_as.get(form)
        found.append(FormTexts(form, label, FORMS[borrowed] if borrowed else None, tuple(texts)))
    return found


def example_values(situation: Situation, language: str) -> dict[str, str]:
    """The map's examples for all blanks, in a language or else in the first one that has them."""
    return {
        name: blank.example.get(language) or next(iter(blank.example.values()), "")
        for name, blank in situation.placeholders.items()
    }


def rendered(texts: Mapping[str, Mapping[str, RenderedText]], forms: Iterable[str]) -> list[FormTexts]:
    """Finished texts of some forms, each with its own count."""
    return [
        FormTexts(
            form,
            FORMS[form],
            None,
            tuple(Text(language, text.text, counted(form, text.parts)) for language, text in texts[form].items()),
        )
        for form in FORMS
        if form in set(forms) and form in texts
    ]


def counted(form: str, parts: Mapping[str, str]) -> Count:
    """The count of a text: of the headline for CAP, of the fullest page for panels, of the whole text otherwise."""
    if form == "cap":
        return count(form, parts["headline"])
    if form == "led":
        return max((count(form, page) for page in parts.values()), key=lambda each: (not each.fits, each.used))
    text = parts["text"]
    return count(form, to_gsm7(text) if form == "sms" else text)
