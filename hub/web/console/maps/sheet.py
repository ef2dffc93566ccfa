"""One situation on paper, A4: what a crisis room reads from when the hub is out of reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from hub.cap.vocabulary import Severity
from hub.web.console.maps import fonts
from hub.web.console.maps.wall import BAND, FAINT, FILLS, INK

EDGE = 16 * mm
WIDTH = A4[0] - 2 * EDGE
BELOW = 8 * mm


@dataclass(frozen=True, slots=True)
class SheetText:
    """One text in one form: its label, and the wording in each language; blanks are shown as gaps to fill."""

    label: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetMessage:
    """One message: its title, a line about it, and its texts."""

    title: str
    about: str
    texts: Sequence[SheetText]


@dataclass(frozen=True, slots=True)
class SheetRung:
    """The messages of one phase and level."""

    label: str
    severity: Severity
    messages: Sequence[SheetMessage]


@dataclass(frozen=True, slots=True)
class SituationSheet:
    """Everything on the sheet, in the reader's language; ``lines`` stand under the title, ``footer`` on each page."""

    title: str
    lines: Sequence[str]
    rungs: Sequence[SheetRung]
    facts_title: str
    facts: Sequence[str]
    footer: str
    page_word: str
    language: str


def pdf(sheet: SituationSheet) -> bytes:
    """The sheet as a PDF. The same content always gives the same bytes."""
    fonts.printable("")  # registers the fonts
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=EDGE,
        rightMargin=EDGE,
        topMargin=EDGE,
        bottomMargin=EDGE,
        title=sheet.title,
        lang=sheet.language,
        invariant=1,
        initialFontName=fonts.PLAIN,
    )

    def foot(canvas: Canvas, _: object) -> None:
        canvas.setFont(fonts.PLAIN, 8)
        canvas.setFillColor(HexColor(FAINT))
        canvas.drawString(EDGE, BELOW, fonts.printable(sheet.footer))
        canvas.drawRightString(A4[0] - EDGE, BELOW, f"{sheet.page_word} {canvas.getPageNumber()}")

    document.build(_story(sheet), onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue()


def _style(name: str, size: float, *, bold: bool = False, before: float = 0, after: float = 0) -> ParagraphStyle:
    font = fonts.BOLD if bold else fonts.PLAIN
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=size * 1.35,
        spaceBefore=before,
        spaceAfter=after,
        textColor=HexColor(INK),
        splitLongWords=True,
    )


_TITLE = _style("title", 18, bold=True, after=4)
_LINE = _style("line", 8.5)
_RUNG = _style("rung", 12, bold=True)
_MESSAGE = _style("message", 11, bold=True, before=6, after=1)
_LABEL = _style("label", 8, bold=True)
_TEXT = _style("text", 8.5)
_SECTION = _style("section", 13, bold=True, before=12, after=4)


def _story(sheet: SituationSheet) -> list[Flowable]:
    story: list[Flowable] = [_paragraph(sheet.title, _TITLE)]
    story += [_paragraph(line, _LINE) for line in sheet.lines]
    for rung in sheet.rungs:
        band = _band(rung)
        for number, message in enumerate(rung.messages):
            head = [Spacer(0, 10), band] if number == 0 else []
            titles, tables = _message(message)
            # The band never ends a page; a message's title stays with its first text.
            story += [KeepTogether([*head, *titles, *tables[:1]]), *tables[1:]]
    if sheet.facts:
        story += [_paragraph(sheet.facts_title, _SECTION), *(_paragraph(f"• {fact}", _LINE) for fact in sheet.facts)]
    return story


def _band(rung: SheetRung) -> Table:
    band = Table([[_paragraph(rung.label, _RUNG)]], colWidths=[WIDTH])
    band.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), HexColor(FILLS[rung.severity]))]))
    return band


def _message(message: SheetMessage) -> tuple[list[Flowable], list[Flowable]]:
    titles: list[Flowable] = [_paragraph(message.title, _MESSAGE), _paragraph(message.about, _LINE)]
    tables: list[Flowable] = []
    for text in message.texts:
        room = WIDTH / max(1, len(text.texts))
        cells = [
            [_paragraph(f"{text.label} ({language})", _LABEL), *_lines(words)] for language, words in text.texts.items()
        ]
        table = Table([cells], colWidths=[room] * len(cells), spaceBefore=3)
        table.setStyle(
            TableStyle(
                [
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("BOX", (0, 0), (-1, -1), 0.6, HexColor(FAINT)),
                    ("INNERGRID", (0, 0), (-1, -1), 0.6, HexColor(FAINT)),
                    ("LINEBEFORE", (0, 0), (0, -1), 2, HexColor(BAND)),
                ]
            )
        )
        tables.append(table)
    return titles, tables


def _lines(words: str) -> list[Flowable]:
    return [_paragraph(line, _TEXT) for line in words.splitlines() if line.strip()]


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(fonts.printable(text)), style)
