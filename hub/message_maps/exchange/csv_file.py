"""All texts of the messages as a table for translators, one text a row, and back.

UTF-8 with a byte order mark and semicolons, which the spreadsheets of French offices open by a double click; commas and
tabs are read too. A cell that a spreadsheet would run as a formula is written with an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from hub.kernel.phrase import Phrase
from hub.message_maps.exchange.files import Context, Document, Reading, Unreadable
from hub.message_maps.exchange.patches import Patch, apply
from hub.message_maps.model import TEXT_PART

COLUMNS = ("situation", "message", "form", "language", "part", "text", "limit")
_NEEDED = COLUMNS[:-1]
# Source: OWASP, CSV injection. The row of apostrophes makes the escape reversible for texts that begin with one.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_PAGE = re.compile(r"page([1-9]\d?)")
LONGEST_CELL = 100_000
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
            writer.writerow(map(_escaped, row))
    return file.getvalue().encode("utf-8-sig")


def read_csv(raw: bytes, context: Context) -> Reading:
    """Puts the texts of a table into the present documents. Rows that are missing leave their texts as they are.

    Raises:
        Unreadable: neither UTF-8 nor Windows-1252, no table, missing columns, or too long.
    """
    text, notes = _decoded(raw)
    try:
        patches = list(_patches(text))
    except csv.Error as error:
        raise Unreadable(Phrase("this is no table: %(problem)s", problem=str(error))) from None
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


def _escaped(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _decoded(raw: bytes) -> tuple[str, tuple[Phrase, ...]]:
    if raw.startswith(b"PK\x03\x04"):
        raise Unreadable(Phrase("this is a spreadsheet or a zip archive; save the table as CSV"))
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    try:
        text = raw.decode("windows-1252")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Unreadable(Phrase("the file is neither UTF-8 nor Windows-1252 here; save it as UTF-8"), line)
    note = Phrase("The file was read as Windows-1252, not UTF-8: look at the accents and signs before you confirm.")
    return text, (note,)


def _patches(text: str) -> Iterator[Patch]:
    if "\0" in text:
        raise Unreadable(Phrase("the file holds a NUL character: it is no table"))
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    head = [name.strip().casefold() for name in next(reader, [])]
    missing = [name for name in _NEEDED if name not in head]
    if missing:
        phrase = Phrase("the first line must name the columns; missing: %(names)s", names=", ".join(missing))
        raise Unreadable(phrase, 1)
    places = [head.index(name) for name in _NEEDED]
    for number, row in enumerate(reader, 1):
        if number > MOST_ROWS:
            raise Unreadable(Phrase("more than %(limit)s rows", limit=MOST_ROWS))
        if not any(row):
            continue
        if len(row) <= max(places):
            raise Unreadable(Phrase("the row has %(found)s cells, too few", found=len(row)), reader.line_num)
        cells = [_unescaped(row[place]) for place in places]
        yield _patch(cells, reader.line_num)


def _patch(cells: list[str], line: int) -> Patch:
    situation, message, form, language, part, text = (*(cell.strip() for cell in cells[:-1]), cells[-1])
    place: tuple[str, ...] = ("messages", message, "variants", form, language)
    page = _PAGE.fullmatch(part)
    if page is not None:
        place += (page[1],)
    elif part != TEXT_PART:
        place += (part,)
    return Patch(situation, place, text.replace("\r\n", "\n"), line)
