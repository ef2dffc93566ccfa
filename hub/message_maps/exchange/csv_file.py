"""All texts of the messages as a table for translators, one text a row, and back.

Written in UTF-8 with a byte order mark and semicolons, which the spreadsheets of French offices open by a double click.
A cell that a spreadsheet would run as a formula is written with an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from hub.kernel.phrase import Phrase
from hub.kernel.tables import Unreadable, decoded, escaped, rows
from hub.message_maps.exchange.files import Context, Document, Reading
from hub.message_maps.exchange.patches import Patch, apply
from hub.message_maps.model import TEXT_PART

COLUMNS = ("situation", "message", "form", "language", "part", "text", "limit")
_NEEDED = COLUMNS[:-1]
_PAGE = re.compile(r"page([1-9]\d?)")
MOST_ROWS = 200_000

# Characters of the finished text; source: the table of limits in docs/message_maps.md. Two SMS parts of 153 septets.
LIMITS = {"sms": 306, "x": 280, "bluesky": 300, "mastodon": 500}
_HEADLINE = 140


def write_csv(documents: Iterable[Document]) -> bytes:
    """The table of all texts of the documents."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for document in documents:
        for row in _rows(document):
            writer.writerow(map(escaped, row))
    return file.getvalue().encode("utf-8-sig")


def read_csv(raw: bytes, context: Context) -> Reading:
    """Puts the texts of a table into the present documents. Rows that are missing leave their texts as they are.

    Raises:
        Unreadable: neither UTF-8 nor Windows-1252, no table, missing columns, or too long.
    """
    text, notes = decoded(raw)
    patches = [_patch(cells, line) for line, cells in rows(text, _NEEDED, MOST_ROWS)]
    if not patches:
        raise Unreadable(Phrase("the table has no row"))
    return Reading(apply(patches, context), notes)


def _rows(document: Document) -> Iterator[tuple[str, ...]]:
    situation = document["situation"]["id"]
    for message in document["messages"]:
        for form, languages in message["variants"].items():
            if "same_as" in languages:
                continue
            for language, texts in languages.items():
                for part, text in _parts(texts):
                    yield situation, message["id"], form, language, part, text, _limit(form, part)


def _parts(texts: object) -> Iterator[tuple[str, str]]:
    if isinstance(texts, dict):
        yield from texts.items()
    elif isinstance(texts, list):
        yield from ((f"page{number}", page) for number, page in enumerate(texts, 1))
    else:
        yield TEXT_PART, str(texts)


def _limit(form: str, part: str) -> str:
    return str(_HEADLINE if part == "headline" else LIMITS.get(form, ""))


def _patch(cells: list[str], line: int) -> Patch:
    situation, message, form, language, part, text = (*(cell.strip() for cell in cells[:-1]), cells[-1])
    place: tuple[str, ...] = ("messages", message, "variants", form, language)
    page = _PAGE.fullmatch(part)
    if page is not None:
        place += (page[1],)
    elif part != TEXT_PART:
        place += (part,)
    return Patch(situation, place, text.replace("\r\n", "\n"), line)
