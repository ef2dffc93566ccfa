"""The sheet for the wall as SVG: real text, no script, no style sheet, nothing from elsewhere."""

from __future__ import annotations

from lxml import etree

from hub.web.console.maps import fonts
from hub.web.console.maps.wall import FAINT, PAPER, Box, Curve, Shape, Sheet

_SVG = "http://www.w3.org/2000/svg"
_XML = "http://www.w3.org/XML/1998/namespace"


def svg(sheet: Sheet, language: str) -> bytes:
    """The drawing as a file of its own."""
    root = etree.fromstring(f'<svg xmlns="{_SVG}"/>')
    root.set("viewBox", f"0 0 {sheet.width:.0f} {sheet.height:.0f}")
    root.set("width", f"{sheet.width:.0f}")
    root.set("height", f"{sheet.height:.0f}")
    root.set("font-family", fonts.FAMILY)
    root.set("role", "img")
    root.set(f"{{{_XML}}}lang", language)
    _add(root, "title").text = sheet.title
    _add(root, "rect", width="100%", height="100%", fill=PAPER)
    for shape in sheet.shapes:
        _draw(root, shape)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _draw(root: etree._Element, shape: Shape) -> None:
    if isinstance(shape, Box):
        size = {"width": _number(shape.width), "height": _number(shape.height)}
        box = _add(root, "rect", x=_number(shape.x), y=_number(shape.y), rx="3", fill=shape.fill, **size)
        if shape.line:
            box.set("stroke", shape.line)
    elif isinstance(shape, Curve):
        middle = (shape.x1 + shape.x2) / 2
        ends = [shape.x1, shape.y1, middle, shape.y1, middle, shape.y2, shape.x2, shape.y2]
        x1, y1, *rest = map(_number, ends)
        _add(root, "path", d=f"M{x1} {y1}C{' '.join(rest)}", fill="none", stroke=FAINT)
    else:
        words = _add(root, "text", x=_number(shape.x), y=_number(shape.y), fill=shape.colour)
        words.set("font-size", _number(shape.size))
        if shape.bold:
            words.set("font-weight", "bold")
        words.text = shape.text


def _add(root: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(root, f"{{{_SVG}}}{name}", attributes)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
