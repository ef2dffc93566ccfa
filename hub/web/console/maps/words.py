"""The words for what a map says by a code: families, phases, kinds, severities, grades, follow-ups."""

from __future__ import annotations

from collections.abc import Mapping

from hub.cap.vocabulary import Severity
from hub.kernel.phrase import Phrase
from hub.message_maps.lint import Grade
from hub.message_maps.model import Family, Kind, Origin, Phase, PlaceholderType, State
from hub.message_maps.search import HAZARD, ID, NAME, SYNONYM, TITLE

FAMILIES: Mapping[Family, Phrase] = {
    Family.NATURAL: Phrase("Natural hazards"),
    Family.TECHNOLOGICAL: Phrase("Industrial hazards"),
    Family.HEALTH: Phrase("Health"),
    Family.NETWORKS: Phrase("Networks"),
    Family.TRANSPORT: Phrase("Transport"),
    Family.SECURITY: Phrase("Security"),
    Family.COMMUNICATION: Phrase("Communication"),
}
GRADES: Mapping[Grade, Phrase] = {
    Grade.ERROR: Phrase("error"),
    Grade.WARNING: Phrase("warning"),
    Grade.ADVICE: Phrase("advice"),
}
PHASES: Mapping[Phase, Phrase] = {
    Phase.BEFORE: Phrase("Before"),
    Phase.DURING: Phrase("During"),
    Phase.AFTER: Phrase("After"),
}
SEVERITIES: Mapping[Severity, Phrase] = {
    Severity.EXTREME: Phrase("extreme severity"),
    Severity.SEVERE: Phrase("high severity"),
    Severity.MODERATE: Phrase("moderate severity"),
    Severity.MINOR: Phrase("low severity"),
    Severity.UNKNOWN: Phrase("unknown severity"),
}
KINDS: Mapping[Kind, Phrase] = {
    Kind.PREVENTION: Phrase("prevention"),
    Kind.ALERT: Phrase("first alert"),
    Kind.UPDATE: Phrase("update"),
    Kind.NO_CHANGE: Phrase("nothing new"),
    Kind.CORRECTION: Phrase("correction"),
    Kind.DE_ESCALATE: Phrase("lower level"),
    Kind.CANCEL: Phrase("cancellation"),
    Kind.ALL_CLEAR: Phrase("all-clear"),
    Kind.RECOVERY: Phrase("recovery"),
    Kind.DEBUNK: Phrase("answer to a rumour"),
}
# What leads from one message to the next: an escalation is an alert, so it needs a word of its own.
FOLLOW_UPS: Mapping[str, Phrase] = {
    "escalate": Phrase("higher level"),
    **{kind.value: phrase for kind, phrase in KINDS.items()},
}
STATES: Mapping[State, Phrase] = {
    State.DRAFT: Phrase("draft"),
    State.REVIEW: Phrase("in review"),
    State.APPROVED: Phrase("approved"),
    State.RETIRED: Phrase("retired"),
}
# What a blank takes, and where the hub fills it in from.
BLANK_TYPES: Mapping[PlaceholderType, Phrase] = {
    PlaceholderType.TEXT: Phrase("words"),
    PlaceholderType.PLACE: Phrase("a place"),
    PlaceholderType.LIST: Phrase("a list of names"),
    PlaceholderType.TIME: Phrase("a time of day"),
    PlaceholderType.DATE: Phrase("a date"),
    PlaceholderType.DURATION: Phrase("a duration"),
    PlaceholderType.DISTANCE: Phrase("a distance"),
    PlaceholderType.NUMBER: Phrase("a number"),
    PlaceholderType.PHONE: Phrase("a telephone number"),
    PlaceholderType.URL: Phrase("a link"),
    PlaceholderType.ENUM: Phrase("one of a list of choices"),
}
ORIGINS: Mapping[Origin, Phrase] = {
    Origin.COMMUNE: Phrase("the name of the commune"),
    Origin.NAME: Phrase("the name of the authority"),
    Origin.URL: Phrase("the authority's website"),
    Origin.PHONE: Phrase("the authority's telephone number"),
    Origin.SENT_TIME: Phrase("the time of sending"),
}
# Between the parts of a label.
DASH = " \u2013 "
# Where a search found a word, unless it is a form.
FOUND_IN: Mapping[str, Phrase] = {
    NAME: Phrase("in the name of the situation"),
    ID: Phrase("in its identifier"),
    SYNONYM: Phrase("in its synonyms"),
    HAZARD: Phrase("in the names of the hazard"),
    TITLE: Phrase("in the title"),
}
