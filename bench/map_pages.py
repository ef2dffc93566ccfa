"""The map of 600 messages on screen: search while typing beside a bare SQLite FTS5 query, and what the map page weighs.

The rows of the floor are those that the hub's search covers: every title, synonym, name of the hazard and text, in two
languages and every form. A query is typed letter by letter, as an officer does it, and each letter is a search.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient

from bench.catalogue import catalogue
from bench.table import Line
from hub.app import create_app
from hub.identity import service
from hub.identity.actor import Actor
from hub.kernel import settings as settings_module
from hub.kernel.clock import SystemClock
from hub.kernel.db import db, transaction
from hub.message_maps import versions
from hub.message_maps.model import Situation
from hub.message_maps.search import search
from hub.message_maps.search_words import fold, literal
from hub.web.assets import OWN

QUERIES = ("eau potable", "crue", "electricite", "nuage", "sirene par erreur", "evacuer", "feu de foret", "boil water")
ROUNDS = 5
MOST_TIMES = 3.0
MOST_KILOBYTES = 150.0
MAP = "/console/situations"
BY_HTMX = {"HX-Request": "true"}
PASSWORD = "la Lise monte vite en novembre"  # noqa: S105 - of a hub that lives for a minute
HUB = Actor("hub", "hub", "hub")


def measure() -> Iterator[Line]:
    """Search, then the page."""
    situations = catalogue()
    typed = [query[: end + 1] for query in QUERIES for end in range(len(query)) if query[end] != " "]
    bare = bare_index(situations)
    search(situations, "a", "fr")  # the index is made once, when a version is first searched
    ours = milliseconds(lambda query: search(situations, query, "fr"), typed)
    floor = milliseconds(lambda query: bare_search(bare, query), typed)
    yield Line("search, one letter of a query (ms), beside FTS5", ours, floor, MOST_TIMES)
    with tempfile.TemporaryDirectory() as directory, running_console(Path(directory), situations) as console:
        asked = milliseconds(lambda query: console.get(MAP, query_string={"q": query}, headers=BY_HTMX), typed)
        yield Line("search, the whole request with session and HTML (ms), beside FTS5", asked, floor, None)
        yield from page(console)
    bare.close()


def page(console: FlaskClient) -> Iterator[Line]:
    """The first opening lints every message; all later ones find that done."""
    first = milliseconds(lambda _: console.get(MAP), [""], rounds=1)
    again = milliseconds(lambda _: console.get(MAP), [""])
    other = milliseconds(lambda _: console.get("/console/alerts"), [""])
    yield Line("the map page, first time in a process (ms), beside an empty page", first, other, None)
    yield Line("the map page, server time (ms), beside an empty page", again, other, None)
    bodies = [console.get(MAP).data, console.get(f"{MAP}/map.json").data]
    bodies += [(OWN / name).read_bytes() for name in ("console.css", "console.js", "map.js")]
    weight = sum(len(gzip.compress(body)) for body in bodies) / 1000
    yield Line("the map page with its data, compressed (kB), of the limit", weight, MOST_KILOBYTES, 1.0)


def milliseconds(search_for: Callable[[str], object], typed: list[str], rounds: int = ROUNDS) -> float:
    """The mean time of one call, of the fastest round."""
    fastest = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for query in typed:
            search_for(query)
        fastest = min(fastest, time.perf_counter() - start)
    return 1000 * fastest / len(typed)


def bare_index(situations: list[Situation]) -> sqlite3.Connection:
    """The same rows in an FTS5 table in memory, accents aside."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE row USING fts5(situation UNINDEXED, message UNINDEXED, form UNINDEXED, "
        "language UNINDEXED, title, text, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')"
    )
    connection.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?)", list(_rows(situations)))
    return connection


def _rows(situations: list[Situation]) -> Iterator[tuple[str, str, str, str, str, str]]:
    for situation in situations:
        for language, title in situation.title.items():
            words = " ".join((*situation.synonyms.get(language, ()), *situation.hazard.get(language, ())))
            yield situation.id, "", "name", language, title, words
        for message in situation.messages:
            for form, languages in message.variants.items():
                for language, parts in languages.items():
                    text = " ".join(map(literal, parts.values()))
                    yield situation.id, message.id, form, language, message.title.get(language, ""), text


def bare_search(connection: sqlite3.Connection, query: str) -> list[tuple[str, str]]:
    """Which messages hold words that begin like those of the query."""
    match = " ".join(f"{word}*" for word in re.findall(r"\w+", fold(query)))
    return connection.execute("SELECT DISTINCT situation, message FROM row WHERE row MATCH ?", (match,)).fetchall()


@contextmanager
def running_console(directory: Path, situations: list[Situation]) -> Iterator[FlaskClient]:
    """A hub with these maps and an officer who is logged in."""
    settings = settings_module.load({}, overrides={"data": {"directory": str(directory)}})
    app = create_app(settings)
    now = SystemClock().now()
    with app.app_context():
        db.create_all()
        with transaction() as session:
            versions.publish(session, situations, now=now, actor_name="bench")
        first = service.create_officer("anne", "Anne", "officer", "fr", actor=HUB, now=now).reveal()
        token = service.log_in("anne", first, now=now)
        person = service.session_officer(token, limits=settings.security, now=now)
        service.change_password(person, first, PASSWORD, now=now)
    client = app.test_client()
    page_text = client.get("/console/login").text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page_text)[1]
    client.post("/console/login", data={"login": "anne", "password": PASSWORD, "csrf_token": csrf})
    assert client.get("/console/alerts").status_code == 200
    try:
        yield client
    finally:
        with app.app_context():
            db.engine.dispose()
