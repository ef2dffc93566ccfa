"""The sheet for the wall as a PDF of one page, as large as the paper allows."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A2, A3, landscape
from reportlab.pdfgen.canvas import Canvas

from hub.web.console.maps import fonts
from hub.web.console.maps.wall import FAINT, Box, Curve, Shape, Sheet

PAPERS: Mapping[str, tuple[float, float]] = {"a3": landscape(A3), "a2": landscape(A2)}
# What most printers cannot print on, in points (5 mm).
EDGE = 14.0
CORNER, THIN = 3, 0.8


def pdf(sheet: Sheet, paper: str, language: str) -> bytes:
    """The drawing on a paper of `PAPERS`. The same drawing always gives the same bytes."""
    across, down = PAPERS[paper]
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(across, down), invariant=1, lang=language)
    canvas.setTitle(sheet.title)
    scale = min((across - 2 * EDGE) / sheet.width, (down - 2 * EDGE) / sheet.height)
    # From the upper left corner; shapes count down, the page counts up.
    canvas.translate((across - sheet.width * scale) / 2, down - EDGE)
    canvas.scale(scale, scale)
    canvas.setLineWidth(THIN)
    for shape in sheet.shapes:
        _draw(canvas, shape)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, shape: Shape) -> None:
    if isinstance(shape, Box):
        canvas.setFillColor(HexColor(shape.fill))
        canvas.setStrokeColor(HexColor(shape.line or shape.fill))
        canvas.roundRect(shape.x, -shape.y - shape.height, shape.width, shape.height, CORNER, stroke=1, fill=1)
    elif isinstance(shape, Curve):
        middle = (shape.x1 + shape.x2) / 2
        canvas.setStrokeColor(HexColor(FAINT))
        canvas.bezier(shape.x1, -shape.y1, middle, -shape.y1, middle, -shape.y2, shape.x2, -shape.y2)
    else:
        canvas.setFillColor(HexColor(shape.colour))
        canvas.setFont(fonts.BOLD if shape.bold else fonts.PLAIN, shape.size)
        canvas.drawString(shape.x, -shape.y, shape.text)
