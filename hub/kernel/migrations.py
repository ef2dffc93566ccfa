"""Whether the database has the tables that this version of the hub expects."""

from __future__ import annotations

from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from hub.kernel.settings import ROOT


def are_current(session: Session) -> bool:
    """Whether every migration of this version has been run, and none of a later one."""
    return set(MigrationContext.configure(session.connection()).get_current_heads()) == _newest()


@cache
def _newest() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
