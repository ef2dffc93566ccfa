"""The life of an alert as one table: what each follow-up does to the alert that it follows, and to the incident.

An incident is a line of alerts, each following the one before. Its last alert is the head; only an open head takes a
follow-up. One column of the database (``alert.follows``, unique) makes two follow-ups of one alert impossible.
"""

from __future__ import annotations

from enum import StrEnum

from hub.message_maps.model import Kind


class State(StrEnum):
    """Our own workflow; CAP's ``status`` is something else."""

    OPEN = "open"  # in force, takes follow-ups
    SUPERSEDED = "superseded"  # a later message that goes on with the incident has taken its place
    CANCELLED = "cancelled"  # it was sent in error and has been withdrawn
    ENDED = "ended"  # the danger is over, or this is itself the message that ended the incident


class Role(StrEnum):
    """What a follow-up is to the alert that it follows; the keys of a message's ``followups``."""

    CORRECTION = "correction"
    UPDATE = "update"
    NO_CHANGE = "no_change"
    ESCALATE = "escalate"
    DE_ESCALATE = "de_escalate"
    ALL_CLEAR = "all_clear"
    RECOVERY = "recovery"
    CANCEL = "cancel"


# What a message is to the alert that it follows. A message of kind alert that follows another one raises the level;
# one of kind prevention or debunk only ever opens an incident.
ROLES: dict[Kind, Role] = {
    Kind.ALERT: Role.ESCALATE,
    Kind.UPDATE: Role.UPDATE,
    Kind.NO_CHANGE: Role.NO_CHANGE,
    Kind.CORRECTION: Role.CORRECTION,
    Kind.DE_ESCALATE: Role.DE_ESCALATE,
    Kind.CANCEL: Role.CANCEL,
    Kind.ALL_CLEAR: Role.ALL_CLEAR,
    Kind.RECOVERY: Role.RECOVERY,
}

# (state of the followed alert, role of the follow-up) -> its new state. What is not here is not allowed.
MOVES: dict[tuple[State, Role], State] = {
    (State.OPEN, Role.UPDATE): State.SUPERSEDED,
    (State.OPEN, Role.NO_CHANGE): State.SUPERSEDED,
    (State.OPEN, Role.CORRECTION): State.SUPERSEDED,
    (State.OPEN, Role.ESCALATE): State.SUPERSEDED,
    (State.OPEN, Role.DE_ESCALATE): State.SUPERSEDED,
    (State.OPEN, Role.RECOVERY): State.SUPERSEDED,
    (State.OPEN, Role.CANCEL): State.CANCELLED,
    (State.OPEN, Role.ALL_CLEAR): State.ENDED,
}

# The state in which a new alert starts: a message that ends an incident takes no follow-up itself.
STARTS: dict[Kind, State] = {
    Kind.PREVENTION: State.OPEN,
    Kind.ALERT: State.OPEN,
    Kind.UPDATE: State.OPEN,
    Kind.NO_CHANGE: State.OPEN,
    Kind.CORRECTION: State.OPEN,
    Kind.DE_ESCALATE: State.OPEN,
    Kind.RECOVERY: State.OPEN,
    Kind.DEBUNK: State.OPEN,
    Kind.CANCEL: State.ENDED,
    Kind.ALL_CLEAR: State.ENDED,
}

# What has not left yet must not leave any more: it was wrong. Everything else still goes out, in order.
WITHDRAWING = frozenset({Role.CORRECTION, Role.CANCEL})

# These are an Alert in CAP when they open an incident, and an Update when they follow one.
UPDATING = frozenset({Role.ESCALATE, Role.RECOVERY})

# Only a correction may say that the area was wrong; every other follow-up goes to the same place.
MOVES_AREA = frozenset({Role.CORRECTION})


def after(state: State, role: Role) -> State | None:
    """The state of the followed alert once the follow-up is sent, or ``None`` when it takes no such follow-up."""
    return MOVES.get((state, role))
