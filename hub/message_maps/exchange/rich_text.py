"""The plain text of a rich-text title or note: blocks become lines, other white space becomes one space."""

from __future__ import annotations

import re

from lxml import etree

_BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_SILENT = frozenset({"head", "style", "title"})
_SPACES = re.compile(r"[ \t\r\n]+")


def plain(rich: etree._Element) -> str:
    """The text below an element, without recursion."""
    pieces: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(rich, events=("start", "end", "comment")):
        name = etree.QName(element).localname.casefold() if event != "comment" else ""
        silent += {"start": 1, "end": -1}.get(event, 0) if name in _SILENT else 0
        if name in _BLOCKS or (name == "br" and event == "start"):
            pieces.append("\n")
        if silent:
            continue
        if event == "start":
            pieces.append(_SPACES.sub(" ", element.text or ""))
        elif element is not rich:
            pieces.append(_SPACES.sub(" ", element.tail or ""))
    lines = (line.strip(" ") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
