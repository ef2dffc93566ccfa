"""What can be done with subscriptions: asked for, confirmed, changed, ended, erased.

Whoever asks learns nothing about an address: an unknown one, one that waits and one that is subscribed are answered
alike, and what differs is in the mail alone. Each deed is one transaction.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.audit.service import record as record_audit
from hub.channels.letters import Purpose
from hub.dispatch import by_topic
from hub.identity.actor import Actor
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase
from hub.subscriptions import addresses, links
from hub.subscriptions.choice import Choice, from_json
from hub.subscriptions.desk import SubscriptionDesk
from hub.subscriptions.letters import write
from hub.subscriptions.links import Use
from hub.subscriptions.models import Subscription

log = logging.getLogger(__name__)

# A request that nobody confirms is forgotten after this long; the letter says so.
PENDING = timedelta(hours=48)
# A stranger who types somebody's address sends them this many letters at most, and not one upon the other.
MOST_LETTERS = 3
LETTER_PAUSE = timedelta(minutes=10)
KNOWN_PAUSE = timedelta(days=1)

READER = Actor("subscriber", "subscriber", "subscriber")
HUB = Actor("hub", "hub", "hub")


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription as its owner sees it. The address is not shown: a link may have been passed on."""

    id: str
    choice: Choice


def ask(desk: SubscriptionDesk, typed: str, choice: Choice, events: frozenset[str]) -> None:
    """Takes a request; the answer is in the mail. Nothing tells what was known before.

    Args:
        desk: what the command needs.
        typed: the e-mail address as it was typed.
        choice: what is wanted.
        events: the ids of the events that there are.

    Raises:
        InvalidInput: the address or the choice is wrong, whoever it belongs to; every fault at its field.
        NotFound: no channel writes to subscribers.
    """
    address, faults = addresses.read(typed)
    faults += _choice_faults(desk, choice, events)
    if faults:
        raise InvalidInput(faults)
    channel, now = desk.channel, desk.clock.now()
    digest = addresses.hashed(desk.settings, address)
    try:
        with transaction() as session:
            row = session.scalars(
                sa.select(Subscription).where(Subscription.address_hash == digest).with_for_update()
            ).one_or_none()
            if row is None:
                new = new_id()
                row = Subscription(
                    id=new,
                    destination_id=by_topic.enter(session, channel, new, now),
                    address_hash=digest,
                    address_sealed=addresses.sealed(desk.settings, new, address),
                    asked_at=now,
                    letters=0,
                    refusals=0,
                )
                session.add(row)
            _answer(desk, session, row, choice, now)
    except IntegrityError:
        log.info("the same address was asked for at the same moment")  # the other request wrote the letter
    desk.ring()


def _answer(desk: SubscriptionDesk, session: Session, row: Subscription, choice: Choice, now: datetime) -> None:
    if row.confirmed_at is not None:
        if now - row.lettered_at >= KNOWN_PAUSE:
            row.lettered_at = now
            write(desk, session, row, Purpose.KNOWN, now + PENDING, now)
        return
    if row.letters and (row.letters >= MOST_LETTERS or now - row.lettered_at < LETTER_PAUSE):
        return
    row.choice, row.language = choice.to_json(), choice.language
    row.letters += 1
    row.lettered_at = now
    session.flush()
    write(desk, session, row, Purpose.CONFIRM, row.asked_at + PENDING, now)


def asked_for(desk: SubscriptionDesk, token: str) -> Held:
    """What a link to confirm stands for; changes nothing.

    Raises:
        NotFound: the link is not good.
    """
    return _held(_waiting(desk, reading(), token))


def confirm(desk: SubscriptionDesk, token: str) -> Held:
    """Begins a subscription. Good once.

    Raises:
        NotFound: the link is not good, or was used.
    """
    now = desk.clock.now()
    with transaction() as session:
        row = _waiting(desk, session, token, lock=True)
        row.confirmed_at = now
        held = _held(row)
        by_topic.name_topics(session, row.destination_id, held.choice.topics)
        detail = {"topics": sorted(held.choice.topics), "language": row.language}
        record_audit(session, actor=READER, action="subscription.confirmed", subject=row.id, detail=detail, now=now)
    return held


