"""Rules LIF-*: what follows a message, how it says so, and how it ends.

Sources: Sutton on updates and all-clears; Sahana's SAMBRO publishing guidelines.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hub.kernel.phrase import Phrase
from hub.message_maps import wording
from hub.message_maps.lint import vocabulary
from hub.message_maps.lint.kinds import ENDS, FOLLOWING
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import MessageView, SituationView, TextView
from hub.message_maps.model import TIMES, Kind, Message, Part, Situation

BOOK = RuleBook()

_GOES_ON = (Kind.ALERT, Kind.UPDATE, Kind.NO_CHANGE, Kind.CORRECTION, Kind.DE_ESCALATE)
_MUST_FOLLOW = ("update", "correction", "cancel", "all_clear")
_LEAST_GUIDANCE = 2


@BOOK.rule(
    "LIF-01",
    Phrase(
        "An alert and what continues it lead to an update, a correction, a cancel and an all-clear; every follow-up "
        "exists and has its kind; an escalation leads higher, a de-escalation lower"
    ),
    Grade.ERROR,
    Scope.MESSAGE,
    source="Sutton; Sahana SAMBRO",
    advice=Phrase("Write the missing message, or correct its id under `followups`."),
    kinds=[kind for kind in Kind if kind not in ENDS],
)
def life_goes_on(view: MessageView) -> Iterator[Remark]:
    """Who has alarmed people must be able to correct it and to end it."""
    message = view.message
    if message.kind in _GOES_ON:
        for role in _MUST_FOLLOW:
            if role not in message.followups:
                yield Remark(Phrase("no follow-up of role %(role)s", role=role))
    yield from _edges(view.situation, message)


def _edges(situation: Situation, message: Message) -> Iterator[Remark]:
    for role, name in message.followups.items():
        target = situation.by_id.get(name)
        if target is None:
            yield Remark(Phrase("the follow-up %(role)s leads to %(name)s, which does not exist", role=role, name=name))
            continue
        climb = situation.level_of(target).rank - situation.level_of(message).rank
        if role == "escalate":
            if target.kind is not Kind.ALERT or climb <= 0:
                yield Remark(Phrase("escalate leads to %(name)s, which is no alert of a higher level", name=name))
        elif target.kind != role:
            phrase = Phrase(
                "the follow-up %(role)s leads to %(name)s, which is of kind %(kind)s",
                role=role,
                name=name,
                kind=target.kind,
            )
            yield Remark(phrase)
        elif role == "de_escalate" and climb >= 0:
            yield Remark(Phrase("de_escalate leads to %(name)s, which is not of a lower level", name=name))


@BOOK.rule(
    "LIF-01",
    Phrase("A cancel or an all-clear is an end; only messages for afterwards may follow an all-clear"),
    Grade.ERROR,
    Scope.MESSAGE,
    source="Sutton; Sahana SAMBRO",
    advice=Phrase("Delete the follow-ups: a new danger is a new alert."),
    kinds=ENDS,
)
def ends_are_ends(view: MessageView) -> Iterator[Remark]:
    """Nothing follows an end: a new danger is a new alert."""
    for role in view.message.followups:
        if role != "recovery" or view.message.kind is Kind.CANCEL:
            yield Remark(Phrase("an end has no follow-ups, but %(role)s is given", role=role))
    if view.message.kind is Kind.ALL_CLEAR:
        yield from _edges(view.situation, view.message)


@BOOK.rule(
    "LIF-02",
    Phrase("Whatever follows an alert starts with [K], what kind of message it is, and the time"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Start with [K] and the kind and time of the message: “[K]UPDATE {heure}.”"),
    kinds=FOLLOWING,
)
def kind_comes_first(view: TextView) -> Iterator[Remark]:
    """Out of order, two texts without a time contradict each other."""
    segments = view.contents.segments
    if not segments or segments[0][0] != "K" or not wording.has_word(segments[0][1]):
        yield Remark(Phrase("the text must start with [K], such as “UPDATE”"))
        return
    known = view.situation.placeholders
    head = segments[:2]
    if view.form == "cap":
        head += view.parts["description"].segments[:2]
    for _tag, _template, names in head:
        for name in names:
            if name in known and known[name].type in TIMES:
                return
    yield Remark(Phrase("no time at the start: write a time placeholder after [K]"))


@BOOK.rule(
    "LIF-03",
    Phrase("A correction says what was wrong and what is right, and repeats what to do"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Use the blanks that correct (`corrects: right` and `wrong`): “{juste}, not {erreur}”, then [G]."),
    kinds=(Kind.CORRECTION,),
)
def correction_corrects(view: TextView) -> Iterator[Remark]:
    """A panel only shows what is right: the wrong word in large letters would stay in mind."""
    known = view.situation.placeholders
    parts = {known[name].corrects for segment in view.segments for name in segment.names if name in known}
    if view.form == "led":
        if Part.RIGHT not in parts:
            yield Remark(Phrase("the panel does not show what is right"))
    elif not parts >= set(Part) or not wording.matches(wording.CONTRASTS, view.everything, view.language):
        yield Remark(Phrase("say what is right and what was wrong: “{juste}, not {erreur}”"))
    if not any(view.contents.imperative):
        yield Remark(Phrase("repeat what to do with [G]"))


@BOOK.rule(
    "LIF-06",
    Phrase("An all-clear says that the danger is over"),
    Grade.ERROR,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Say that it is over: “The danger is over.”"),
    kinds=(Kind.ALL_CLEAR,),
)
def all_clear_clears(view: TextView) -> Iterator[Remark]:
    """Source, place and hazard are asked for by CMP-01, CMP-04 and CMP-02."""
    over = vocabulary.RESOLUTIONS.get(view.language)
    if over is not None and not over.search(view.plain):
        yield Remark(Phrase("nothing says that the danger is over"))


@BOOK.rule(
    "LIF-06",
    Phrase("The long text of an all-clear says what people may do again and what still needs care"),
    Grade.WARNING,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Say what is allowed again (“You can go home”), and what still needs care."),
    kinds=(Kind.ALL_CLEAR,),
    forms=("long",),
)
def all_clear_guides(view: TextView) -> Iterator[Remark]:
    """Where the warning stops, the questions begin."""
    allowed = vocabulary.PERMISSIONS.get(view.language)
    if allowed is not None and not allowed.search(view.plain):
        yield Remark(Phrase("nothing says what people may do again"))
    if len(view.contents.guidance) < _LEAST_GUIDANCE:
        yield Remark(Phrase("nothing says what still needs care: add a sentence under [G]"))


BOOK.elsewhere(
    "LIF-04",
    Phrase("The promised next message lies ahead, and not farther than the level's `next_update_minutes`"),
    Grade.ERROR,
    source="Sutton; the numbers are our decision",
    advice=Phrase("Type a time ahead that the desk can keep."),
    enforced=Phrase("when the blanks of a message are filled in"),
)
BOOK.elsewhere(
    "LIF-05",
    Phrase(
        "A promised message that does not come calls the officer on duty; the map holds a text that says “no change”"
    ),
    Grade.ERROR,
    source="Sutton",
    advice=Phrase("Send the “no change” message of the level."),
    enforced=Phrase("by an alarm on every page of the console until a message follows; the text by MAP-06"),
)
BOOK.elsewhere(
    "LIF-07",
    Phrase("Two messages of one alert do not contradict each other: a follow-up keeps the blanks of what it follows"),
    Grade.WARNING,
    source="Sutton",
    advice=Phrase("Change a place or a time with a correction, which mends it everywhere."),
    enforced=Phrase("when a follow-up is written and when a correction is filled in"),
)


@BOOK.rule(
    "LIF-08",
    Phrase("A map is read again in time: `reviewed_on` plus `review_every_days` has not passed"),
    Grade.WARNING,
    Scope.SITUATION,
    source="IRMa Grenoble; the number is our decision",
    advice=Phrase("Read the map again with the people concerned and set `reviewed_on`."),
)
def review_is_not_overdue(view: SituationView) -> Iterator[Remark]:
    """Asked only where the caller says what day it is (`Rules.today`)."""
    owner, today = view.situation.owner, view.rules.today
    if today is None:
        return
    due = owner.reviewed_on + timedelta(days=owner.review_every_days)
    if due < today:
        yield Remark(Phrase("the review was due on %(due)s", due=due.isoformat()))
