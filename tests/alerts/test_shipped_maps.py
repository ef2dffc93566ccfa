"""Every shipped map can really be sent: each message that opens an incident, and the steps that may follow it."""

import pytest

from hub.kernel.db import transaction
from hub.message_maps import versions
from hub.message_maps.model import Kind
from hub.message_maps.numbers import register
from hub.message_maps.numbers.entries import Entry
from tests.alerts.conftest import ACTOR

OPENERS = {Kind.PREVENTION, Kind.ALERT, Kind.RECOVERY, Kind.DEBUNK}
STEPS = ("no_change", "correction", "de_escalate")
# The tests' clock stands at 17:40; the strictest level promises the next message within 30 minutes.
SOON = "18:05"


def example(situation, message):
    """What an officer would type: the example of each blank that the message or the area asks for."""
    asked = message.placeholders | {name for text in situation.area.values() for name in text.placeholders}
    values = {}
    for blank in map(situation.placeholders.get, sorted(asked)):
        if blank.filled_in:
            continue
        if blank.per_language:
            values |= {f"{blank.name}.{language}": text for language, text in blank.example.items()}
        else:
            values[blank.name] = SOON if blank.next_update else blank.example["en"]
    return values


def openers(situation):
    return [message for message in situation.messages if message.kind in OPENERS]


@pytest.fixture
def shipped_situations(town):
    """The maps in force, in a town that has entered every number that they need."""
    now = town.clock.now()
    with transaction() as session:
        for need in register.needs(session):
            number = need.example["fr"]
            entry = Entry(need.key, need.label, number, need.label, checked_on=now.date(), checked_by="Anne Martin")
            register.save(session, entry, languages=("fr", "en"), timezone="Europe/Paris", actor=ACTOR, now=now)
        return [situation for _, situation in versions.current(session)]


def send(town, situation, message, **more):
    """Sends the exercise one second after the last one, so that the promised times stay ahead."""
    town.clock.advance(1)
    blanks = example(situation, message)
    preview = town.preview(situation_id=situation.id, message_id=message.id, exercise=True, blanks=blanks, **more)
    return town.trigger(preview).identifier


def test_each_message_that_opens_can_be_sent_and_followed(town, shipped_situations):
    for situation in shipped_situations:
        for message in openers(situation):
            channels = ("essai",) if message.kind is Kind.DEBUNK else ("flux-cap", "essai")
            last = send(town, situation, message, channels=channels)
            for step in (situation.message(message.followups[role]) for role in STEPS if role in message.followups):
                last = send(town, situation, step, follows=last, communes=(), channels=())
