"""Full-text search of the register, the same on both engines.

Texts and questions are cleaned and stemmed here (`hub.rumours.matching.words`), so that accents, case, elisions and
endings make no difference on either engine, no extension is needed, and nothing that somebody types can be an operator:
only ``a`` to ``z`` and digits reach the database. SQLite keeps the words in FTS5, PostgreSQL in a ``tsvector``. The
table is no part of the models, because each engine has its own; it is made whenever ``register_entry`` is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from hub.rumours.answer import TEXTS
from hub.rumours.matching.words import LONGEST, STOP, cleaned, stem
from hub.rumours.register.models import RegisterEntry

TABLE = "register_words"
# A question of more words than this finds nothing that one of so many words would not find.
MOST_WORDS = 12

_MAKE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE register_words USING fts5(words, prefix='2 3', tokenize='unicode61 remove_diacritics 2')",
    ),
    "postgresql": (
        "CREATE TABLE register_words (rowid bigint CONSTRAINT pk_register_words PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_register_words_words ON register_words USING gin (words)",
    ),
}
_DROP = "DROP TABLE IF EXISTS register_words"
_PUT = {
    "sqlite": sa.text("INSERT INTO register_words (rowid, words) VALUES (:rowid, :words)"),
    "postgresql": sa.text("INSERT INTO register_words (rowid, words) VALUES (:rowid, to_tsvector('simple', :words))"),
}
_TAKE = sa.text("DELETE FROM register_words WHERE rowid = :rowid")
_EMPTY = sa.text("DELETE FROM register_words")
_FOUND = {
    "sqlite": "register_words MATCH :question",
    "postgresql": "register_words.words @@ to_tsquery('simple', :question)",
}
# The newest entries that hold what is asked: ``question``, ``before`` and ``count`` are to be given.
NEWEST = {
    engine: sa.text(
        f"SELECT rowid FROM register_words WHERE {found} AND rowid < :before ORDER BY rowid DESC LIMIT :count"  # noqa: S608 - constants
    )
    for engine, found in _FOUND.items()
}


def _make(_table: sa.Table, connection: Connection, **_: Any) -> None:
    for statement in _MAKE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _drop(_table: sa.Table, connection: Connection, **_: Any) -> None:
    connection.exec_driver_sql(_DROP)


sa.event.listen(RegisterEntry.__table__, "after_create", _make)
sa.event.listen(RegisterEntry.__table__, "before_drop", _drop)


def folded(texts: Iterable[str]) -> str:
    """What is indexed of some texts: every cleaned word and every stem, each once."""
    found: dict[str, None] = {}
    for text in texts:
        for start in range(0, max(len(text), 1), LONGEST):
            for word in cleaned(text[start : start + LONGEST]).split():
                found.setdefault(word)
                found.setdefault(stem(word))
    return " ".join(found)


def texts_of(claim: Mapping[str, str], content: Mapping[str, Any]) -> list[str]:
    """The texts of a published version that people may search for, in all its languages."""
    answer = content.get("answer", {})
    return [*claim.values(), *(text for name in TEXTS for text in answer.get(name, {}).values())]


def put(session: Session, version_id: int, words: str) -> None:
    """Indexes the words of an entry."""
    session.execute(_PUT[engine_of(session)], {"rowid": version_id, "words": words})


def put_all(session: Session, rows: list[dict[str, Any]]) -> None:
    """The same for many: rows of ``rowid`` and ``words``."""
    if rows:
        session.execute(_PUT[engine_of(session)], rows)


def take(session: Session, version_id: int) -> None:
    """Takes an entry out of the index."""
    session.execute(_TAKE, {"rowid": version_id})


def empty(session: Session) -> None:
    """Takes everything out of the index."""
    session.execute(_EMPTY)


def question(typed: str, engine: str) -> str:
    """What is asked of an engine for what somebody typed; empty when it holds no word at all.

    All words have to be there, in any form that has the same stem; the last one may be unfinished.
    """
    words = cleaned(typed).split()
    words = ([word for word in words if word not in STOP] or words)[:MOST_WORDS]
    if not words:
        return ""
    *whole, last = words
    if engine == "sqlite":
        asked = [f'"{stem(word)}"' for word in whole]
        ending = f'"{last}"*' if stem(last).startswith(last) else f'("{last}"* OR "{stem(last)}")'
        return " AND ".join([*asked, ending])
    return " & ".join([*(stem(word) for word in whole), f"({last}:* | {stem(last)})"])


def matching(session: Session, typed: str) -> sa.Select[Any] | None:
    """The version ids of the entries that hold what was typed; ``None`` when there is no word in it."""
    engine = engine_of(session)
    asked = question(typed, engine)
    if not asked:
        return None
    table = sa.table(TABLE, sa.column("rowid", sa.BigInteger()))
    return sa.select(table.c.rowid).where(sa.text(_FOUND[engine]).bindparams(question=asked))


def engine_of(session: Session) -> str:
    """The name of the session's engine, as the statements here are kept by it."""
    return session.get_bind().dialect.name
