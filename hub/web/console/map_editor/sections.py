"""The parts of a map that have a page of their own, and the fields of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from hub.cap.vocabulary import Category, Certainty, MsgType, ResponseType, Severity, Urgency
from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.message_maps.loader_messages import ROLES
from hub.message_maps.model import Family, Kind, Kinetics, Origin, Part, Phase, PlaceholderType
from hub.message_maps.numbers import register
from hub.web.console.map_editor.fields import Sort, Spec
from hub.web.console.map_editor.ground import sources
from hub.web.console.maps.words import BLANK_TYPES, FAMILIES, FOLLOW_UPS, KINDS, ORIGINS, PHASES
from hub.web.language import text_in

Document = dict[str, Any]
Choices = tuple[tuple[str, Phrase | str], ...]

HEAD = "situation"
HEAD_MEMBER = "head"
MESSAGES = "messages"
NOTHING = ("", Phrase("none"))

# Each part with the name that people know it by; all but the first are lists of members.
SECTIONS: Mapping[str, Phrase] = {
    HEAD: Phrase("The situation"),
    "facts": Phrase("Facts"),
    "actions": Phrase("Actions"),
    "levels": Phrase("Levels"),
    "placeholders": Phrase("Blanks"),
    MESSAGES: Phrase("Messages"),
}
KINETICS: Mapping[Kinetics, Phrase] = {
    Kinetics.SLOW: Phrase("slow"),
    Kinetics.FAST: Phrase("fast"),
    Kinetics.SUDDEN: Phrase("sudden"),
}
_OWN_LINES = Phrase("One to a line")


def specs(section: str, document: Document) -> list[Spec]:
    """The fields of one member of a section, its texts in channel forms aside."""
    made = {
        HEAD: _head,
        "facts": _facts,
        "actions": _actions,
        "levels": _levels,
        "placeholders": _placeholders,
        MESSAGES: _messages,
    }
    return made[section](document)


def ids(document: Document, section: str) -> list[str]:
    """The ids of the members of a section, in order."""
    members = place(document, section)
    if isinstance(members, dict):
        return list(members)
    return [str(each.get("id", "")) for each in members if isinstance(each, dict)] if isinstance(members, list) else []


def place(document: Document, section: str) -> Any:
    """Where the members of a section are kept in a document."""
    situation = document.get(HEAD)
    if section == "facts":
        return situation.get("facts") if isinstance(situation, dict) else None
    return document.get(section)


def _words(enum: Iterable[StrEnum], labels: Mapping[Any, Phrase] | None = None) -> Choices:
    return tuple((word.value, labels[word] if labels else word.value) for word in enum)


def _named(names: Sequence[str]) -> Choices:
    return tuple((name, name) for name in names)


def _head(_document: Document) -> list[Spec]:
    return [
        Spec(("title",), Phrase("Title"), localized=True),
        Spec(
            ("id",),
            Phrase("Identifier"),
            hint=Phrase("Lower-case letters, digits and points. The former one stays known and is never used again."),
        ),
        Spec(("family",), Phrase("Family"), Sort.CHOICE, choices=_words(Family, FAMILIES)),
        Spec(("kinetics",), Phrase("How fast it develops"), Sort.CHOICE, choices=_words(Kinetics, KINETICS)),
        Spec(("synonyms",), Phrase("Other words that people search for"), Sort.LINES, localized=True, hint=_OWN_LINES),
        Spec(
            ("hazard",),
            Phrase("The word for the hazard in every text"),
            Sort.LINES,
            localized=True,
            hint=_OWN_LINES,
        ),
        Spec(("owner", "role"), Phrase("Who answers for it")),
        Spec(("owner", "review_every_days"), Phrase("Read again every (days)"), Sort.NUMBER),
        Spec(("oet",), Phrase("Codes of the event terms list (OET)"), Sort.LINES, hint=_OWN_LINES),
        Spec(("cap", "category"), Phrase("CAP category"), Sort.CHOICES, choices=_words(Category)),
        Spec(("cap", "event"), Phrase("CAP event"), localized=True),
        Spec(("area",), Phrase("How the area is told"), localized=True),
    ]


def _facts(_document: Document) -> list[Spec]:
    known = tuple((code, f"{code}: {source.title}") for code, source in sources().items())
    return [
        Spec(("text",), Phrase("What is known"), Sort.TEXT, localized=True),
        Spec(
            ("source",),
            Phrase("Source"),
            Sort.CHOICE,
            choices=(NOTHING, *known),
            hint=Phrase("Without a source, the messages that build on it stay drafts."),
        ),
        Spec(("validated", "by"), Phrase("Checked by")),
        Spec(("validated", "on"), Phrase("Checked on (year-month-day)")),
        Spec(("note",), Phrase("Note, such as sources that differ"), Sort.TEXT, localized=True),
    ]


def _actions(document: Document) -> list[Spec]:
    return [
        Spec(("text",), Phrase("What people are told to do"), Sort.TEXT, localized=True),
        Spec(("facts",), Phrase("Facts it builds on"), Sort.CHOICES, choices=_named(ids(document, "facts"))),
    ]


def _levels(_document: Document) -> list[Spec]:
    return [
        Spec(("label",), Phrase("Name"), localized=True),
        Spec(("rank",), Phrase("Rank, 1 is the lowest"), Sort.NUMBER),
        *_cap_words(()),
        Spec(("eu_alert",), Phrase("EU-Alert level"), Sort.NUMBER),
        Spec(("next_update_minutes",), Phrase("Next message after at most (minutes)"), Sort.NUMBER),
        Spec(("expires_minutes",), Phrase("Ends by itself after (minutes)"), Sort.NUMBER),
    ]


def _cap_words(path: tuple[str, ...], first: Choices = ()) -> list[Spec]:
    return [
        Spec((*path, "urgency"), Phrase("CAP urgency"), Sort.CHOICE, choices=first + _words(Urgency)),
        Spec((*path, "severity"), Phrase("CAP severity"), Sort.CHOICE, choices=first + _words(Severity)),
        Spec((*path, "certainty"), Phrase("CAP certainty"), Sort.CHOICE, choices=first + _words(Certainty)),
        Spec((*path, "response"), Phrase("CAP response"), Sort.CHOICES, choices=_words(ResponseType)),
    ]


def _placeholders(_document: Document) -> list[Spec]:
    return [
        Spec(("label",), Phrase("Name"), localized=True),
        Spec(("hint",), Phrase("Hint"), localized=True),
        Spec(("example",), Phrase("Example"), localized=True),
        Spec(("type",), Phrase("What it takes"), Sort.CHOICE, choices=_words(PlaceholderType, BLANK_TYPES)),
        Spec(("max",), Phrase("Longest value (characters)"), Sort.NUMBER),
        Spec(
            ("from",),
            Phrase("Filled in from"),
            Sort.CHOICE,
            choices=(("", Phrase("the officer")), *_words(Origin, ORIGINS), *_town_numbers()),
            hint=Phrase("A number of the town is first entered on the page of its numbers."),
        ),
        Spec(
            ("values",),
            Phrase("Choices, where it takes one of a list"),
            Sort.ROWS,
            localized=True,
            hint=Phrase("One to a line; the same line in each language is the same choice."),
        ),
        Spec(("default",), Phrase("Value to begin with")),
        Spec(("required",), Phrase("May stay empty"), Sort.FLAG, yes=False),
        Spec(("future",), Phrase("Must lie ahead"), Sort.FLAG),
        Spec(("next_update",), Phrase("Is the time of the next message"), Sort.FLAG),
        Spec(("per_language",), Phrase("Typed once for each language"), Sort.FLAG),
        Spec(
            ("corrects",),
            Phrase("In a correction it holds the words that are"),
            Sort.CHOICE,
            choices=(NOTHING, *_words(Part)),
        ),
    ]


def _town_numbers() -> Choices:
    """The register of numbers: what it holds, and what maps in force ask of it."""
    session = reading()
    known = {need.key: text_in(need.label) for need in register.needs(session)}
    known |= {entry.key: text_in(entry.label) for entry in register.entries(session)}
    return tuple((f"number.{key}", Phrase("number of the town: %(name)s", name=known[key])) for key in sorted(known))


def _messages(document: Document) -> list[Spec]:
    names = ids(document, MESSAGES)
    as_level: Choices = (("", Phrase("as its level")),)
    override = ("cap_override",)
    return [
        Spec(("title",), Phrase("Title"), localized=True),
        Spec(("kind",), Phrase("What it does"), Sort.CHOICE, choices=_words(Kind, KINDS)),
        Spec(("phase",), Phrase("When"), Sort.CHOICE, choices=_words(Phase, PHASES)),
        Spec(("level",), Phrase("Level"), Sort.CHOICE, choices=_named(ids(document, "levels"))),
        Spec(("status",), Phrase("Keep as a draft: it cannot be sent"), Sort.FLAG, yes="draft"),
        Spec(("actions",), Phrase("Actions"), Sort.CHOICES, choices=_named(ids(document, "actions"))),
        *(
            Spec(
                ("followups", role),
                Phrase("Followed by: %(role)s", role=FOLLOW_UPS[role]),
                Sort.CHOICE,
                choices=(NOTHING, *_named(names)),
            )
            for role in ROLES
        ),
        Spec(
            (*override, "msg_type"),
            Phrase("CAP message type"),
            Sort.CHOICE,
            choices=as_level + _words(MsgType),
        ),
        *_cap_words(override, as_level),
    ]
