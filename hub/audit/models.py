"""The audit log's tables, and the triggers that make the log append only on both engines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from hub.kernel.db import Model, UtcDateTime

HASH_LENGTH = 64


class AuditEntry(Model):
    """One thing that someone did. ``detail`` is canonical JSON, kept as the very text that was hashed."""

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str] = mapped_column(sa.String(20))
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    actor_name: Mapped[str] = mapped_column(sa.String(120))
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(120), index=True)
    detail: Mapped[str] = mapped_column(sa.Text)
    previous_hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH))
    hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH))


class AuditHead(Model):
    """The end of the chain, one row. Whoever appends changes it first, so that writers queue up here."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH))


# The hub's own account cannot rewrite the log by accident or through a flaw. Someone who owns the database can drop the
# triggers; that is what `hub.audit.queries.verify` and a copy of the head hash kept elsewhere are for.
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is append only'; END $$"
)
_ON_POSTGRESQL = (
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
)
_ON_SQLITE = (
    "CREATE TRIGGER audit_entry_no_{deed} BEFORE {deed} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END"
)
_STATEMENTS = {
    "sqlite": (_ON_SQLITE.format(deed="update"), _ON_SQLITE.format(deed="delete")),
    "postgresql": (_FUNCTION, _ON_POSTGRESQL),
}


def make_append_only(connection: Connection) -> None:
    """Adds the triggers that refuse changes. Runs by itself after ``create_all``; a migration calls it."""
    for statement in _STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


@event.listens_for(AuditEntry.__table__, "after_create")
def _on_create(_table: sa.Table, connection: Connection, **_options: Any) -> None:
    make_append_only(connection)
