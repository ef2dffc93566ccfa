"""Rules STY-*: plain words, short sentences, nothing shouted, nothing guessed.

Sources: Sutton; FEMA (WEA best practices); Inclusion Europe's rules for easy texts; word lists and thresholds of our
own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.cap.vocabulary import Certainty
from hub.channels.text import words
from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.lint import signs, vocabulary
from hub.message_maps.lint.kinds import ACTING, FOUNDED, WORDED
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import TextView
from hub.message_maps.model import Kind
from hub.message_maps.tagged import Segment

BOOK = RuleBook()

MOST_CAPITALS = 0.3
SHOUTED_WORDS = 4
PLAIN_SENTENCE, SIMPLE_SENTENCE = 20, 12
HARDEST_GRADE = 8.0
LONG_SENTENCES, RARE_WORDS = 15.0, 0.2
RARE_WORD_LETTERS = 10
# Two thirds of a text and more are letters, so that fewer capitals than this share of the characters are few enough.
# Among fewer letters than these a share says nothing.
SURELY_FEW, LEAST_LETTERS = 0.2, 40
_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ]{2,}")
_SHOUTED = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{2,}\b")
_LETTER = re.compile(r"[^\W\d_]")
_BLANK = re.compile(r"\{[a-z][a-z0-9_]*\}")
_PHONE = re.compile(r"(?<![\d.,])(?:0\d{9}|0\d(?:[.\-/]\d{2}){4}|0\d{3}(?: \d{3}){2}|\(\d{2,4}\)[\d .]*\d)(?!\d)")
_DIALLED = re.compile(r"\b(?:15|17|18|112|114|115|999)\b")
# What stands so many characters around a number belongs to it.
NEARBY = 120
_VOWELS = re.compile(r"[aeiouy]+")


@BOOK.rule(
    "STY-01",
    Phrase(
        "Capitals are for the kind marker, the hazard and one action; of the other letters at most 30 percent, and no "
        "whole sentence, are capitals"
    ),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton; the number is our decision",
    advice=Phrase("Keep capitals for the hazard's name and one action; write the rest in small letters."),
    forms=WORDED,
)
def nothing_is_shouted(view: TextView) -> Iterator[Remark]:
    """Capitals everywhere are hard to read and stress nothing."""
    runs = _CAPITALS.findall(view.everything)
    if not runs:
        return
    elements = view.elements
    spared = f"{elements.get('H', '')} {elements.get('K', '')}"
    capitals = sum(map(len, runs)) - sum(map(len, _CAPITALS.findall(spared)))
    loud = len(runs) >= SHOUTED_WORDS and any(_is_loud(segment) for segment in view.segments)
    if capitals > (len(view.everything) - len(spared)) * SURELY_FEW:
        yield from _too_many_capitals(list(_rest(view)))
    for sentence in _rest(view) if loud else ():
        if sentence.isupper() and len(_SHOUTED.findall(sentence)) >= SHOUTED_WORDS:
            yield Remark(Phrase("a whole sentence is in capitals: %(sentence)s", sentence=sentence.strip()[:60]))


def _is_loud(segment: Segment) -> bool:
    return segment[0] not in "KH" and len(_SHOUTED.findall(segment[1])) >= SHOUTED_WORDS


def _too_many_capitals(sentences: list[str]) -> Iterator[Remark]:
    rest = " ".join(sentences)
    letters = len(_LETTER.findall(rest))
    capitals = sum(map(len, _CAPITALS.findall(rest)))
    if letters >= LEAST_LETTERS and capitals > letters * MOST_CAPITALS:
        share = round(100 * capitals / letters)
        yield Remark(Phrase("%(share)s percent of the letters are capitals", share=share))


def _rest(view: TextView) -> Iterator[str]:
    """The sentences in which capitals are not wanted, blanks standing as their examples."""
    spared = 1
    examples = view.fillings.examples[view.language]
    for tag, template, _names in view.segments:
        if tag in "KH":
            continue
        for sentence in wording.sentences(template.format_map(examples)):
            if tag == "G" and spared and sentence.isupper():
                spared -= 1
            else:
                yield sentence


@BOOK.rule(
    "STY-02",
    Phrase("Where there is no bold type, the hazard's name is in capitals"),
    Grade.ADVICE,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Write the hazard's noun in capitals once: CRUE, FLOOD."),
    kinds=(Kind.ALERT, Kind.UPDATE, Kind.DE_ESCALATE),
    forms=("sms", "x"),
    needs=signs.HAZARD,
)
def hazard_stands_out(view: TextView) -> Iterator[Remark]:
    """The eye finds what is in capitals."""
    if not _SHOUTED.search(view.elements["H"]):
        yield Remark(Phrase("the hazard's name is not in capitals"))


@BOOK.rule(
    "STY-03",
    Phrase("No acronym in the sender's name"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton; FEMA (WEA best practices)",
    advice=Phrase("Write the name in full, as people know it."),
    needs=signs.SOURCE,
)
def sender_is_no_acronym(view: TextView) -> Iterator[Remark]:
    """Nobody trusts letters that they cannot read."""
    source = view.elements["S"]
    if source.islower():
        return
    found = vocabulary.ACRONYMS.search(source)
    if found:
        yield Remark(Phrase("“%(word)s” under [S] is an acronym: write the name in full", word=found.group()))


@BOOK.rule(
    "STY-03",
    Phrase("No jargon: each word of the list has a plain one"),
    Grade.WARNING,
    Scope.TEXT,
    source="Sutton; FEMA (WEA best practices); the list is our decision",
    advice=Phrase("Say it as you would to a neighbour; the finding proposes the words."),
    needs=signs.JARGON,
)
def words_are_known(view: TextView) -> Iterator[Remark]:
    """Who has to look a word up does not act."""
    for term, better in vocabulary.JARGON[view.language].items():
        if term not in view.plain:
            continue
        found = re.search(rf"\b{re.escape(term)}\b", view.plain)
        if found:
            yield Remark(
                Phrase("“%(word)s” is jargon; say: %(better)s", word=term, better=better), span=_span(view, found)
            )


def _span(view: TextView, found: re.Match[str]) -> tuple[int, int] | None:
    """Where a match in the plain text stands in the text shown; known when both are equally long."""
    same = len(view.parts) == 1 and len(view.plain) == len(view.everything)
    return found.span() if same else None


@BOOK.rule(
    "STY-04",
    Phrase(
        "Every sentence under [G] is an imperative (“Go upstairs”, “Do not drive”) or says that nothing need be done"
    ),
    Grade.WARNING,
    Scope.TEXT,
    source="FEMA IS-242; Sutton; the patterns are our decision",
    advice=Phrase("Start with the verb: who reads it must know at once what to do. Reasons go under [I]."),
    kinds=FOUNDED,
    forms=WORDED,
    needs=signs.GUIDANCE,
)
def guidance_is_imperative(view: TextView) -> Iterator[Remark]:
    """A description of good conduct is no instruction."""
    contents = view.contents
    if all(contents.imperative):
        return
    for sentence, tells in zip(contents.guidance, contents.imperative, strict=True):
        # “Bottled water: {place}” tells where, which is guidance enough.
        if not tells and "{" not in sentence and wording.has_word(sentence):
            yield Remark(Phrase("this is no imperative: %(sentence)s", sentence=sentence.strip()[:80]))


def _longest(view: TextView, most: int) -> Iterator[Remark]:
    # Pieces between full stops are at least as long as sentences, and far cheaper to find.
    if max(piece.count(" ") for piece in view.everything.replace("\n", ". ").split(". ")) < most:
        return
    for part, text in view.shown.items():
        for sentence in wording.sentences(text):
            if sentence.count(" ") < most:
                continue
            found = words(sentence)
            if found > most:
                start = text.find(sentence)
                phrase = Phrase("a sentence of %(found)s words; at most %(most)s", found=found, most=most)
                yield Remark(phrase, part, (start, start + len(sentence)))


@BOOK.rule(
    "STY-05",
    Phrase("A sentence has at most 20 words, a blank counting as one"),
    Grade.WARNING,
    Scope.TEXT,
    source="Inclusion Europe; the number is our decision",
    advice=Phrase("Cut the sentence in two, one idea each."),
    forms=[form for form in WORDED if form != "simplified"],
)
def sentences_are_short(view: TextView) -> Iterator[Remark]:
    """Under stress people read the beginning of a sentence."""
    yield from _longest(view, PLAIN_SENTENCE)


@BOOK.rule(
    "STY-05",
    Phrase("A sentence of a simplified text has at most 12 words, a blank counting as one"),
    Grade.ERROR,
    Scope.TEXT,
    source="Inclusion Europe",
    advice=Phrase("One idea a sentence, the subject first, no subordinate clause."),
    forms=("simplified",),
)
def simplified_sentences_are_very_short(view: TextView) -> Iterator[Remark]:
    """The simplified form is for people who read with effort."""
    yield from _longest(view, SIMPLE_SENTENCE)


@BOOK.rule(
    "STY-07",
    Phrase("No guessing (“it seems”, “probably”)"),
    Grade.WARNING,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Say what is known, and that the rest is not known yet."),
    needs=signs.GUESS,
)
def nothing_is_guessed(view: TextView) -> Iterator[Remark]:
    """A guess of the authority becomes a fact in the street."""
    found = vocabulary.GUESSES[view.language].search(view.plain)
    if found:
        yield Remark(Phrase("“%(word)s” is a guess", word=found.group()), span=_span(view, found))


@BOOK.rule(
    "STY-07",
    Phrase("No absolute reassurance (“no risk at all”)"),
    Grade.WARNING,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Say what was checked and what people may do, instead of promising that nothing can happen."),
    needs=signs.ABSOLUTE,
)
def nothing_is_promised(view: TextView) -> Iterator[Remark]:
    """One exception, and nobody believes the next message."""
    found = vocabulary.ABSOLUTES[view.language].search(view.plain)
    if found:
        phrase = Phrase("“%(word)s” promises what nobody can know", word=found.group())
        yield Remark(phrase, span=_span(view, found))


@BOOK.rule(
    "STY-08",
    Phrase("A danger that is only possible is told so in simple words"),
    Grade.ADVICE,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Write “may”, “is possible”, “could”, and what it would mean for people."),
    kinds=(Kind.ALERT,),
    forms=("long",),
)
def possibility_is_said(view: TextView) -> Iterator[Remark]:
    """A watch that reads like a warning is cried wolf."""
    pattern = vocabulary.POSSIBILITIES.get(view.language)
    if view.level.certainty is Certainty.POSSIBLE and pattern and not pattern.search(view.plain):
        yield Remark(Phrase("the level is Possible, but no word of the text says so"))


@BOOK.rule(
    "STY-09",
    Phrase(
        "A long text can be read after eight years of school: Flesch-Kincaid in English; in French short sentences and "
        "few words of more than 10 letters"
    ),
    Grade.ADVICE,
    Scope.TEXT,
    source="Covello; the French measure is our decision",
    advice=Phrase("Cut long sentences and replace long words by everyday ones."),
    forms=("long",),
)
def text_is_easy(view: TextView) -> Iterator[Remark]:
    """Half of the readers of a warning read with effort that day."""
    found = [word for word in view.contents.words if word.isalpha()]
    sentences = len(view.contents.sentences)
    if not found or not sentences:
        return
    length = len(found) / sentences
    if view.language == "en":
        syllables = len(_VOWELS.findall(" ".join(found))) / len(found)
        # Kincaid and others, 1975.
        grade = 0.39 * length + 11.8 * syllables - 15.59
        if grade > HARDEST_GRADE:
            yield Remark(
                Phrase("reading grade %(grade)s; at most %(most)s", grade=round(grade), most=int(HARDEST_GRADE))
            )
    elif view.language == "fr":
        rare = sum(1 for word in found if len(word) > RARE_WORD_LETTERS) / len(found)
        if length > LONG_SENTENCES or rare > RARE_WORDS:
            phrase = Phrase(
                "%(length)s words a sentence, %(rare)s percent long words", length=round(length), rare=round(100 * rare)
            )
            yield Remark(phrase)


@BOOK.rule(
    "STY-11",
    Phrase(
        "Telephone numbers stand in groups of two digits, without brackets; an emergency number says what it is for"
    ),
    Grade.WARNING,
    Scope.TEXT,
    source="BlackBerry AtHoc; the rest is our decision",
    advice=Phrase("Write 02 35 00 00 00, and “Call 112 if someone is in danger” instead of “112”."),
    forms=WORDED,
    needs=signs.DIGIT,
)
def numbers_can_be_dialled(view: TextView) -> Iterator[Remark]:
    """A machine that reads aloud says 02 35 as two numbers and 0235000000 as a billion."""
    for part, text in view.shown.items() if view.contents.numbers_like_a_phone else ():
        found = _PHONE.search(text)
        if found:
            yield Remark(Phrase("write %(number)s in groups of two digits", number=found.group()), part, found.span())
    if not view.contents.signs & signs.CALL:
        return
    plain = view.plain.replace("\n", " ")
    for dialled in _DIALLED.finditer(plain):
        # “You smell gas? Call 18.” says it in the sentence before.
        around = f" {plain[max(0, dialled.start() - NEARBY) : dialled.end() + NEARBY]} "
        if vocabulary.says_call(around) and not vocabulary.says_purpose(around, view.language):
            yield Remark(Phrase("say what %(number)s is for", number=dialled.group()))


@BOOK.rule(
    "STY-12",
    Phrase("No double negation, and no passive voice under [G]"),
    Grade.ADVICE,
    Scope.TEXT,
    source="our decision",
    advice=Phrase("Say who does what: “Close the windows”, not “Windows should be closed”."),
    kinds=ACTING,
    needs=signs.PASSIVE | signs.NEGATION,
)
def guidance_is_active(view: TextView) -> Iterator[Remark]:
    """The passive does not say who must act."""
    guidance = "\n".join(view.contents.guidance_plain)
    passive = vocabulary.PASSIVES[view.language].search(guidance)
    if passive:
        yield Remark(Phrase("passive: %(words)s", words=passive.group()))
    double = vocabulary.DOUBLE_NEGATIONS[view.language].search(guidance)
    if double:
        yield Remark(Phrase("double negation: %(words)s", words=double.group()))
