"""Rules DBK-*: how a rumour is answered.

Source: the Debunking Handbook 2020: fact, warning about the myth, why it is false, fact again. Word counts are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.channels.text import words
from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.lint import signs
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import TextView
from hub.message_maps.model import Kind

BOOK = RuleBook()

LEAST_REASON = 4
REASON_PER_MYTH = 2
_STEPS = ("F", "W", "M", "Y", "F")
_SOMEONE = re.compile(r"(?<![\w.])@\w|[\w.]+@[\w.]+\.\w+")
_TELLING = re.compile(r"\w{4,}|\d+|\{\w+\}")
_NO_REASON = re.compile(
    r"^\W*(?:c'est|ceci est|cela est|it is|this is|that is|it's)?\W*(?:faux|false|untrue|wrong)\W*$"
)
_DEBUNK = (Kind.DEBUNK,)


@BOOK.rule(
    "DBK-01",
    Phrase(
        "A debunk says the fact [F], warns [W], tells the myth [M], says why it is false [Y], and ends on the fact [F]"
    ),
    Grade.ERROR,
    Scope.TEXT,
    source="Debunking Handbook 2020",
    advice=Phrase("Put the elements in the order [F] [W] [M] [Y] [F]; [S], [G], [N] and [U] may stand around them."),
    kinds=_DEBUNK,
)
def debunk_has_its_steps(view: TextView) -> Iterator[Remark]:
    """What is read first and last is what stays."""
    steps = tuple(tag for tag in view.contents.tags if tag in _STEPS)
    if steps != _STEPS:
        found = " ".join(f"[{tag}]" for tag in steps) or "-"
        yield Remark(Phrase("the steps are %(found)s; right is [F] [W] [M] [Y] [F]", found=found))


@BOOK.rule(
    "DBK-02",
    Phrase("The myth stands once, after a warning, and is neither a question nor a hashtag"),
    Grade.ERROR,
    Scope.TEXT,
    source="Debunking Handbook 2020",
    advice=Phrase("Tell the myth once, as a short statement right after [W]."),
    kinds=_DEBUNK,
)
def myth_is_told_once(view: TextView) -> Iterator[Remark]:
    """Repeating a myth makes it familiar, and what is familiar is believed."""
    tags = view.contents.tags
    if tags.count("M") > 1:
        yield Remark(Phrase("the myth is told more than once"))
    if "M" in tags and "W" not in tags[: tags.index("M")]:
        yield Remark(Phrase("the myth comes without a warning: put [W] before [M]"))
    myth = view.elements.get("M", "")
    if "?" in myth or "#" in myth:
        yield Remark(Phrase("the myth is a question or a hashtag: write a statement"))


def _first_and_last_fact(view: TextView) -> tuple[str, str] | None:
    facts = [segment.shown for segment in view.segments if segment.tag == "F"]
    return (facts[0], facts[-1]) if len(facts) > 1 else None


@BOOK.rule(
    "DBK-03",
    Phrase("The closing fact takes up a word, number or blank of the opening fact"),
    Grade.WARNING,
    Scope.TEXT,
    source="Debunking Handbook 2020",
    advice=Phrase("End with the fact of the beginning, in other words or with more detail."),
    kinds=_DEBUNK,
)
def fact_comes_back(view: TextView) -> Iterator[Remark]:
    """The fact is to stay in mind, not the myth."""
    pair = _first_and_last_fact(view)
    if pair is None:
        return
    first, last = (set(_TELLING.findall(wording.bare(fact).lower())) for fact in pair)
    if first.isdisjoint(last):
        yield Remark(Phrase("the last [F] shares no word with the first one"))


@BOOK.rule(
    "DBK-04",
    Phrase("A debunk says why the myth is false, not only that it is"),
    Grade.ERROR,
    Scope.TEXT,
    source="Debunking Handbook 2020",
    advice=Phrase(
        "Say under [Y] what was checked or how the myth misleads, in a full sentence or with a blank for it."
    ),
    kinds=_DEBUNK,
)
def reason_is_given(view: TextView) -> Iterator[Remark]:
    """A bare denial leaves a hole that the myth fills again."""
    reason = wording.bare(view.elements.get("Y", "")).lower()
    if "{" not in reason and (words(reason) < LEAST_REASON or _NO_REASON.match(reason)):
        yield Remark(Phrase("[Y] gives no reason"))


BOOK.elsewhere(
    "DBK-05",
    Phrase("An answer has its record: what was checked, by whom, when, and the verdict"),
    Grade.ERROR,
    source="our decision",
    advice=Phrase("Fill in the record of the rumour before answering it."),
    enforced=Phrase("in the register of rumours"),
)


@BOOK.rule(
    "DBK-06",
    Phrase("The reason is at most twice as long as the myth, blanks counting as their examples"),
    Grade.ADVICE,
    Scope.TEXT,
    source="Debunking Handbook 2020; the number is our decision",
    advice=Phrase("Shorten [Y]: a simple myth beats a complicated truth."),
    kinds=_DEBUNK,
    forms=("sms", "x", "bluesky", "mastodon", "simplified"),
)
def reason_is_simple(view: TextView) -> Iterator[Remark]:
    """An explanation harder than the myth loses."""
    if "M" not in view.elements or "Y" not in view.elements:
        return
    examples = view.fillings.examples[view.language]
    myth, reason = (words(view.elements[tag].format_map(examples)) for tag in "MY")
    if reason > myth * REASON_PER_MYTH:
        yield Remark(Phrase("[Y] has %(reason)s words, the myth %(myth)s", reason=reason, myth=myth))


@BOOK.rule(
    "DBK-07",
    Phrase("A debunk names nobody: no @mention, no mail address, no link to the false post"),
    Grade.ERROR,
    Scope.TEXT,
    source="our decision",
    advice=Phrase("Delete the name; answer the claim, not the person. Links lead to the town's own page (CMP-08)."),
    kinds=_DEBUNK,
    needs=signs.ODD,
)
def nobody_is_named(view: TextView) -> Iterator[Remark]:
    """Naming the author makes a victim, and sends readers to the myth."""
    for part, text in view.shown.items():
        found = _SOMEONE.search(text)
        if found:
            yield Remark(Phrase("“%(name)s” names someone", name=found.group()), part, found.span())


BOOK.elsewhere(
    "DBK-08",
    Phrase("Before an answer: does it spread, can it harm, is it fading already?"),
    Grade.WARNING,
    source="CODAH; Rumor Guard",
    advice=Phrase("Answer the three questions; silence may be the better answer."),
    enforced=Phrase("in the register of rumours"),
)


@BOOK.rule(
    "DBK-09",
    Phrase("A debunk says what to do now: [G]"),
    Grade.WARNING,
    Scope.TEXT,
    source="our decision",
    advice=Phrase("Add [G] with the instruction that holds at present, or where to find it."),
    kinds=_DEBUNK,
    spared=signs.GUIDANCE,
)
def debunk_guides(_view: TextView) -> Iterator[Remark]:
    """Who has just learned that a rumour is false asks what is true for him."""
    yield Remark(Phrase("no [G]: say what people should do now"))
