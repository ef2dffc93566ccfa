"""Finding the rumour of a report among 10,000 and 100,000, beside SQLite's FTS5 with bm25 over all words ORed.

The claims are made up: words of a vocabulary as long as a language's, used as unevenly as a language uses them (Zipf).
A report repeats six words in ten of its claim, some misspelt, among others of its own, in another order.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from bench.dispatcher import peak_megabytes
from bench.table import Line
from hub.rumours.matching.index import Index
from hub.rumours.matching.words import STOP, cleaned

SEED = 20261121
SIZES = (10_000, 100_000)
VOCABULARY = 40_000
REPORTS = 300
FOUND_AMONG = 10
RECALL_MAY_LOSE = 0.03
MOST_MEGABYTES = 400


def measure() -> Iterator[Line]:
    """Time, recall, growth and memory."""
    small, large = (_measured(size) for size in SIZES)
    yield Line("matching: a report among 100,000 beside FTS5, ms (p50)", large["ours"], large["floor"], 0.4)
    yield Line(
        "matching: not found among 10, beside FTS5 + 0.03",
        1 - large["recall"],
        1 - large["floor_recall"] + RECALL_MAY_LOSE,
        1.0,
    )
    yield Line("matching: among 100,000 beside 10,000, ms (p50)", large["ours"], small["ours"], 4.0)
    # A process of its own: what other measures have left in this one must not be counted.
    told = subprocess.run([sys.executable, "-m", "bench.matching"], capture_output=True, text=True, check=True)
    yield Line("matching: memory of an index of 100,000, MB", float(told.stdout), MOST_MEGABYTES, 1.0)


def _measured(size: int) -> dict[str, float]:
    chance = random.Random(SEED)
    claims = made_claims(chance, size)
    index, table = _index(claims), _table(claims)
    ours, floor, hits, floor_hits = [], [], 0, 0
    for number in chance.sample(range(size), REPORTS):
        said = _report(chance, claims[number])
        start = time.perf_counter()
        found = [match.group for match in index.nearest(said, FOUND_AMONG)]
        between = time.perf_counter()
        bare = _bare(table, said)
        floor.append(time.perf_counter() - between)
        ours.append(between - start)
        hits += str(number) in found
        floor_hits += number in bare
    table.close()
    return {
        "ours": median(ours) * 1000,
        "floor": median(floor) * 1000,
        "recall": hits / REPORTS,
        "floor_recall": floor_hits / REPORTS,
    }


def _index(claims: list[str]) -> Index:
    index = Index()
    for number, claim in enumerate(claims):
        index.add(str(number), claim)
    return index


def _table(claims: list[str]) -> sqlite3.Connection:
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE claim USING fts5(text, tokenize='unicode61 remove_diacritics 2')")
    table.executemany("INSERT INTO claim (rowid, text) VALUES (?, ?)", enumerate(claims))
    table.commit()
    return table


def _bare(table: sqlite3.Connection, said: str) -> list[int]:
    words = " OR ".join(f'"{word}"' for word in dict.fromkeys(cleaned(said).split()) if word not in STOP)
    rows = table.execute(
        "SELECT rowid FROM claim WHERE claim MATCH ? ORDER BY bm25(claim) LIMIT ?", (words, FOUND_AMONG)
    )
    return [row[0] for row in rows]


def made_claims(chance: random.Random, size: int) -> list[str]:
    """So many made-up claims of six to fourteen words."""
    words = _words(chance)
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    lengths = [chance.randint(6, 14) for _ in range(size)]
    drawn = iter(chance.choices(words, weights, k=sum(lengths)))
    return [" ".join(next(drawn) for _ in range(length)) for length in lengths]


def _words(chance: random.Random) -> list[str]:
    parts = [first + second for first in "bcdfglmnprstv" for second in ("a", "é", "i", "o", "ou", "an", "è", "u")]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words.setdefault("".join(chance.choices(parts, k=chance.randint(2, 4))) + chance.choice(("", "s", "r", "t")))
    return list(words)


def _report(chance: random.Random, claim: str) -> str:
    kept = [word for word in claim.split() if chance.random() < 0.6] or claim.split()[:1]
    kept = [word[:2] + word[3:] if len(word) > 4 and chance.random() < 0.1 else word for word in kept]
    said = kept + chance.choices(claim.split(), k=1) + [chance.choice(FILLERS) for _ in range(chance.randint(5, 30))]
    chance.shuffle(said)
    return " ".join(said)


_FILLERS = """il paraît que attention partagez vite les pompiers disent une amie à la mairie ce soir vraiment on me dit
photo vidéo voisins peur famille route personne confirme"""
FILLERS = _FILLERS.split()


if __name__ == "__main__":
    _index(made_claims(random.Random(SEED), SIZES[-1]))
    print(peak_megabytes(os.getpid()))
