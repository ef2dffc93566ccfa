"""Tables from a spreadsheet: CSV in, with the line of whatever is wrong; cells that no spreadsheet runs.

Commas, semicolons and tabs are read, UTF-8 and Windows-1252: what the spreadsheets of French offices write.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase

# Source: OWASP, CSV injection. The row of apostrophes makes the escape reversible for texts that begin with one.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class Unreadable(InvalidInput):
    """A file that nothing can be made of; ``line`` and ``column`` count from 1, 0 when the whole file is meant."""

    title = Phrase("This file cannot be imported")

    def __init__(self, phrase: Phrase, line: int = 0, column: int = 0) -> None:
        self.line, self.column = line, column
        if line and column:
            phrase = Phrase("line %(line)s, column %(column)s: %(fault)s", line=line, column=column, fault=phrase)
        elif line:
            phrase = Phrase("line %(line)s: %(fault)s", line=line, fault=phrase)
        super().__init__([Fault("file", phrase)], Phrase("Nothing was imported."))


def escaped(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """The text of an escaped cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def decoded(raw: bytes) -> tuple[str, tuple[Phrase, ...]]:
    """The text of a table, and what a person should look at because of how it was read.

    Raises:
        Unreadable: a spreadsheet's own format, or neither UTF-8 nor Windows-1252.
    """
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


def lines(text: str, most: int) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells, unescaped, of each row that is not empty; the first may be a head.

    Args:
        text: the table.
        most: how many rows are read at most.

    Raises:
        Unreadable: no table, or more rows than ``most``.
    """
    if "\0" in text:
        raise Unreadable(Phrase("the file holds a NUL character: it is no table"))
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader):
            if number > most:
                raise Unreadable(Phrase("more than %(limit)s rows", limit=most))
            if any(row):
                yield reader.line_num, [unescaped(cell) for cell in row]
    except csv.Error as error:
        raise Unreadable(Phrase("this is no table: %(problem)s", problem=str(error))) from None


def rows(text: str, columns: Sequence[str], most: int) -> Iterator[tuple[int, list[str]]]:
    """The rows below a head, their cells in the order of ``columns``.

    Args:
        text: the table; its first line names the columns, in any order and beside others.
        columns: those that must be there, in lower case.
        most: how many rows are read at most.

    Raises:
        Unreadable: as `lines`; columns that are missing, a row with too few cells.
    """
    found = lines(text, most)
    head = [name.strip().casefold() for name in next(found, (1, []))[1]]
    missing = [name for name in columns if name not in head]
    if missing:
        phrase = Phrase("the first line must name the columns; missing: %(names)s", names=", ".join(missing))
        raise Unreadable(phrase, 1)
    places = [head.index(name) for name in columns]
    for line, cells in found:
        if len(cells) <= max(places):
            raise Unreadable(Phrase("the row has %(found)s cells, too few", found=len(cells)), line)
        yield line, [cells[place] for place in places]
