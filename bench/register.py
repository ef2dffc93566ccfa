"""Searching the public register of 100,000 rumours for people, beside the bare full-text query of the same engine.

Floor: FTS5 (SQLite) or ``tsvector`` with GIN (PostgreSQL), asked for the newest texts that hold the words: the same
rows and the columns that the list shows, as they are stored. Ours: one page of the list for the same question, its
texts decoded, from the words as they were typed. The texts are made up with words used as unevenly as a language uses
them (Zipf); a question is one to three words of one of them. Who goes first changes from question to question.

The counts beside the list are a mere figure: counted, and given out again while the register stands still.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from bench.matching import made_claims
from bench.table import Line
from hub.app import create_app
from hub.kernel import settings
from hub.kernel.db import db, reading, transaction
from hub.rumours.models import Rumour, RumourVersion
from hub.rumours.register import words
from hub.rumours.register.counting import facets
from hub.rumours.register.lines import lines
from hub.rumours.register.reading import Filter
from hub.rumours.register.writing import reindex
from tests.postgres import running_postgres

SEED = 20261121
SIZE = 100_000
QUESTIONS = 200
PER_PAGE = 20
BATCH = 5_000
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
_FIRST = (
    "SELECT id, rumour_id, kind, verdict, published_at, content FROM rumour_version "
    "JOIN (SELECT rowid AS place FROM register_words WHERE "
)
# With the limit outside the join PostgreSQL takes another plan (mean 3.8 ms, not 0.8), and that would be no floor.
_THEN = " ORDER BY rowid DESC LIMIT 21) AS found ON id = place ORDER BY id DESC"
BARE = {
    "sqlite": _FIRST + "register_words MATCH :question" + _THEN,
    "postgresql": _FIRST + "words @@ to_tsquery('simple', :question)" + _THEN,
}


def measure() -> Iterator[Line]:
    """Both engines."""
    yield from _engine("")
    with running_postgres() as server, server.fresh_database() as url:
        yield from _engine(url)


def _engine(url: str) -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as directory:
        overrides: dict[str, dict[str, Any]] = {
            "data": {"directory": directory},
            "database": {"url": url},
            "delivery": {"embedded": False},
        }
        app = create_app(settings.load({}, local=Path(directory) / "none.toml", overrides=overrides))
        with app.app_context():
            db.create_all()
            texts = _filled()
            yield from _measured(db.engine.dialect.name, texts)
            db.session.remove()
            db.engine.dispose()


def _measured(engine: str, texts: list[str]) -> Iterator[Line]:
    chance = random.Random(SEED)
    ours: list[float] = []
    floor: list[float] = []
    session = reading()
    bare = sa.text(BARE[engine])
    for number, text in enumerate(chance.choices(texts, k=QUESTIONS)):
        said = " ".join(chance.sample(text.split(), chance.randint(1, 3)))
        asked = {"question": words.question(said, engine)}
        found = [row[0] for row in session.execute(bare, asked)]  # both then read from memory
        same = [line.place for line in lines(session, Filter(words=said), PER_PAGE).lines] == found[:PER_PAGE]
        if not same:
            msg = f"not the same rows for {said!r}"
            raise RuntimeError(msg)
        rivals = [
            (floor, lambda asked=asked: session.execute(bare, asked).all()),
            (ours, lambda said=said: lines(session, Filter(words=said), PER_PAGE)),
        ]
        for times, once in rivals if number % 2 else reversed(rivals):
            times.append(_seconds(once))
    yield Line(f"register: search among 100,000, {engine}, ms (mean)", _ms(ours), _ms(floor), 2.0)
    yield Line(f"register: search among 100,000, {engine}, ms (p50)", median(ours) * 1000, median(floor) * 1000, None)
    counted, again = (_seconds(lambda: facets(session, Filter())) * 1000 for _ in range(2))
    yield Line(f"register: counts beside the whole list, {engine}, ms; floor: again", counted, again, None)


def _seconds(once: Callable[[], object]) -> float:
    start = time.perf_counter()
    once()
    return time.perf_counter() - start


def _ms(times: list[float]) -> float:
    return sum(times) / len(times) * 1000


def _filled() -> list[str]:
    chance = random.Random(SEED)
    texts = made_claims(chance, SIZE)
    with transaction() as session:
        for start in range(0, SIZE, BATCH):
            numbers = range(start, start + BATCH)
            session.execute(sa.insert(Rumour), [_rumour(number, texts[number]) for number in numbers])
            session.execute(sa.insert(RumourVersion), [_version(number, texts[number]) for number in numbers])
        reindex(session, "Europe/Paris")
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    return texts


def _rumour(number: int, text: str) -> dict[str, Any]:
    at = BEGIN + timedelta(minutes=number)
    return {
        "id": f"r{number}", "claim": {"fr": text}, "communes": [], "created_at": at, "changed_at": at, "revision": 1,
        "workflow": "approved", "weights": {}, "band": "low", "verdict": "false", "response": "register", "answer": {},
    }  # fmt: skip


def _version(number: int, text: str) -> dict[str, Any]:
    at = BEGIN + timedelta(minutes=number)
    return {
        "rumour_id": f"r{number}", "number": 1, "kind": "answer", "verdict": "false", "as_of": at, "published_at": at,
        "communes": ["76901"], "claim": {"fr": text}, "content": {"answer": {"fact": {"fr": text}}}, "digest": "",
        "written_by": "", "approved_by": "", "channels": [],
    }  # fmt: skip
