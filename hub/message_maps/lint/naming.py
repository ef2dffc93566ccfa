"""Rules STY-06 and STY-10: one name for one thing, in all messages of a map.

Source: Sutton. The checks are ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import SituationView

BOOK = RuleBook()


@BOOK.rule(
    "STY-06",
    Phrase("One noun for the hazard in all messages of a situation"),
    Grade.WARNING,
    Scope.SITUATION,
    source="Sutton",
    advice=Phrase("Choose one noun for [H] and use it everywhere; other words belong to `synonyms`."),
)
def one_word_for_one_thing(view: SituationView) -> Iterator[Remark]:
    """Two names make people think of two dangers."""
    for language, nouns in view.situation.hazard.items():
        if len(nouns) < 2:  # noqa: PLR2004 - one noun is one noun
            continue
        bare = {noun: wording.bare(noun).lower() for noun in nouns}
        used = Counter(
            noun
            for message in view.messages
            for text in message.own
            if text.language == language and "H" in text.elements
            for noun, plain in bare.items()
            if plain in wording.bare(text.elements["H"]).lower()
        )
        # A noun inside another one (“fire”, “forest fire”) is the same noun.
        names = [noun for noun in used if not any(noun != other and bare[noun] in bare[other] for other in used)]
        if len(names) > 1:
            yield Remark(Phrase("[H] uses several nouns: %(nouns)s", nouns=", ".join(sorted(names))), language=language)


@BOOK.rule(
    "STY-10",
    Phrase("The sender's name is the same in all messages of one form and language, and comes from the settings"),
    Grade.ERROR,
    Scope.SITUATION,
    source="Sutton",
    advice=Phrase(
        "Use one blank for the name (`from: authority.name` or `authority.commune`), worded alike everywhere."
    ),
)
def sender_is_constant(view: SituationView) -> Iterator[Remark]:
    """Two names for one town hall look like two senders, one of them false."""
    known = view.situation.placeholders
    names: dict[tuple[str, str], Counter[str]] = {}
    for message in view.messages:
        for text in message.own:
            for tag, template, blanks in text.segments:
                if tag != "S":
                    continue
                name = next((blank for blank in blanks if blank in known and known[blank].origin), None)
                if name is None:
                    phrase = Phrase("[S] holds no blank that the settings fill in")
                    yield Remark(phrase, message=message.message.id, form=text.form, language=text.language)
                # What stands around the blank may be a greeting; the first blank is the name.
                names.setdefault((text.form, text.language), Counter())[name or template] += 1
    for (form, language), found in names.items():
        if len(found) > 1:
            phrase = Phrase("the sender has several names: %(names)s", names=" / ".join(sorted(found)))
            yield Remark(phrase, form=form, language=language)
