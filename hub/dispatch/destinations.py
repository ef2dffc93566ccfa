"""Where messages can go: adding and closing destinations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.channels.contract import Channel
from hub.dispatch import reasons
from hub.dispatch.models import ADDRESS_LENGTH, HOST_LENGTH, IS_DUE, deliveries, destinations
from hub.dispatch.states import DeliveryState
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase

# Who acts when no person does.
HUB = Actor("hub", "hub", "hub")

# The address of the one destination of a channel that is an account.
SELF = "self"


def add_destination(channel: Channel, address: str, label: str, now: datetime, *, actor: Actor = HUB) -> int:
    """Adds a destination to a channel, or opens a closed one again.

    Args:
        channel: where it belongs.
        address: as it was typed; stored in the channel's own form of it.
        label: who that is; if empty, what the channel shows of an address.
        now: the time.
        actor: who adds it.

    Returns:
        The destination's id.

    Raises:
        InvalidInput: the address is not one of this channel, or the label is empty or too long.
        Conflict: the channel has this destination already.
    """
    address, label = as_entered(channel, address, label)
    if faults := faults_of(channel, address, label):
        raise InvalidInput(faults)
    with transaction() as session:
        known = session.execute(
            sa.select(destinations.c.id, destinations.c.enabled).where(
                destinations.c.channel_id == channel.id, destinations.c.address == address
            )
        ).one_or_none()
        if known and known.enabled:
            shown = channel.adapter.shown_address(address)
            raise Conflict(
                Phrase("%(channel)s has this destination already: %(address)s", channel=channel.label, address=shown)
            )
        if known:
            found: int = known.id
            session.execute(sa.update(destinations).where(destinations.c.id == found).values(enabled=True, label=label))
        else:
            found = _insert(session, channel, address, label, now)
        # The audit log is for ever; an address may be a person's.
        detail = {"channel": channel.id, "label": label if label != address else ""}
        audit.record(session, actor=actor, action="destination.added", subject=str(found), detail=detail, now=now)
    return found


def disable_destination(
    destination_id: int, now: datetime, *, actor: Actor = HUB, channel_id: str | None = None
) -> None:
    """Closes a destination: nothing is sent there any more, not even what waits already.

    Args:
        destination_id: which one.
        now: the time.
        actor: who closes it.
        channel_id: the channel that it must belong to, if one is meant.

    Raises:
        NotFound: there is no such destination.
    """
    mine = destinations.c.id == destination_id
    if channel_id is not None:
        mine = sa.and_(mine, destinations.c.channel_id == channel_id)
    with transaction() as session:
        changed = session.execute(
            sa.update(destinations).where(mine).values(enabled=False).returning(destinations.c.channel_id)
        ).one_or_none()
        if changed is None:
            raise NotFound(Phrase("There is no destination %(id)s.", id=destination_id))
        withdraw_due(session, destination_id, now)
        audit.record(
            session,
            actor=actor,
            action="destination.closed",
            subject=str(destination_id),
            detail={"channel": changed.channel_id},
            now=now,
        )


def withdraw_due(session: Session, destination_id: int, now: datetime) -> None:
    """Stops what waits for a destination that is closed."""
    session.execute(
        sa.update(deliveries)
        .where(IS_DUE, deliveries.c.destination_id == destination_id)
        .values(
            state=sa.case((deliveries.c.doubtful, str(DeliveryState.UNKNOWN)), else_=str(DeliveryState.CANCELLED)),
            finished_at=now,
            error=reasons.stored(Phrase("the destination was closed before it was sent")),
        )
    )


def ensure_single_destinations(channels: Iterable[Channel], now: datetime) -> None:
    """Gives each channel that is one account its one destination. May be called at each start, by several processes."""
    missing = [
        {
            "channel_id": channel.id,
            "address": SELF,
            "label": channel.label,
            "host": channel.adapter.host(SELF),
            "enabled": True,
            "created_at": now,
        }
        for channel in channels
        if channel.adapter.single
    ]
    if not missing:
        return
    with transaction() as session:
        # The same words in both dialects, and yet two functions.
        on_postgresql = session.get_bind().dialect.name == "postgresql"
        insert = postgresql.insert(destinations) if on_postgresql else sqlite.insert(destinations)
        session.execute(insert.on_conflict_do_nothing(), missing)


def as_entered(channel: Channel, address: str, label: str) -> tuple[str, str]:
    """Address and label as they are stored.

    The address is in the channel's own form; a label that is left empty or repeats the address is what the channel
    shows of it.
    """
    normal, label = channel.adapter.normal_address(address.strip()), label.strip()
    named = label and channel.adapter.normal_address(label) != normal
    return normal, label if named else channel.adapter.shown_address(normal)


def faults_of(channel: Channel, address: str, label: str) -> list[Fault]:
    """What is wrong with a destination before it is entered: fields ``address`` and ``label``."""
    faults = []
    wrong = channel.adapter.check_address(address)
    if channel.adapter.by_topic:
        wrong = Phrase("people enter this channel by themselves, on the public page")
    elif channel.adapter.single:
        wrong = Phrase("this channel takes no addresses")
    elif len(address) > ADDRESS_LENGTH:
        wrong = Phrase("at most %(number)s characters", number=ADDRESS_LENGTH)
    if wrong:
        faults.append(Fault("address", wrong))
    if not label or len(label) > HOST_LENGTH or not label.isprintable():
        faults.append(Fault("label", Phrase("a name of 1 to %(number)s characters", number=HOST_LENGTH)))
    return faults


def _insert(session: Session, channel: Channel, address: str, label: str, now: datetime) -> int:
    found: int = session.execute(
        sa.insert(destinations)
        .values(
            channel_id=channel.id,
            address=address,
            label=label,
            host=channel.adapter.host(address),
            enabled=True,
            created_at=now,
        )
        .returning(destinations.c.id)
    ).scalar_one()
    return found
