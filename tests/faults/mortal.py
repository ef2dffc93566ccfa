"""The web application for gunicorn, which dies by kill -9 around the commit that stores an alert when a file wishes so.

``MORTAL_WISH`` names the file; it holds ``before`` or ``after`` and is gone when the process is.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.kernel.db import db

app = create_app()
wish = Path(os.environ["MORTAL_WISH"])
storing = threading.local()


def die(moment: str) -> None:
    if getattr(storing, "alert", False) and wish.exists() and wish.read_text(encoding="ascii") == moment:
        wish.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


with app.app_context():
    engine = db.engine


@event.listens_for(engine, "before_cursor_execute")
def on_statement(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    if statement.startswith("INSERT INTO alert "):
        storing.alert = True


@event.listens_for(engine, "commit")
def on_commit(_connection: Any) -> None:
    die("before")


@event.listens_for(Session, "after_commit")
def on_committed(_session: Any) -> None:
    die("after")
    storing.alert = False
