"""The words for where a delivery and an attempt stand, and the moves that are allowed."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    DUE = "due"  # waits for its moment, its turn, or the delivery that it follows
    LEASED = "leased"  # a dispatcher has it until the lease ends
    ACCEPTED = "accepted"  # the far side said yes; its proof is kept
    FAILED = "failed"  # certainly refused
    UNKNOWN = "unknown"  # it may have been accepted: an officer looks
    CANCELLED = "cancelled"  # withdrawn before it left
    EXPIRED = "expired"  # certainly not sent before the alert's end


OPEN = frozenset({DeliveryState.DUE, DeliveryState.LEASED})

# From -> to. A person makes the moves out of `failed`; a person, a look at the far side or a late proof those out of
# `unknown`.
MOVES = {
    DeliveryState.DUE: frozenset(
        {DeliveryState.LEASED, DeliveryState.CANCELLED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN}
    ),
    DeliveryState.LEASED: frozenset(DeliveryState) - {DeliveryState.LEASED},
    DeliveryState.ACCEPTED: frozenset[DeliveryState](),
    DeliveryState.FAILED: frozenset({DeliveryState.DUE}),
    DeliveryState.UNKNOWN: frozenset(DeliveryState) - {DeliveryState.LEASED, DeliveryState.UNKNOWN},
    DeliveryState.CANCELLED: frozenset[DeliveryState](),
    DeliveryState.EXPIRED: frozenset[DeliveryState](),
}


class AttemptOutcome(StrEnum):
    """How an attempt ended. ``started`` is written before the network is touched."""

    STARTED = "started"
    ACCEPTED = "accepted"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"  # given back before anything was sent
