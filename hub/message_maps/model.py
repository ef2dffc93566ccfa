"""What a message map is made of: one situation, its levels, placeholders, facts and messages. Immutable.

The words are those of ``docs/message_maps.md``; the CAP words are those of `hub.cap.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from hub.cap.vocabulary import Category, Certainty, MsgType, ResponseType, Severity, Urgency
from hub.channels import contract
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps.tagged import Tagged

Localized = Mapping[str, str]

FORMS = contract.FORMS
CAP_PARTS = ("headline", "description", "instruction")
TEXT_PART = "text"


class Kind(StrEnum):
    """What a message does in the life of an alert."""

    PREVENTION = "prevention"
    ALERT = "alert"
    UPDATE = "update"
    NO_CHANGE = "no_change"
    CORRECTION = "correction"
    DE_ESCALATE = "de_escalate"
    CANCEL = "cancel"
    ALL_CLEAR = "all_clear"
    RECOVERY = "recovery"
    DEBUNK = "debunk"


class Phase(StrEnum):
    """When a message is sent, seen from the event."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class State(StrEnum):
    """How far a map has come; a draft cannot be triggered."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    RETIRED = "retired"


class Family(StrEnum):
    """The branch of the catalogue that a situation hangs on."""

    NATURAL = "natural"
    TECHNOLOGICAL = "technological"
    HEALTH = "health"
    NETWORKS = "networks"
    TRANSPORT = "transport"
    SECURITY = "security"
    COMMUNICATION = "communication"


class Kinetics(StrEnum):
    """How fast the event develops."""

    SLOW = "slow"
    FAST = "fast"
    SUDDEN = "sudden"


class PlaceholderType(StrEnum):
    """What a blank takes."""

    TEXT = "text"
    PLACE = "place"
    LIST = "list"
    TIME = "time"
    DATE = "date"
    DURATION = "duration"
    DISTANCE = "distance"
    NUMBER = "number"
    PHONE = "phone"
    URL = "url"
    ENUM = "enum"


PLACES = frozenset({PlaceholderType.PLACE, PlaceholderType.LIST})
TIMES = frozenset({PlaceholderType.TIME, PlaceholderType.DATE})


class Origin(StrEnum):
    """Where a blank's value comes from when no officer types it."""

    COMMUNE = "authority.commune"
    NAME = "authority.name"
    URL = "authority.url"
    PHONE = "authority.phone"
    SENT_TIME = "sent.time"


class Part(StrEnum):
    """What a blank of a correction holds: the words that were wrong, or those that are right."""

    WRONG = "wrong"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a map, and how often it is read again (days)."""

    role: str
    reviewed_on: date
    review_every_days: int


@dataclass(frozen=True, slots=True)
class Validation:
    """Who checked a fact, and when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Fact:
    """A behaviour that guidance may build on.

    ``source`` is a code of ``sources.yaml``, empty where none was found yet. ``note`` says what a reader of the map
    must know, such as two sources that differ.
    """

    id: str
    text: Localized
    source: str = ""
    validated: Validation | None = None
    note: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that people are told to do: a short imperative that builds on facts of the situation."""

    id: str
    text: Mapping[str, Tagged]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A warning of the linter that the authors accept, and why. An empty place means every place."""

    rule: str
    reason: Localized
    message: str = ""
    form: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that facts come from."""

    code: str
    title: str
    publisher: str
    address: str
    seen: date


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A typed blank. ``max`` is the longest value in characters, counted when lengths are checked.

    ``future``: the moment must lie ahead. ``next_update``: the moment is the promised next message, checked against the
    level's cadence. ``per_language``: the officer types it once for each language. ``values``: the choices of an enum.
    ``corrects``: a correction replaces what its ``wrong`` blank holds by what its ``right`` one does, in all others.
    ``number``: the key of the town's register of numbers that fills it in.
    """

    name: str
    type: PlaceholderType
    max: int
    label: Localized
    example: Localized
    hint: Localized = field(default_factory=dict)
    required: bool = True
    origin: Origin | None = None
    future: bool = False
    next_update: bool = False
    per_language: bool = False
    values: tuple[Localized, ...] = ()
    default: str = ""
    corrects: Part | None = None
    number: str = ""

    @property
    def filled_in(self) -> bool:
        """Whether the hub fills it in, so that no officer is asked."""
        return self.origin is not None or bool(self.number)


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of the ladder: the CAP triple is set here, once. Times in minutes."""

    id: str
    rank: int
    label: Localized
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    response: tuple[ResponseType, ...]
    eu_alert: int
    next_update_minutes: int
    expires_minutes: int


@dataclass(frozen=True, slots=True)
class CapOverride:
    """The CAP words of an end message, where they differ from the level's."""

    msg_type: MsgType
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    response: tuple[ResponseType, ...]


Variant = Mapping[str, Tagged]