def held(desk: SubscriptionDesk, token: str, use: Use) -> Held:
    """What the link in a mail stands for; changes nothing.

    Raises:
        NotFound: the link is not good.
    """
    return _held(_of_link(desk, reading(), token, use))


def change(desk: SubscriptionDesk, token: str, choice: Choice, events: frozenset[str]) -> None:
    """Changes what somebody is written about.

    Raises:
        NotFound: the link is not good.
        InvalidInput: the choice is wrong.
    """
    now = desk.clock.now()
    with transaction() as session:
        row = _of_link(desk, session, token, Use.MANAGE, lock=True)
        # An event that is over and gone may stay chosen.
        if faults := _choice_faults(desk, choice, events | set(_held(row).choice.events)):
            raise InvalidInput(faults)
        row.choice, row.language = choice.to_json(), choice.language
        by_topic.name_topics(session, row.destination_id, choice.topics)
        detail = {"topics": sorted(choice.topics), "language": choice.language}
        record_audit(session, actor=READER, action="subscription.changed", subject=row.id, detail=detail, now=now)


def unsubscribe(desk: SubscriptionDesk, token: str, use: Use) -> None:
    """Ends a subscription and erases the address. A second time it is over already, and that is no fault.

    Raises:
        NotFound: the link is forged.
    """
    now = desk.clock.now()
    subscription_id, _ = links.read(desk.settings, use, token, now)
    with transaction() as session:
        row = session.get(Subscription, subscription_id, with_for_update=True)
        if row is not None:
            end(session, row, "reader", READER, now)


def erase(desk: SubscriptionDesk, typed: str, *, actor: Actor) -> None:
    """Ends the subscription of an address, on request. The log names its id, not the address.

    Raises:
        InvalidInput: that is no address.
        NotFound: it is not subscribed, and nobody asked to subscribe it.
    """
    address, faults = addresses.read(typed)
    if faults:
        raise InvalidInput(faults)
    digest = addresses.hashed(desk.settings, address)
    with transaction() as session:
        row = session.scalars(sa.select(Subscription).where(Subscription.address_hash == digest)).one_or_none()
        if row is None:
            raise NotFound(Phrase("This address is not subscribed."))
        end(session, row, "request", actor, desk.clock.now())


def end(session: Session, row: Subscription, why: str, actor: Actor, now: datetime) -> None:
    """Erases a subscription; what waits for it is withdrawn. ``why``: reader, request or refused."""
    by_topic.close(session, row.destination_id, now)
    session.delete(row)
    session.flush()
    record_audit(session, actor=actor, action="subscription.ended", subject=row.id, detail={"why": why}, now=now)


def _choice_faults(desk: SubscriptionDesk, choice: Choice, events: frozenset[str]) -> list[Fault]:
    settings = desk.settings
    return choice.faults(settings.territory, settings.site.languages, events)


def _held(row: Subscription) -> Held:
    return Held(row.id, from_json(row.choice, row.language))


def _waiting(desk: SubscriptionDesk, session: Session, token: str, *, lock: bool = False) -> Subscription:
    subscription_id, number = links.read(desk.settings, Use.CONFIRM, token, desk.clock.now())
    row = session.get(Subscription, subscription_id, with_for_update=lock or None, populate_existing=True)
    if row is None or row.confirmed_at is not None or row.letters != number:
        raise links.no_such_link()
    return row


def _of_link(desk: SubscriptionDesk, session: Session, token: str, use: Use, *, lock: bool = False) -> Subscription:
    subscription_id, _ = links.read(desk.settings, use, token, desk.clock.now())
    row = session.get(Subscription, subscription_id, with_for_update=lock or None, populate_existing=True)
    if row is None or row.confirmed_at is None:
        raise links.no_such_link()
    return row
