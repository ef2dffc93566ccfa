"""Rules LVL-* and CAP-*: how grave a message claims to be, to people and to machines.

Sources: CAP 1.2; the Google CAP profile; 47 CFR 10.400 as a proxy for EU-Alert levels; Sahana's SAMBRO guidelines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.cap.vocabulary import Category, Certainty, MsgType, ResponseType, Severity, Urgency
from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.exercise import mark, marked
from hub.message_maps.lint import signs
from hub.message_maps.lint.kinds import LIVE
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import MessageView, SituationView, TextView
from hub.message_maps.model import Family, Kind

BOOK = RuleBook()

_GRAVE_EU_ALERT = 2
_GRAVE = (
    frozenset({Urgency.IMMEDIATE, Urgency.EXPECTED}),
    frozenset({Severity.EXTREME, Severity.SEVERE}),
    frozenset({Certainty.OBSERVED, Certainty.LIKELY}),
)
_ABDUCTION = re.compile(r"enlevement|abduction|amber", re.IGNORECASE)
_OWN_WORDS = (Kind.CANCEL, Kind.ALL_CLEAR, Kind.PREVENTION, Kind.RECOVERY)
_ON_THE_WIRE = Phrase("on the built alert, before it is sent")
# Which CAP categories go with a branch of the catalogue; a mapping of our own over the OASIS event terms.
_CATEGORIES = {
    Family.NATURAL: {Category.GEO, Category.MET, Category.FIRE, Category.ENV},
    Family.TECHNOLOGICAL: {Category.CBRNE, Category.ENV, Category.FIRE, Category.INFRA, Category.SAFETY},
    Family.HEALTH: {Category.HEALTH, Category.ENV, Category.CBRNE, Category.INFRA, Category.MET},
    Family.NETWORKS: {Category.INFRA, Category.SAFETY, Category.TRANSPORT},
    Family.TRANSPORT: {Category.TRANSPORT, Category.INFRA, Category.SAFETY, Category.CBRNE, Category.RESCUE},
    Family.SECURITY: {Category.SECURITY, Category.SAFETY, Category.CBRNE, Category.RESCUE},
}


@BOOK.rule(
    "LVL-01",
    Phrase(
        "The level sets urgency, severity, certainty and response once; only an end, or a message for before or "
        "after, may differ"
    ),
    Grade.ERROR,
    Scope.MESSAGE,
    source="our decision",
    advice=Phrase("Delete `cap_override`, or move the message to the level that it speaks for."),
    kinds=[kind for kind in Kind if kind not in _OWN_WORDS],
)
def level_rules(view: MessageView) -> Iterator[Remark]:
    """Two messages of one level never claim different dangers."""
    if view.message.cap_override is not None:
        yield Remark(Phrase("cap_override is only for cancel, all_clear, prevention and recovery"))


@BOOK.rule(
    "LVL-02",
    Phrase("EU-Alert 1 and 2, which cannot be silenced, are for urgent, severe and likely dangers only"),
    Grade.ERROR,
    Scope.SITUATION,
    source="47 CFR 10.400; Journal du Net, May 2024",
    advice=Phrase("Set `eu_alert` to 3 or 4, or correct urgency, severity and certainty if the danger is graver."),
)
def loud_levels_are_earned(view: SituationView) -> Iterator[Remark]:
    """An over-graded alert costs the trust of the next one."""
    for level in view.situation.levels.values():
        triple = (level.urgency, level.severity, level.certainty)
        if level.eu_alert <= _GRAVE_EU_ALERT and not all(
            word in good for word, good in zip(triple, _GRAVE, strict=True)
        ):
            phrase = Phrase(
                "level %(level)s asks for EU-Alert %(eu)s but is %(triple)s; choose 3 or 4",
                level=level.id,
                eu=level.eu_alert,
                triple=" / ".join(triple),
            )
            yield Remark(phrase)


@BOOK.rule(
    "LVL-03",
    Phrase("A child-abduction alert is written by the prosecutor and relayed word for word: it is no map"),
    Grade.ERROR,
    Scope.SITUATION,
    source="alerte-enlevement.gouv.fr",
    advice=Phrase("Remove the map: such an alert is relayed as the prosecutor wrote it."),
)
def abduction_is_only_relayed(view: SituationView) -> Iterator[Remark]:
    """The Amber class is the prosecutor's."""
    situation = view.situation
    words = " ".join(
        [situation.id, *situation.title.values(), *(noun for nouns in situation.hazard.values() for noun in nouns)]
    )
    if _ABDUCTION.search(wording.bare(words)):
        yield Remark(Phrase("child-abduction alerts are not pre-written: the prosecutor's text is relayed as it is"))


@BOOK.rule(
    "LVL-04",
    Phrase("An exercise says so three times at the start and three times at the end; the author never writes the mark"),
    Grade.ERROR,
    Scope.TEXT,
    source="French prefectures; Android cell broadcast; BlackBerry AtHoc",
    advice=Phrase("Delete the word: the hub puts it into every exercise, and only there."),
    needs=signs.DRILL,
)
def mark_is_not_written(view: TextView) -> Iterator[Remark]:
    """The hub sets the marks. A text that holds the word itself would make a real alert look like an exercise."""
    word = mark(view.language).split()[0]
    if word in view.everything.upper():
        drill = marked(view.form, view.language, view.shown)
        yield Remark(Phrase("“%(word)s” is set by the hub: %(text)s", word=word, text=next(iter(drill.values()))[:60]))


BOOK.elsewhere(
    "CAP-01",
    Phrase("The language of each info block is written, because CAP takes American English otherwise"),
    Grade.ERROR,
    source="CAP 1.2",
    advice=Phrase("Nothing to do for a writer: the hub writes it."),
    enforced=_ON_THE_WIRE,
)