@dataclass(frozen=True)
class Message:
    """One pre-written message: form -> language -> part -> tagged text.

    ``same_as`` tells which forms borrow their text from another one. ``followups`` maps a role (update, no_change,
    correction, cancel, all_clear, escalate, de_escalate, recovery) to a message id. ``draft``: it cannot be triggered,
    although its situation is approved.
    """

    id: str
    phase: Phase
    level: str
    kind: Kind
    title: Localized
    actions: tuple[str, ...]
    variants: Mapping[str, Mapping[str, Variant]]
    followups: Mapping[str, str]
    same_as: Mapping[str, str] = field(default_factory=dict)
    cap_override: CapOverride | None = None
    draft: bool = False
    line: int = field(default=0, compare=False)

    def variant(self, form: str, language: str) -> Variant:
        """The tagged text of one form in one language, part by part.

        Raises:
            NotFound: the message has no such form or language.
        """
        try:
            return self.variants[form][language]
        except KeyError:
            detail = Phrase(
                "The message %(message)s has no text for %(form)s in %(language)s.",
                message=self.id,
                form=form,
                language=language,
            )
            raise NotFound(detail) from None

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """The names of the placeholders that any text of the message uses."""
        return frozenset[str]().union(
            *(
                tagged.placeholders
                for languages in self.variants.values()
                for parts in languages.values()
                for tagged in parts.values()
            )
        )


@dataclass(frozen=True)
class Situation:
    """One situation of the catalogue with everything that can be said in it."""

    id: str
    version: int
    status: State
    owner: Owner
    family: Family
    title: Localized
    synonyms: Mapping[str, tuple[str, ...]]
    kinetics: Kinetics
    hazard: Mapping[str, tuple[str, ...]]
    facts: tuple[Fact, ...]
    oet: tuple[str, ...]
    category: tuple[Category, ...]
    event: Localized
    area: Mapping[str, Tagged]
    placeholders: Mapping[str, Placeholder]
    levels: Mapping[str, Level]
    actions: Mapping[str, Action]
    messages: tuple[Message, ...]
    aliases: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    line: int = field(default=0, compare=False)

    @cached_property
    def by_id(self) -> Mapping[str, Message]:
        """The messages by their id."""
        return {message.id: message for message in self.messages}

    def message(self, message_id: str) -> Message:
        """One message.

        Raises:
            NotFound: the situation has no such message.
        """
        message = self.by_id.get(message_id)
        if message is None:
            detail = Phrase(
                "The situation %(situation)s has no message %(message)s.", situation=self.id, message=message_id
            )
            raise NotFound(detail)
        return message

    def level_of(self, message: Message) -> Level:
        """The level that a message belongs to."""
        return self.levels[message.level]

    def actions_of(self, message: Message) -> tuple[Action, ...]:
        """The actions of a message, in its own order."""
        return tuple(self.actions[name] for name in message.actions if name in self.actions)

    def facts_of(self, message: Message) -> tuple[Fact, ...]:
        """The facts that a message builds on, by way of its actions, in the order of the map."""
        wanted = {fact for action in self.actions_of(message) for fact in action.facts}
        return tuple(fact for fact in self.facts if fact.id in wanted)

    def cap_words(self, message: Message) -> CapOverride:
        """The CAP words of a message: its level's, or those of an end (its own, else `END_WORDS`).

        A first alert is an Alert; whoever escalates an earlier alert makes it an Update. Source: CAP 1.2, section
        3.2.1.
        """
        words = message.cap_override or END_WORDS.get(message.kind)
        if words is not None:
            return words
        level = self.levels[message.level]
        return CapOverride(MSG_TYPES[message.kind], level.urgency, level.severity, level.certainty, level.response)


# Source: CAP 1.2, section 3.2.1. A debunk is no CAP alert: it has no `cap` form.
MSG_TYPES: Mapping[Kind, MsgType] = {
    Kind.PREVENTION: MsgType.ALERT,
    Kind.ALERT: MsgType.ALERT,
    Kind.UPDATE: MsgType.UPDATE,
    Kind.NO_CHANGE: MsgType.UPDATE,
    Kind.CORRECTION: MsgType.UPDATE,
    Kind.DE_ESCALATE: MsgType.UPDATE,
    Kind.CANCEL: MsgType.CANCEL,
    Kind.ALL_CLEAR: MsgType.UPDATE,
    Kind.RECOVERY: MsgType.ALERT,
    Kind.DEBUNK: MsgType.ALERT,
}

# An alert that ends: nothing is ahead any more, and what is said is known. Cancel withdraws an alert sent in error, an
# Update with AllClear ends one that was right. Source: Sahana's SAMBRO publishing guidelines; mapping of our own.
END_WORDS: Mapping[Kind, CapOverride] = {
    Kind.CANCEL: CapOverride(MsgType.CANCEL, Urgency.PAST, Severity.MINOR, Certainty.OBSERVED, (ResponseType.NONE,)),
    Kind.ALL_CLEAR: CapOverride(
        MsgType.UPDATE, Urgency.PAST, Severity.MINOR, Certainty.OBSERVED, (ResponseType.ALL_CLEAR,)
    ),
}
