"""Reading the audit log: is the chain whole, and where does it end?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit.chain import GENESIS, entry_hash
from hub.audit.models import AuditEntry, AuditHead
from hub.kernel.phrase import Phrase

FETCHED_AT_ONCE = 1000
BEFORE_ALL = -(2**63)  # the smallest number of the column: an entry slipped in under 1 is seen too


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain. Written down elsewhere, ``hash`` proves later that no entry up to ``seq`` was changed."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class BadEntry:
    """The first place where the log does not hold together, and why."""

    seq: int
    reason: Phrase


def head(session: Session) -> Head:
    """The number of entries and the hash of the last one; zero and the genesis hash before the first entry."""
    row = session.execute(sa.select(AuditHead.seq, AuditHead.hash)).one_or_none()
    return Head(row.seq, row.hash) if row else Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry as people read it: when, who, what, and the details that were logged."""

    at: datetime
    by: str
    action: str
    detail: Mapping[str, Any]


def deeds_of(session: Session, subject: str) -> list[Deed]:
    """Everything that the log says of a subject, the latest first."""
    rows = session.scalars(sa.select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.seq.desc()))
    return [Deed(row.at, row.actor_name, row.action, json.loads(row.detail)) for row in rows]


def verify(session: Session) -> BadEntry | None:
    """Recomputes the whole chain; the first entry that does not fit, or ``None`` when all is well.

    Others may append meanwhile: PostgreSQL shows each statement what is there when it begins.
    """
    seq, previous_hash = 0, GENESIS
    while True:
        # Entry and head are stored together, so that whatever this head counts is there to be read.
        end = head(session)
        for row in _rows(session, BEFORE_ALL if seq == 0 else seq):
            seq += 1
            bad = _fault(row, seq, previous_hash)
            if bad:
                return bad
            previous_hash = row.hash
        if end == Head(seq, previous_hash):
            return None
        if end.seq >= seq or head(session).seq < seq:
            return _wrong_end(seq, end)


def _wrong_end(seq: int, end: Head) -> BadEntry:
    reason = Phrase("the log ends at entry %(found)s, but %(expected)s were written", found=seq, expected=end.seq)
    return BadEntry(min(seq, end.seq) + 1, reason)


def _rows(session: Session, last: int) -> Iterator[sa.Row[*tuple[Any, ...]]]:
    """The entries after a number."""
    # By pages, not by a server-side cursor: one that is left half read stays open.
    columns = AuditEntry.__table__.columns
    while page := session.execute(
        sa.select(*columns).where(columns.seq > last).order_by(columns.seq).limit(FETCHED_AT_ONCE)
    ).all():
        yield from page
        last = page[-1].seq


def _fault(row: sa.Row[*tuple[Any, ...]], seq: int, previous_hash: str) -> BadEntry | None:
    if row.seq != seq:
        return BadEntry(seq, Phrase("entry %(seq)s is missing", seq=seq))
    if row.previous_hash != previous_hash:
        return BadEntry(seq, Phrase("entry %(seq)s does not follow the entry before it", seq=seq))
    fields = {
        name: getattr(row, name)
        for name in ("seq", "actor_kind", "actor_id", "actor_name", "action", "subject", "detail")
    }
    if entry_hash(fields, at=row.at, previous_hash=previous_hash) != row.hash:
        return BadEntry(seq, Phrase("entry %(seq)s was changed after it was written", seq=seq))
    return None
