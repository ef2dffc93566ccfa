"""An alert as the public reads it: in one language, with the words for what has become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.alerts.states import State
from hub.alerts.views import AlertView
from hub.cap.reading import read_summary
from hub.kernel.phrase import Phrase
from hub.message_maps.model import Kind

# A message in force says what it is to the earlier ones; any other says what has become of it.
IN_FORCE: Mapping[Kind, Phrase] = {
    Kind.PREVENTION: Phrase("ADVICE: be ready"),
    Kind.ALERT: Phrase("ALERT"),
    Kind.UPDATE: Phrase("ALERT, updated"),
    Kind.NO_CHANGE: Phrase("ALERT, unchanged"),
    Kind.CORRECTION: Phrase("ALERT, corrected"),
    Kind.DE_ESCALATE: Phrase("ALERT at a lower level"),
    Kind.RECOVERY: Phrase("AFTER THE DANGER: what to do"),
    Kind.DEBUNK: Phrase("WHAT IS TRUE: a rumour answered"),
}
CLOSING: Mapping[Kind, Phrase] = {
    Kind.CANCEL: Phrase("ALERT CANCELLED: it was sent by mistake"),
    Kind.ALL_CLEAR: Phrase("END OF ALERT"),
}
BECOME: Mapping[State, Phrase] = {
    State.SUPERSEDED: Phrase("Replaced by a newer message"),
    State.CANCELLED: Phrase("Cancelled: it was sent by mistake"),
    State.ENDED: Phrase("This alert is over"),
}
# What follows the answer to a rumour is no alert either.
RUMOUR_AGAIN = Phrase("WHAT IS TRUE: a newer answer")
RUMOUR_OVER = Phrase("This answer to a rumour is withdrawn")
ADVICE = frozenset({Kind.PREVENTION, Kind.RECOVERY})
NO_DANGER = Phrase("EXERCISE: there is no real danger")
EXPIRED = Phrase("This alert is over: its time has run out")
SIMPLE = Phrase("In simple words")
WHOLE = Phrase("The whole message")
STRUCK = frozenset({State.SUPERSEDED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts in one language. ``instruction`` is what to do now; ``text`` is the whole message.

    ``simplified`` says the same in simple words and short sentences; empty where the message has no such text.
    """

    language: str
    headline: str
    instruction: str
    text: str
    simplified: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. ``first`` is in the reader's language, ``others`` in the rest.

    ``alarm``: it speaks of a danger, unlike advice or the answer to a rumour. ``current``: it is in force. ``closing``:
    it ends an alert. ``struck``: it no longer counts. ``newer`` is the identifier of the message that came after it.
    """

    identifier: str
    sent: datetime
    expires: datetime
    exercise: bool
    label: Phrase
    alarm: bool
    current: bool
    closing: bool
    struck: bool
    newer: str | None
    area: str
    first: Wording
    others: tuple[Wording, ...]

    @property
    def asks(self) -> Phrase:
        """The heading of the instruction: nobody may take an old one or an exercise for the order of the hour."""
        if self.closing:
            return Phrase("What to know now")
        if not self.current:
            return Phrase("What this message said")
        if self.exercise:
            return Phrase("What this exercise asks you to do")
        return Phrase("What to do now") if self.alarm else Phrase("What to do")

    @property
    def style(self) -> str:
        """The classes of its card. Colour repeats what the words say, never alone."""
        words = [] if self.current else ["over"]
        if self.exercise:
            return " ".join(["drill", *words])
        return " ".join(["real"] if self.current and self.alarm else words)


def notice(alert: AlertView, language: str, now: datetime) -> Notice:
    """What one alert is for a reader of ``language`` at the moment ``now``."""
    closing = alert.kind in CLOSING
    current = alert.state is State.OPEN and not alert.expired(now)
    languages = sorted(alert.headline, key=lambda each: each != language)
    instructions = _instructions(alert)
    first, *others = (
        Wording(
            each,
            alert.headline[each],
            instructions.get(each, ""),
            alert.texts[each],
            alert.simplified.get(each, ""),
        )
        for each in languages
    )
    return Notice(
        identifier=alert.identifier,
        sent=alert.sent,
        expires=alert.expires,
        exercise=alert.exercise,
        label=_label(alert, current=current),
        alarm=alert.kind not in ADVICE and not answers_rumour(alert),
        current=current,
        closing=closing,
        struck=alert.state in STRUCK,
        newer=alert.followed_by,
        area=alert.area.names.get(first.language, ""),
        first=first,
        others=tuple(others),
    )


def answers_rumour(alert: AlertView) -> bool:
    """Whether it answers a rumour or follows such an answer: neither is a CAP alert."""
    return not alert.cap_xml


def _instructions(alert: AlertView) -> dict[str, str]:
    """What to do, by language; only a CAP alert tells it apart from the rest."""
    if not alert.cap_xml:
        return {}
    return {words.language[:2]: words.instruction for words in read_summary(alert.cap_xml.encode()).words}


def _label(alert: AlertView, *, current: bool) -> Phrase:
    if alert.kind in CLOSING:
        return RUMOUR_OVER if answers_rumour(alert) else CLOSING[alert.kind]
    if current:
        return RUMOUR_AGAIN if answers_rumour(alert) and alert.kind is not Kind.DEBUNK else IN_FORCE[alert.kind]
    return EXPIRED if alert.state is State.OPEN else BECOME[alert.state]
