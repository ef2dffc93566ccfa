"""Whether the database has the tables that this version of the hub expects."""

from __future__ import annotations

from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from hub.kernel.settings import ROOT


def are_current(session: Session) -> bool:
    """Whether every migration of this version has been run.

    A database that a later version has migrated is fine: migrations add, and during an upgrade both versions serve.
    """
    present = MigrationContext.configure(session.connection()).get_current_heads()
    return bool(present) and not _older() & set(present)


@cache
def _older() -> set[str]:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    return {script.revision for script in scripts.walk_revisions()} - set(scripts.get_heads())
