"""A document as YAML, in the very format of ``message_maps/``, and back."""

from __future__ import annotations

from typing import Any

import yaml

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.kernel.tables import Unreadable
from hub.message_maps.exchange.files import Candidate, Context, Document, Reading, candidate
from hub.message_maps.loader_situation import read_situation
from hub.message_maps.schema import Faults
from hub.message_maps.yaml_tree import MAX_BYTES, Listing, Mapping, Node, Scalar, parse_tree

# Long texts stay on one line, so that a changed word is one changed line.
_WIDTH = 1_000_000


class _Dumper(yaml.CSafeDumper):
    """Texts with line breaks as blocks; lists of words on one line; everything else one line a value."""


def _text(dumper: Any, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # type: ignore[no-any-return]


def _list(dumper: Any, entries: list[Any]) -> yaml.Node:
    flow = not any(isinstance(entry, dict | list) or "\n" in str(entry) for entry in entries)
    tag = "tag:yaml.org,2002:seq"
    return dumper.represent_sequence(tag, entries, flow_style=flow)  # type: ignore[no-any-return]


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def write_yaml(document: Document) -> bytes:
    """The file of one situation, UTF-8. The same document always gives the same bytes."""
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH, indent=2)
    return text.encode()


def read_yaml(raw: bytes, context: Context) -> Reading:
    """One situation; faults carry line and column.

    Raises:
        Unreadable: too large, not UTF-8, or no YAML that a map may use.
    """
    if len(raw) > MAX_BYTES:
        limit = Phrase("the file is larger than %(limit)s bytes; split it, one situation a file", limit=MAX_BYTES)
        raise Unreadable(limit)
    faults = Faults("")
    tree = parse_tree(_decoded(raw), faults.report)
    if tree is None or faults.found:
        first = min(faults.found)
        raise Unreadable(first.phrase, first.line, first.column)
    read_situation(tree, faults, context.rules, context.sources)
    document = plain(tree)
    if not faults.found:
        return Reading((candidate(document, context),))
    told = tuple(
        Fault(f"{fault.line}:{fault.column}", Phrase("line %(line)s: %(fault)s", line=fault.line, fault=fault.phrase))
        for fault in sorted(faults.found)
    )
    head = document.get("situation")
    name = head.get("id") if isinstance(head, dict) else None
    return Reading((Candidate(name if isinstance(name, str) else "", document, told),))


def plain(tree: Mapping) -> Document:
    """A tree as plain values; every scalar is a text. The tree's depth is bounded by its reader."""
    value: Document = _plain(tree)
    return value


def _plain(node: Node) -> Any:
    if isinstance(node, Mapping):
        return {key: _plain(inner) for key, inner in node.entries.items()}
    if isinstance(node, Listing):
        return [_plain(inner) for inner in node.items]
    return node.value if isinstance(node, Scalar) else None


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise Unreadable(Phrase("the file is not UTF-8 here; save it as UTF-8"), line, column) from None
