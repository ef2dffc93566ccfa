"""Reads the XML of other programs within bounds: no document type, no entity, no network, no end of memory or time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from hub.kernel.phrase import Phrase
from hub.kernel.tables import Unreadable

# The largest mind-map found in public is 1.2 MB, the longest nesting 19 levels, the most topics 3,000.
MAX_ELEMENTS = 300_000
MAX_LEVELS = 200
_CHUNK = 65_536
_ZIP = b"PK\x03\x04"

# What makes a mind-map program, or a browser that shows the map, run something.
_SCHEME = re.compile(r"(javascript|vbscript|data|execute|menuitem|freeplane|jar):", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif)[;,]", re.IGNORECASE)
_SPACES = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]+")
_TAGS = frozenset({"script", "iframe", "object", "embed", "applet", "form", "meta", "base", "link"})
_NAMES = re.compile(r"script\d*|dangerouslysetinnerhtml|on[a-z]{3,}|srcdoc|formaction", re.IGNORECASE)
_FORMULA = re.compile(r"\s*=")


def parse_xml(raw: bytes) -> etree._Element:
    """The root of a document.

    Raises:
        Unreadable: not well-formed (with line and column), a document type, too deep or too many elements.
    """
    if raw.startswith(_ZIP):
        raise Unreadable(Phrase("this is a zip archive, not a mind-map; unpack it, or export as .mm"))
    if not raw.strip():
        raise Unreadable(Phrase("the file is empty"))
    guard = _Guard()
    parser = etree.XMLParser(target=guard, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    _feed(parser, raw, guard)
    plain = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        return etree.fromstring(raw, plain)
    except etree.XMLSyntaxError as error:  # what is only told when a tree is built: a text too long
        raise _broken(error) from None


def line_of(element: etree._Element) -> int:
    """The line of an element in its file, 0 when unknown."""
    return cast("int | None", element.sourceline) or 0


def refuse_dangers(root: etree._Element) -> None:
    """Looks for what would run when the file, or what is made of it, is opened.

    Raises:
        Unreadable: a link that runs something, a script, a formula, or HTML that is put in unread; with its line.
    """
    for element in root.iter(etree.Element):
        for danger in _dangers(element):
            raise Unreadable(danger, line_of(element))


def _dangers(element: etree._Element) -> Iterator[Phrase]:
    tag = etree.QName(element).localname.casefold()
    inside = element.tag != tag or _in_rich_text(element)
    if inside and tag in _TAGS:
        yield Phrase("the element `%(name)s` is refused: it can run a program", name=tag)
    named = [element.get("NAME", "")] if tag == "attribute" else []
    for name in [*map(str, element.attrib), *named]:
        if _NAMES.fullmatch(name.rpartition("}")[2]):
            yield Phrase("`%(name)s` is refused: it can run a program", name=name[:40])
    for value in element.attrib.values():
        squeezed = _SPACES.sub("", str(value))[:40]
        if _SCHEME.match(squeezed) and not _PICTURE.match(squeezed):
            yield Phrase("the link `%(link)s` is refused: it can run a program", link=squeezed)
    if tag == "node" and _FORMULA.match(element.get("TEXT", "")):
        yield Phrase("a topic that starts with `=` is a formula and is refused; start it with a word")


def _in_rich_text(element: etree._Element) -> bool:
    return any(etree.QName(above).localname.casefold() == "html" for above in element.iterancestors("{*}html"))


def _feed(parser: etree.XMLParser, raw: bytes, guard: _Guard) -> None:
    try:
        for start in range(0, len(raw), _CHUNK):
            parser.feed(raw[start : start + _CHUNK])
        parser.close()
    except _Refused as refusal:
        raise Unreadable(refusal.phrase) from None
    except etree.XMLSyntaxError as error:
        if guard.refusal is not None:
            raise Unreadable(guard.refusal.phrase) from None
        raise _broken(error) from None


def _broken(error: etree.XMLSyntaxError) -> Unreadable:
    line, column = error.position
    phrase = Phrase("this is not well-formed XML: %(problem)s", problem=error.msg.partition(", line")[0])
    return Unreadable(phrase, line, column)


class _Refused(Exception):
    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase
        super().__init__(str(phrase))


class _Guard:
    """Counts while the parser reads, so that the bounds hold before memory is spent."""

    def __init__(self) -> None:
        self.refusal: _Refused | None = None
        self._level = self._elements = 0

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:  # noqa: ARG002 - lxml's names
        self._level += 1
        self._elements += 1
        if self._level > MAX_LEVELS:
            self._refuse(Phrase("nested deeper than %(limit)s levels", limit=MAX_LEVELS))
        if self._elements > MAX_ELEMENTS:
            self._refuse(Phrase("more than %(limit)s elements", limit=MAX_ELEMENTS))

    def end(self, tag: str | bytes) -> None:  # noqa: ARG002 - lxml's names
        self._level -= 1

    def data(self, data: str | bytes) -> None:
        """Texts are bounded by the size of the file."""

    def comment(self, text: str | bytes) -> None:
        """Comments are kept or dropped by whoever reads the tree."""

    def doctype(self, *_names: str | None) -> None:
        self._refuse(Phrase("a document type (DTD) and its entities are refused; delete the line `<!DOCTYPE ...>`"))

    def close(self) -> None:
        """Nothing is built here."""

    def _refuse(self, phrase: Phrase) -> None:
        self.refusal = _Refused(phrase)
        raise self.refusal
