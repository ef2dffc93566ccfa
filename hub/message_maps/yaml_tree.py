"""A YAML file as a tree of nodes that know their line and column; the subset that a map needs, and nothing else.

Anchors, aliases, tags, several documents, duplicate keys, deep nesting and large files are refused: none of them is
needed to write a map, and each is a way to harm the reader (billion laughs, object construction, stack exhaustion).
Every scalar stays text: ``no`` is the word "no", ``1e3`` is not a number until a field says so.

The tree is built from libyaml's event stream, without recursion, so that the bounds hold before memory is spent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hub.kernel.phrase import Phrase

# A map of one situation is about 60 kB; ten times more is not a map.
MAX_BYTES = 1_000_000
# situation / messages / message / variants / form / language / part: nothing lies deeper than eight.
MAX_DEPTH = 16


@dataclass(frozen=True, slots=True, order=True)
class MapFault:
    """One thing wrong with a map file: where (line and column count from 1; 0 = the whole file), and what is right."""

    file: str
    line: int
    column: int
    phrase: Phrase = field(compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.phrase}"


@dataclass(slots=True)
class Node:
    """A place in the file: ``line`` and ``column`` count from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Scalar(Node):
    """A text; ``plain``: written without quotes; ``block``: written as a block of lines."""

    value: str
    plain: bool
    block: bool = False


@dataclass(slots=True)
class Listing(Node):
    """A sequence of nodes."""

    items: list[Node]


@dataclass(slots=True)
class Mapping(Node):
    """Keys to nodes; ``places`` keeps where each key stands."""

    entries: dict[str, Node]
    places: dict[str, tuple[int, int]]


Report = Callable[[int, int, Phrase], None]


def read_tree(path: Path, report: Report) -> Mapping | None:
    """Reads one file. Faults go to ``report(line, column, phrase)``; ``None`` when no tree could be made of it."""
    text = _read_text(path, report)
    return None if text is None else parse_tree(text, report)


def parse_tree(text: str, report: Report) -> Mapping | None:
    """Makes a tree of a YAML text; the top must be a mapping."""
    try:
        root = _Builder(report).build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.reader.ReaderError as error:
        line, column = _position(text, error.position)
        report(line, column, Phrase("a character that YAML forbids (%(code)s): delete it", code=_code(error.character)))
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        report(
            mark.line + 1 if mark else 0,
            mark.column + 1 if mark else 0,
            Phrase("this is not YAML: %(problem)s; check quotes, colons and indentation", problem=error.problem),
        )
        return None
    except _Refused as refusal:
        report(refusal.line, refusal.column, refusal.phrase)
        return None
    if root is None:
        report(1, 1, Phrase("the file is empty; a map starts with `schema: tocsin-map/1`"))
    elif not isinstance(root, Mapping):
        report(root.line, root.column, Phrase("expected keys and values at the top, such as `schema: tocsin-map/1`"))
        return None
    return root


def _read_text(path: Path, report: Report) -> str | None:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        report(0, 0, Phrase("the file cannot be read: %(reason)s", reason=error.strerror or type(error).__name__))
        return None
    if len(raw) > MAX_BYTES:
        report(0, 0, Phrase("the file is larger than %(limit)s bytes; split it, one situation a file", limit=MAX_BYTES))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        report(line, column, Phrase("the file is not UTF-8 here; save it as UTF-8"))
        return None


class _Refused(Exception):
    def __init__(self, mark: Any, phrase: Phrase) -> None:
        self.line, self.column, self.phrase = mark.line + 1, mark.column + 1, phrase
        super().__init__(str(phrase))


class _Builder:
    """Puts events together; `_open` is the path from the top to the present node."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._open: list[tuple[Mapping | Listing, list[tuple[str, int, int]]]] = []
        self._root: Node | None = None
        self._documents = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        steps: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start_mapping,
            yaml.SequenceStartEvent: self._start_sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        for event in events:
            step = steps.get(type(event))
            if step is not None:
                step(event)
        return self._root

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _Refused(event.start_mark, Phrase("a second document (`---`): keep one situation in one file"))

    def _alias(self, event: Any) -> None:
        raise _Refused(
            event.start_mark,
            Phrase("an alias (`*%(name)s`) is refused; write the text out, or use `same_as`", name=event.anchor),
        )

    def _scalar(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        if self._open:
            parent, keys = self._open[-1]
            if parent.__class__ is Mapping and not keys:
                keys.append((event.value, line, column))
                return
        self._place(Scalar(line, column, event.value, not event.style, event.style in {"|", ">"}))

    def _start_mapping(self, event: Any) -> None:
        mark = event.start_mark
        self._start(event, Mapping(mark.line + 1, mark.column + 1, {}, {}))

    def _start_sequence(self, event: Any) -> None:
        mark = event.start_mark
        self._start(event, Listing(mark.line + 1, mark.column + 1, []))

    def _start(self, event: Any, node: Mapping | Listing) -> None:
        self._refuse_marks(event)
        if len(self._open) >= MAX_DEPTH:
            raise _Refused(event.start_mark, Phrase("nested deeper than %(limit)s levels", limit=MAX_DEPTH))
        if self._open and isinstance(self._open[-1][0], Mapping) and not self._open[-1][1]:
            raise _Refused(event.start_mark, Phrase("a key must be a simple word"))
        self._place(node, keep_key=True)
        self._open.append((node, []))

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor is not None:
            raise _Refused(event.start_mark, Phrase("an anchor (`&%(name)s`) is refused", name=event.anchor))
        if event.tag is not None:
            raise _Refused(event.start_mark, Phrase("a tag (`%(name)s`) is refused; write plain text", name=event.tag))

    def _end(self, _event: Any) -> None:
        self._open.pop()
        if self._open and isinstance(self._open[-1][0], Mapping):
            self._open[-1][1].clear()

    def _place(self, node: Node, *, keep_key: bool = False) -> None:
        if not self._open:
            self._root = node
            return
        parent, keys = self._open[-1]
        if isinstance(parent, Listing):
            parent.items.append(node)
            return
        key, line, column = keys[-1]
        if key in parent.entries:
            first = parent.places[key][0]
            self._report(
                line, column, Phrase("the key `%(key)s` stands twice (first on line %(line)s)", key=key, line=first)
            )
        else:
            parent.entries[key] = node
            parent.places[key] = (line, column)
        if not keep_key:
            keys.clear()


def _position(text: str, index: int) -> tuple[int, int]:
    before = text[: max(index, 0)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _code(character: Any) -> str:
    return f"U+{character:04X}" if isinstance(character, int) else f"U+{ord(str(character)[:1] or ' '):04X}"
