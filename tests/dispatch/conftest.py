"""The fixture of all tests of dispatch: a database with destinations, channels and engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.kernel.db import db
from tests.dispatch.post import (
    PATIENCE,
    ObedientAdapter,
    OnceAdapter,
    Post,
    SingleAdapter,
    WindowAdapter,
    make_app,
    make_channel,
)
from tests.stages import Stages


@pytest.fixture
def post(tmp_path: Path, database_url: str, clock: Any, stages: Stages) -> Iterator[Post]:
    """Once on SQLite, once on PostgreSQL."""
    app = make_app(database_url or f"sqlite:///{tmp_path / 'post.sqlite'}")
    stages.enter(app, "tables", db.create_all)
    channels = [make_channel(one, clock) for one in (ObedientAdapter, OnceAdapter, WindowAdapter, SingleAdapter)]
    post = Post(app, clock, {channel.id: channel for channel in channels})
    yield post
    for engine in post.engines:
        engine.drain(PATIENCE)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
