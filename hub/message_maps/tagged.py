r"""Texts with element tags and placeholders, read once into segments.

``[S]Mairie de {commune} : [H]CRUE de {riviere}.`` has two segments, S and H, and two placeholders. A tag tells the
linter what a stretch of text is for and disappears when the text is rendered. A literal ``[`` is written ``\[`` and a
literal ``{`` is written ``\{``.

Source of the elements: the Warning Response Model's five contents (source, hazard, location, time, guidance) with
impact, next update, link and kind marker; for a debunk, the four steps of the Debunking Handbook 2020.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.kernel.phrase import Phrase

ELEMENTS = {
    "S": Phrase("source"),
    "H": Phrase("hazard"),
    "I": Phrase("impact"),
    "L": Phrase("location"),
    "T": Phrase("time"),
    "G": Phrase("guidance"),
    "N": Phrase("next update"),
    "U": Phrase("link"),
    "K": Phrase("kind marker"),
    "F": Phrase("what is true"),
    "W": Phrase("warning of the myth"),
    "M": Phrase("the myth"),
    "Y": Phrase("why it is false"),
}

_TAG = re.compile(r"\[([SHILTGNUKFWMY])\]")
_BLANK = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_TOKEN = re.compile(r"\\([\[{])|\[([SHILTGNUKFWMY])\]|\{([a-z][a-z0-9_]*)\}|([\[{}])")
_PIECE = re.compile(r"(\{\{|\}\})|\{([a-z][a-z0-9_]*)\}")

Report = Callable[[int, Phrase], None]


class Blank(NamedTuple):
    """Where a placeholder's value goes."""

    name: str


Piece = str | Blank


class Segment(NamedTuple):
    """A stretch of text under one tag.

    ``template`` is the text with ``{name}`` for its blanks and doubled literal braces, ready for `str.format_map`;
    names are plain words, so a template reaches nothing but the values it is given. ``names`` are the blanks in order.
    """

    tag: str
    template: str
    names: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The stretch with its blanks as ``{name}``."""
        return _single(self.template)

    @property
    def pieces(self) -> Iterator[Piece]:
        """Literal pieces and blanks in turn."""
        last = 0
        for found in _PIECE.finditer(self.template):
            if found.start() > last:
                yield self.template[last : found.start()]
            last = found.end()
            yield found[1][0] if found[1] else Blank(found[2])
        if last < len(self.template):
            yield self.template[last:]


@dataclass(frozen=True, slots=True)
class Tagged:
    """One text as the author wrote it.

    ``template`` is the whole text for `str.format_map`, ``placeholders`` the names of all blanks. ``line`` is its
    line in the map file, 0 when it came from elsewhere.
    """

    source: str
    segments: tuple[Segment, ...]
    template: str
    placeholders: frozenset[str]
    line: int = field(default=0, compare=False)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags in the order of the text."""
        return tuple(segment.tag for segment in self.segments)

    @property
    def shown(self) -> str:
        """The text without tags, blanks as ``{name}``."""
        return _single(self.template)

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its blanks filled and its tags gone.

        Values are put in as they are: a value that looks like a tag or a placeholder stays literal text.

        Raises:
            KeyError: a placeholder has no value.
        """
        return self.template.format_map(values).strip()

    def __str__(self) -> str:
        return self.source


def parse(source: str, line: int = 0, report: Report | None = None) -> Tagged:
    """Reads a tagged text.

    ``report(offset, phrase)`` is told each fault: a bracket that opens nothing known, text before the first tag. A text
    with faults still gives segments, so that everything else about it can be checked in the same run.
    """
    pieces = _TAG.split(source)
    template = "".join(pieces[::2])
    names = _BLANK.findall(template)
    ordinary = "[" not in template and template.count("{") == len(names) == template.count("}")
    if not ordinary or "\\" in source or pieces[0].strip():
        return _parse_oddity(source, line, report)
    segments = tuple(
        Segment(tag, text, tuple(_BLANK.findall(text)) if "{" in text else ())
        for tag, text in zip(pieces[1::2], pieces[2::2], strict=True)
    )
    return Tagged(source, segments, template, frozenset(names), line)


def _parse_oddity(source: str, line: int, report: Report | None) -> Tagged:
    """Reads a text with escapes or faults, token by token."""
    texts: list[list[str]] = [[]]
    tags, last = [""], 0
    for token in _TOKEN.finditer(source):
        texts[-1].append(source[last : token.start()])
        last = token.end()
        literal, opened, name, stray = token.groups()
        if opened:
            tags.append(opened)
            texts.append([])
        elif name:
            texts[-1].append(f"{{{name}}}")
        else:
            sign = literal or stray
            texts[-1].append(sign if sign == "[" else sign * 2)
            if stray and report:
                report(token.start(), _stray(source, token.start()))
    texts[-1].append(source[last:])
    segments = []
    for tag, text in zip(tags, texts, strict=True):
        template = "".join(text)
        if tag or template.strip():
            segments.append(Segment(tag, template, tuple(_names(template))))
    if segments and not segments[0].tag and report:
        report(0, Phrase("the text must start with a tag such as [S] or [H]; text before it belongs to no element"))
    names = frozenset(name for segment in segments for name in segment.names)
    return Tagged(source, tuple(segments), "".join(segment.template for segment in segments), names, line)


def _names(template: str) -> list[str]:
    return [found[2] for found in _PIECE.finditer(template) if found[2]]


def _single(template: str) -> str:
    return template.replace("{{", "{").replace("}}", "}") if "{{" in template or "}}" in template else template


def _stray(source: str, offset: int) -> Phrase:
    shown = source[offset : offset + 12]
    if source[offset] == "[":
        return Phrase(
            "`%(shown)s` is no tag: the tags are [S] [H] [I] [L] [T] [G] [N] [U] [K], "
            "in a debunk also [F] [W] [M] [Y]; a literal bracket is `\\[`",
            shown=shown,
        )
    return Phrase(
        "`%(shown)s` is no placeholder: write {name} in lower case without spaces; a literal brace is `\\{`",
        shown=shown,
    )
