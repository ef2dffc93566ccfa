"""The destinations of a channel for people: found, and entered many at once from a table that is looked at first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.channels.contract import Channel
from hub.dispatch.destinations import as_entered, faults_of
from hub.dispatch.models import deliveries, destinations
from hub.dispatch.states import DeliveryState
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.kernel.tables import decoded, lines

# The telephone list of a town of 40,000; a longer one comes in parts.
MOST_ROWS = 20_000
# What people write over a column of addresses. A first line that starts with one of these is a head.
_HEADS = frozenset(
    {
        "address",
        "adresse",
        "email",
        "e-mail",
        "courriel",
        "mail",
        "mobile",
        "number",
        "numéro",
        "numero",
        "phone",
        "url",
    }
    | {"tel", "tél", "telephone", "téléphone", "portable"}
)


class Fate(StrEnum):
    """What becomes of one row of a table."""

    NEW = "new"
    REOPENED = "reopened"
    PRESENT = "present"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line that it ends on, what it says, what becomes of it, and why it is refused.

    The label of a refused row is what was typed, so that it can stand in a form again.
    """

    line: int
    address: str
    label: str
    fate: Fate
    why: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was looked at; ``notes`` are what a person should look at because of how it was read."""

    rows: tuple[Row, ...]
    notes: tuple[Phrase, ...] = ()

    def of(self, fate: Fate) -> list[Row]:
        """The rows of one fate, in their order."""
        return [row for row in self.rows if row.fate is fate]


@dataclass(frozen=True, slots=True)
class Known:
    """One destination as people see it; ``accepted_at`` is ``None`` while it has accepted nothing."""

    id: int
    address: str
    label: str
    enabled: bool
    accepted_at: datetime | None


def found(session: Session, channel_id: str, asked: str, *, page: int, size: int) -> tuple[list[Known], int]:
    """One page of the destinations whose label or address holds what is asked, by label; and how many there are.

    Args:
        session: the reading session.
        channel_id: which channel.
        asked: part of a label or an address, any case; empty for all.
        page: counted from 1.
        size: destinations a page.
    """
    chosen = destinations.c.channel_id == channel_id
    if asked:
        holds = (sa.func.lower(column).contains(asked.lower(), autoescape=True) for column in _SEARCHED)
        chosen = sa.and_(chosen, sa.or_(*holds))
    number = session.scalar(sa.select(sa.func.count()).select_from(destinations).where(chosen)) or 0
    last = (
        sa.select(sa.func.max(deliveries.c.finished_at))
        .where(deliveries.c.destination_id == destinations.c.id, deliveries.c.state == DeliveryState.ACCEPTED)
        .scalar_subquery()
    )
    asked_for = (
        sa.select(*_SHOWN, last.label("accepted_at"))
        .where(chosen)
        .order_by(destinations.c.enabled.desc(), destinations.c.label, destinations.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [Known(*row) for row in session.execute(asked_for)], number


def takes_tables(channel: Channel) -> bool:
    """Whether many may be entered at once: not where each has a secret that is handed over by itself."""
    return channel.adapter.destination_secret("") is None


def look(session: Session, channel: Channel, raw: bytes) -> Table:
    """What a table would change; nothing is written.

    One destination a line: address, then label if there is one. A head is welcome and not needed.

    Raises:
        Unreadable: the file is no table, is neither UTF-8 nor Windows-1252, or is too long.
        InvalidInput: it has no row, or the channel takes no tables.
    """
    if not takes_tables(channel):
        raise InvalidInput(
            [Fault("channel", Phrase("destinations of this channel are entered one by one: each has its own secret"))]
        )
    text, notes = decoded(raw)
    given = [(line, cells) for line, cells in lines(text, MOST_ROWS) if "".join(cells).strip()]
    if given and given[0][1][0].strip().casefold() in _HEADS:
        del given[0]
    if not given:
        raise InvalidInput([Fault("file", Phrase("one destination a line: the address; then a name"))])
    standing = session.execute(_STANDING.where(destinations.c.channel_id == channel.id))
    known = {row.address: row.enabled for row in standing}
    return Table(tuple(_judged(channel, given, known)), notes)


def enter(channel: Channel, raw: bytes, now: datetime, *, actor: Actor) -> Table:
    """Enters every good row of a table, all or none; those that are refused are in the answer.

    Raises:
        Unreadable, InvalidInput: as `look`.
    """
    with transaction() as session:
        table = look(session, channel, raw)
        fresh, again = table.of(Fate.NEW), table.of(Fate.REOPENED)
        if fresh:
            session.execute(sa.insert(destinations), [_values(channel, row, now) for row in fresh])
        for row in again:
            mine = (destinations.c.channel_id == channel.id, destinations.c.address == row.address)
            session.execute(sa.update(destinations).where(*mine).values(enabled=True, label=row.label))
        if fresh or again:
            detail = {
                "channel": channel.id,
                "new": len(fresh),
                "reopened": len(again),
                "sha256": sha256(raw).hexdigest(),
            }
            audit.record(
                session, actor=actor, action="destination.imported", subject=channel.id, detail=detail, now=now
            )
    return table


_SEARCHED = (destinations.c.label, destinations.c.address)
_SHOWN = (destinations.c.id, destinations.c.address, destinations.c.label, destinations.c.enabled)
_STANDING = sa.select(destinations.c.address, destinations.c.enabled)


def _judged(channel: Channel, given: Sequence[tuple[int, list[str]]], known: dict[str, bool]) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for line, cells in given:
        typed = "".join(cells[1:2]).strip()
        address, label = as_entered(channel, cells[0], typed)
        faults = faults_of(channel, address, label)
        first = seen.setdefault(address, line)
        if faults:
            yield Row(line, address, typed, Fate.REFUSED, faults[0].phrase)
        elif first != line:
            yield Row(line, address, typed, Fate.REFUSED, Phrase("line %(line)s has the same address", line=first))
        elif address not in known:
            yield Row(line, address, label, Fate.NEW)
        else:
            yield Row(line, address, label, Fate.PRESENT if known[address] else Fate.REOPENED)


def _values(channel: Channel, row: Row, now: datetime) -> dict[str, object]:
    return {
        "channel_id": channel.id,
        "address": row.address,
        "label": row.label,
        "host": channel.adapter.host(row.address),
        "enabled": True,
        "created_at": now,
    }
