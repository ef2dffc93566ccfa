"""Many rows in one statement: a JSON document becomes a table, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

# The name of the one parameter of a statement built on `json_table`: the rows as a JSON list of objects.
BATCH = "batch"


def json_table(dialect: str, columns: Mapping[str, sa.types.TypeEngine[Any]]) -> sa.FromClause:
    """A table of the rows in the parameter `BATCH`, to update or join from.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
        columns: name -> type of each key of a row.
    """
    batch = sa.bindparam(BATCH, type_=sa.Text())
    if dialect == "postgresql":
        function = sa.func.json_to_recordset(sa.cast(batch, sa.JSON()))
        typed = [sa.column(name, kind) for name, kind in columns.items()]
        return function.table_valued(*typed).render_derived(name="given", with_types=True)
    each = sa.func.json_each(batch).table_valued("value")
    return sa.select(
        *[sa.func.json_extract(each.c.value, f"$.{name}", type_=kind).label(name) for name, kind in columns.items()]
    ).subquery("given")


def batch(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The parameters of a statement that is built on `json_table`."""
    return {BATCH: json.dumps(rows)}


def moment_text(moment: datetime, dialect: str) -> str:
    """A moment as a row carries it: what the column itself would hold on SQLite, ISO 8601 on PostgreSQL."""
    moment = moment.astimezone(UTC)
    if dialect == "postgresql":
        return moment.isoformat()
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
