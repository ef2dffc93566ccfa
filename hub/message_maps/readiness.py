"""Whether a message may alert the public, and if not, why. The one place where this is decided.

A message is ready when someone approved its situation, nobody marked it as a draft, and each of its actions builds on a
fact with a source: an invented instruction can kill.
"""

from __future__ import annotations

from hub.kernel.phrase import Phrase
from hub.message_maps.model import Action, Kind, Message, Situation, State

# A message of these kinds can be the first one that is sent; the others follow an earlier one.
OPENERS = frozenset({Kind.PREVENTION, Kind.ALERT, Kind.RECOVERY, Kind.DEBUNK})


def approved(situation: Situation) -> bool:
    """Whether someone approved the situation; each of its messages may have obstacles of its own."""
    return situation.status is State.APPROVED


def unsourced(situation: Situation, message: Message) -> tuple[Action, ...]:
    """The actions of a message that no fact with a source stands behind."""
    sourced = {fact.id for fact in situation.facts if fact.source}
    return tuple(action for action in situation.actions_of(message) if sourced.isdisjoint(action.facts))


def held_back(situation: Situation, message: Message) -> bool:
    """Whether a message is a draft, marked as one or held as one for want of a source."""
    return message.draft or bool(unsourced(situation, message))


def obstacles(situation: Situation, message: Message) -> tuple[Phrase, ...]:
    """Why a message cannot be triggered; nothing when it can."""
    found = []
    if not approved(situation):
        found.append(Phrase("This situation is not approved: it cannot be used to alert."))
    if message.draft:
        found.append(Phrase("This message is marked as a draft: it cannot be sent before someone has finished it."))
    found += [
        Phrase(
            "This message is held as a draft: its action “%(action)s” builds on no fact with a source.",
            action=action.id,
        )
        for action in unsourced(situation, message)
    ]
    return tuple(found)
