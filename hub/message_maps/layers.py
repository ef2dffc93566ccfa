"""The three layers of a map: facts carry actions, actions carry messages. What a change below touches above.

Whoever changes a fact must read again every message that builds on it; a source that is withdrawn touches the messages
of every situation whose facts came from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.kernel.phrase import Phrase
from hub.message_maps.model import Action, Fact, Message, Situation


@dataclass(frozen=True, slots=True)
class ToReview:
    """A message to be read again, and why."""

    message: Message
    reasons: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A fact of a situation with all that builds on it."""

    situation: Situation
    fact: Fact
    actions: tuple[Action, ...]
    messages: tuple[Message, ...]


def standing_on(situation: Situation, fact: Fact) -> Standing:
    """The actions that build on a fact, and the messages that hold one of them, in the order of the map."""
    actions = tuple(action for action in situation.actions.values() if fact.id in action.facts)
    names = {action.id for action in actions}
    messages = tuple(message for message in situation.messages if names & set(message.actions))
    return Standing(situation, fact, actions, messages)


def standings(situations: Iterable[Situation], source: str = "") -> list[Standing]:
    """Every fact with what builds on it; with a ``source``, only the facts that came from it."""
    return [
        standing_on(situation, fact)
        for situation in situations
        for fact in situation.facts
        if not source or fact.source == source
    ]


def touched(before: Situation, after: Situation) -> list[ToReview]:
    """The messages of ``after`` whose facts or actions are not those of ``before``, with the reasons.

    A fact that was only checked again (``validated``) changes nothing that is said. The texts of a message itself are
    not compared: whoever changed them has just read them.
    """
    facts = _changed_facts(before, after)
    found = []
    for message in after.messages:
        actions = after.actions_of(message)
        reasons = [phrase for action in actions for phrase in _changed_action(before, action)]
        reasons += [facts[name] for name in _in_order(actions) if name in facts]
        if reasons:
            found.append(ToReview(message, tuple(reasons)))
    return found


def _changed_facts(before: Situation, after: Situation) -> dict[str, Phrase]:
    """What became of the facts that differ, by id. A new fact is told by the action that now builds on it."""
    known = {fact.id: fact for fact in before.facts}
    found = {}
    for fact in after.facts:
        old = known.get(fact.id)
        if old is None:
            continue
        if old.source and not fact.source:
            found[fact.id] = Phrase("the fact %(fact)s has lost its source", fact=fact.id)
        elif old.source != fact.source:
            found[fact.id] = Phrase("the fact %(fact)s has another source", fact=fact.id)
        elif (dict(old.text), dict(old.note)) != (dict(fact.text), dict(fact.note)):
            found[fact.id] = Phrase("the fact %(fact)s has changed", fact=fact.id)
    return found


def _changed_action(before: Situation, action: Action) -> list[Phrase]:
    old = before.actions.get(action.id)
    if old is None:
        return []  # the message was given this action: its author has just read it
    found = []
    if {language: text.source for language, text in old.text.items()} != {
        language: text.source for language, text in action.text.items()
    }:
        found.append(Phrase("the action %(action)s has changed", action=action.id))
    if set(old.facts) != set(action.facts):
        found.append(Phrase("the action %(action)s builds on other facts", action=action.id))
    return found


def _in_order(actions: Iterable[Action]) -> list[str]:
    return list(dict.fromkeys(fact for action in actions for fact in action.facts))
