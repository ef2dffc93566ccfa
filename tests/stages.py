"""Databases that are furnished once a session and copied for each test: the same rows, without the same work.

Only for SQLite, where a database is a file; on PostgreSQL the work is done each time.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from hub.kernel.db import db


class Stages:
    """Keeps one file a stage. A stage is named, and differs by what the channels of the application are."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def enter(self, app: Flask, name: str, build: Callable[[], None]) -> None:
        """Brings the application's database to a stage: by a copy, or by ``build`` the first time.

        ``build`` runs in an application context and must not depend on the test that happens to be the first one.
        """
        hub = app.extensions["hub"]
        with app.app_context():
            if not hub.settings.database_url.startswith("sqlite"):
                build()
                return
            present = Path(db.engine.url.database or "")
            channels = hub.settings.channels.file.read_bytes() if hub.channels else b""
            kept = self._directory / f"{name}-{hashlib.sha256(channels).hexdigest()[:16]}.sqlite"
            if kept.exists():
                db.session.remove()
                db.engine.dispose()
                shutil.copyfile(kept, present)
                return
            build()
            # The last connection's end moves everything from the write-ahead log into the file.
            db.session.remove()
            db.engine.dispose()
            shutil.copyfile(present, kept)
