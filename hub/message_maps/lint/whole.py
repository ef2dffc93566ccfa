"""Rules MAP-*: the map as a whole - what must be there, and how it came to be approved.

Sources: French and foreign message libraries (before, during, after); OASIS event terms. MAP-06 and later are our own.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.kernel.phrase import Phrase
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import MessageView, SituationView
from hub.message_maps.model import FORMS, Kind, Level, Phase, Situation

BOOK = RuleBook()

_LADDER = (Kind.ALERT, Kind.UPDATE, Kind.NO_CHANGE, Kind.CORRECTION, Kind.CANCEL, Kind.ALL_CLEAR)
# What sets off sirens and panels; and what a debunk need not have.
_ALARMS = frozenset({"led", "cap"})
_NO_ALERT = _ALARMS | {"voice"}

BOOK.elsewhere(
    "MAP-01",
    Phrase("Ids are unique, of plain letters, and never used again; a renamed map keeps its old id as an alias"),
    Grade.ERROR,
    source="our decision",
    advice=Phrase("Choose another id, and list the old one under `aliases`."),
    enforced=Phrase("when a map is read"),
)


@BOOK.rule(
    "MAP-02",
    Phrase("Each situation has a message for before, during and after"),
    Grade.WARNING,
    Scope.SITUATION,
    source="IFRC; NEMA New Zealand; Georisques",
    advice=Phrase("Write what people should do beforehand (prevention) and afterwards (all-clear, recovery)."),
)
def all_phases_are_there(view: SituationView) -> Iterator[Remark]:
    """A warning starts before the danger and does not end with it."""
    there = {message.phase for message in view.situation.messages}
    for phase in Phase:
        if phase not in there:
            yield Remark(Phrase("no message of phase %(phase)s", phase=phase))


@BOOK.rule(
    "MAP-03",
    Phrase("Each situation has an OASIS event term and a CAP category"),
    Grade.ERROR,
    Scope.SITUATION,
    source="OASIS event terms 1.2",
    advice=Phrase("Look the term up in the OASIS list and write it under `oet`, such as OET-081 for a flood."),
)
def codes_are_there(view: SituationView) -> Iterator[Remark]:
    """Machines know a danger by its code."""
    if not view.situation.oet:
        yield Remark(Phrase("no event term: add one under `oet`"))
    if not view.situation.category:
        yield Remark(Phrase("no CAP category"))


BOOK.elsewhere(
    "MAP-04",
    Phrase("Export and import give the same map back; what the hub does not know is kept"),
    Grade.ERROR,
    source="our decision",
    advice=Phrase("Nothing to do for a writer."),
    enforced=Phrase("by the exchange of maps"),
)
BOOK.elsewhere(
    "MAP-05",
    Phrase("Someone other than the author approves a version; a change of text makes it a draft again"),
    Grade.ERROR,
    source="our decision",
    advice=Phrase("Ask a colleague to read and approve it."),
    enforced=Phrase("where maps are edited"),
)


@BOOK.rule(
    "MAP-06",
    Phrase(
        "Each level with an alert has an alert, an update, a “no change”, a correction, a cancel and an all-clear; an "
        "alert leads to a higher level where there is one, and down to a lower one"
    ),
    Grade.WARNING,
    Scope.SITUATION,
    source="our decision",
    advice=Phrase("Write the missing message and link it under `followups` of the alert."),
)
def levels_are_complete(view: SituationView) -> Iterator[Remark]:
    """What is missing is missed at night, when nobody has time to write."""
    situation = view.situation
    alarming = {message.level for message in situation.messages if message.kind is Kind.ALERT}
    ladder = [level for level in situation.levels.values() if level.id in alarming]
    for level in ladder:
        kinds = {message.kind for message in situation.messages if message.level == level.id}
        for kind in _LADDER:
            if kind not in kinds:
                yield Remark(Phrase("level %(level)s has no message of kind %(kind)s", level=level.id, kind=kind))
        yield from _steps(situation, level, [other.rank for other in ladder])


def _steps(situation: Situation, level: Level, ranks: list[int]) -> Iterator[Remark]:
    alerts = [m for m in situation.messages if m.level == level.id and m.kind is Kind.ALERT]
    for role, there in (("escalate", max(ranks) > level.rank), ("de_escalate", min(ranks) < level.rank)):
        if not there:
            continue
        for alert in alerts:
            if role not in alert.followups:
                phrase = Phrase(
                    "the alert has no follow-up of role %(role)s, though there is a level for it", role=role
                )
                yield Remark(phrase, message=alert.id, line=alert.line)


@BOOK.rule(
    "MAP-07",
    Phrase("Each message is there in every form: all nine; a debunk in all but panel, CAP and voice"),
    Grade.WARNING,
    Scope.MESSAGE,
    source="our decision",
    advice=Phrase("Write the missing form, or let it borrow another text with `same_as`."),
)
def forms_are_complete(view: MessageView) -> Iterator[Remark]:
    """A channel without a text stays silent."""
    debunk = view.message.kind is Kind.DEBUNK
    for form in FORMS:
        if form in view.message.variants:
            if debunk and form in _ALARMS:
                yield Remark(Phrase("a debunk has no such form: it is no alert"), form=form)
        elif not (debunk and form in _NO_ALERT):
            yield Remark(Phrase("the form is missing"), form=form)


@BOOK.rule(
    "MAP-08",
    Phrase("Whoever reads the map knows which messages are drafts"),
    Grade.ADVICE,
    Scope.MESSAGE,
    source="our decision",
    advice=Phrase("Find a source for the actions of the message, then delete `status: draft`."),
)
def drafts_are_known(view: MessageView) -> Iterator[Remark]:
    """A draft cannot be triggered."""
    if view.message.draft:
        yield Remark(Phrase("a draft: it cannot be triggered"))


BOOK.elsewhere(
    "MAP-09",
    Phrase("Each accepted warning still exists, so that no old reason hides a new fault"),
    Grade.WARNING,
    source="our decision",
    advice=Phrase("Delete the entry under `accepted`, or correct its rule, message, form or language."),
    enforced=Phrase("after all other rules, by the linter itself"),
)