@BOOK.rule(
    "CAP-02",
    Phrase("One info block a language, of the same category and event code; their texts differ"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="Google CAP profile",
    advice=Phrase("Translate the CAP texts; category and code come from the map and are the same for all."),
    forms=("cap",),
)
def cap_languages_differ(view: MessageView) -> Iterator[Remark]:
    """Two info blocks with one text show a translation that was never made."""
    if "cap" not in view.message.variants:
        return
    texts = [text.contents.everything for text in view.texts if text.form == "cap"]
    if len(set(texts)) < len(texts):
        yield Remark(Phrase("two languages have the same CAP text: translate it"), form="cap")


for _id, _statement, _grade in (
    ("CAP-03", Phrase("Everything that the CAP schema requires is there"), Grade.ERROR),
    ("CAP-04", Phrase("Times carry their offset from UTC in numbers, never Z"), Grade.ERROR),
    ("CAP-05", Phrase("An alert has an end, after its beginning"), Grade.ERROR),
    (
        "CAP-06",
        Phrase("An Update or a Cancel refers to the earlier messages of its alert, never to itself"),
        Grade.ERROR,
    ),
):
    BOOK.elsewhere(
        _id,
        _statement,
        _grade,
        source="CAP 1.2; Google CAP profile",
        advice=Phrase("Nothing to do for a writer: the hub writes it."),
        enforced=_ON_THE_WIRE,
    )


@BOOK.rule(
    "CAP-07",
    Phrase("The CAP headline names the hazard and what to do; headline, description and instruction differ"),
    Grade.WARNING,
    Scope.TEXT,
    source="Google CAP profile; CAP 1.2",
    advice=Phrase("Write [H] and one action [G] into the headline; do not repeat a whole part in another one."),
    kinds=LIVE,
    forms=("cap",),
)
def headline_says_the_essential(view: TextView) -> Iterator[Remark]:
    """Many receivers show the headline only."""
    tags = view.parts["headline"].tags
    for tag in "HG":
        if tag not in tags:
            yield Remark(Phrase("the headline lacks [%(tag)s]", tag=tag), part="headline")
    texts = [view.parts[part].template for part in ("headline", "description", "instruction")]
    if len(set(texts)) < len(texts):
        yield Remark(Phrase("two parts of the CAP text are the same"))


@BOOK.rule(
    "CAP-08",
    Phrase("The CAP category agrees with the family of the situation and its OASIS event term"),
    Grade.WARNING,
    Scope.SITUATION,
    source="OASIS event terms 1.2; the mapping is our decision",
    advice=Phrase("Choose the category that the event term stands under; receivers sort alerts by it."),
)
def category_agrees(view: SituationView) -> Iterator[Remark]:
    """A flood filed under Security is not found by who listens for floods."""
    wanted = _CATEGORIES.get(view.situation.family)
    if wanted is not None and wanted.isdisjoint(view.situation.category):
        given = ", ".join(view.situation.category)
        yield Remark(
            Phrase("%(given)s is unusual here; usual are %(usual)s", given=given, usual=", ".join(sorted(wanted)))
        )


@BOOK.rule(
    "CAP-09",
    Phrase("Urgency, severity and certainty are not Unknown"),
    Grade.WARNING,
    Scope.SITUATION,
    source="Google CAP profile",
    advice=Phrase("Choose the words that describe the level best; receivers drop alerts that say Unknown."),
)
def nothing_is_unknown(view: SituationView) -> Iterator[Remark]:
    """An alert that does not know how grave it is gets filtered out."""
    for level in view.situation.levels.values():
        if "Unknown" in {level.urgency, level.severity, level.certainty}:
            yield Remark(Phrase("level %(level)s says Unknown", level=level.id))


BOOK.elsewhere(
    "CAP-10",
    Phrase("The area is the area to alert, not the point where the danger starts; a shape is better than a code"),
    Grade.WARNING,
    source="Google CAP profile",
    advice=Phrase("Draw the area to alert, or choose one that is kept ready."),
    enforced=Phrase("where the area of an alert is chosen"),
)
BOOK.elsewhere(
    "CAP-11",
    Phrase("Sender's name, response, instruction, web address and contact are given"),
    Grade.ADVICE,
    source="Google CAP profile",
    advice=Phrase("Fill in the authority's name, address and telephone in the settings."),
    enforced=_ON_THE_WIRE,
)


@BOOK.rule(
    "CAP-12",
    Phrase("An all-clear is an Update with AllClear and urgency Past; a cancel is a Cancel, or an Update that warns"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="Sahana SAMBRO; the mapping is our decision",
    advice=Phrase("Delete `cap_override`: the hub's own words are right for an end."),
    kinds=(Kind.CANCEL, Kind.ALL_CLEAR),
)
def ends_use_the_words_of_an_end(view: MessageView) -> Iterator[Remark]:
    """A machine must tell a danger that is over from one that never was."""
    words = view.situation.cap_words(view.message)
    if view.message.kind is Kind.CANCEL:
        # Withdrawing a reassurance warns: “the siren was a real alert” is an Update of its own urgency.
        if words.msg_type is not MsgType.CANCEL and words.urgency is Urgency.PAST:
            yield Remark(Phrase("a cancel must be of CAP type Cancel, unless it warns"))
    elif (
        words.msg_type is not MsgType.UPDATE
        or ResponseType.ALL_CLEAR not in words.response
        or words.urgency is not Urgency.PAST
    ):
        yield Remark(Phrase("an all-clear must be an Update with AllClear and urgency Past"))
