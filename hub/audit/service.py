"""Appending to the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit.chain import GENESIS, canonical, entry_hash
from hub.audit.models import AuditEntry, AuditHead

HEAD_ID = 1


class Doer(Protocol):
    """Who did it: a kind (``officer``, ``partner``, ``command_line``, ``hub``), an id, and the name at that time."""

    @property
    def kind(self) -> str:
        """What sort of actor."""
        ...

    @property
    def id(self) -> str:
        """The actor's id within its kind."""
        ...

    @property
    def name(self) -> str:
        """The actor's name as people know it."""
        ...


def record(
    session: Session, *, actor: Doer, action: str, subject: str, detail: Mapping[str, Any], now: datetime
) -> None:
    """Appends one entry inside the caller's transaction: the deed and its entry are stored together or not at all.

    Call it last in the transaction: from here to the commit, nobody else can append. On PostgreSQL the update of the
    head row makes others wait; on SQLite there is one writer anyway.

    Args:
        session: the session of the open write transaction.
        actor: who did it.
        action: what was done, ``thing.deed``, for example ``alert.triggered``.
        subject: the id of what it was done to.
        detail: anything of JSON types. No secret, and no personal data that the entry can do without.
        now: when.
    """
    session.flush()
    seq, previous_hash = _next_place(session)
    fields = {
        "seq": seq,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": action,
        "subject": subject,
        "detail": canonical(dict(detail)),
    }
    digest = entry_hash(fields, at=now, previous_hash=previous_hash)
    session.execute(
        sa.insert(AuditEntry).values(**fields, at=now, previous_hash=previous_hash, hash=digest),
    )
    session.execute(sa.update(AuditHead).where(AuditHead.id == HEAD_ID).values(hash=digest))


def _next_place(session: Session) -> tuple[int, str]:
    take = (
        sa.update(AuditHead)
        .where(AuditHead.id == HEAD_ID)
        .values(seq=AuditHead.seq + 1)
        .returning(AuditHead.seq, AuditHead.hash)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(take).one_or_none()
    if row is None:
        # The very first entry; on PostgreSQL two writers may meet here, and the second one waits for the first.
        session.execute(
            sa.text("INSERT INTO audit_head (id, seq, hash) VALUES (:id, 0, :hash) ON CONFLICT (id) DO NOTHING"),
            {"id": HEAD_ID, "hash": GENESIS},
        )
        row = session.execute(take).one()
    return row.seq, row.hash
