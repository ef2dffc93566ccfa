"""Loads a directory of message maps: every situation that is sound, and every fault of those that are not.

``<directory>/sources.yaml`` lists the sources of the facts; ``<directory>/<family>/<name>.yaml`` holds one situation
each. Nothing in a file can make the loader fail: whatever is wrong comes back as a `MapFault` with its file, line
and column.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path

from hub.kernel.phrase import Phrase
from hub.message_maps.loader_situation import read_situation
from hub.message_maps.model import Situation, Source
from hub.message_maps.rules import Rules
from hub.message_maps.schema import Faults, Fields
from hub.message_maps.yaml_tree import MapFault, read_tree

SOURCES_FILE = "sources.yaml"
SOURCES_SCHEMA = "tocsin-sources/1"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a directory holds. ``files`` maps a situation's id to its file, relative to the directory."""

    situations: tuple[Situation, ...]
    faults: tuple[MapFault, ...]
    sources: Map[str, Source]
    files: Map[str, str]


def load_directory(directory: Path, rules: Rules) -> Loaded:
    """Reads every map under a directory.

    Args:
        directory: where ``sources.yaml`` and the family folders lie.
        rules: its ``languages`` are mandatory in every text.

    Returns:
        The sound situations sorted by family and id, and all faults sorted by place. A file with a fault gives no
        situation.
    """
    found: list[MapFault] = []
    situations: dict[str, Situation] = {}
    files: dict[str, str] = {}
    if not directory.is_dir():
        found.append(MapFault(directory.name, 0, 0, Phrase("this directory of message maps does not exist")))
    sources = _load_sources(directory, found)
    for path in sorted(directory.rglob("*.y*ml")):
        name = path.relative_to(directory).as_posix()
        if name == SOURCES_FILE:
            continue
        faults = Faults(name)
        situation = _load_situation(path, faults, rules, sources)
        found += faults.found
        if situation is None or faults.found:
            continue
        if situation.id in situations:
            found.append(_same_id(name, situation, files[situation.id]))
            continue
        situations[situation.id] = situation
        files[situation.id] = name
    ordered = sorted(situations.values(), key=lambda situation: (situation.family, situation.id))
    return Loaded(tuple(ordered), tuple(sorted(found)), sources, files)


def load_sources(directory: Path) -> dict[str, Source]:
    """The sources that a directory's facts may name; what is wrong with their file is left to `load_directory`."""
    return _load_sources(directory, [])


def _load_situation(path: Path, faults: Faults, rules: Rules, sources: Map[str, Source]) -> Situation | None:
    if path.suffix != ".yaml":
        faults.report(0, 0, Phrase("the name of a map must end in .yaml"))
        return None
    tree = read_tree(path, faults.report)
    return None if tree is None else read_situation(tree, faults, rules, sources)


def _same_id(name: str, situation: Situation, other: str) -> MapFault:
    phrase = Phrase(
        "the situation id `%(id)s` is already used in %(other)s; ids are unique", id=situation.id, other=other
    )
    return MapFault(name, situation.line, 1, phrase)


def _load_sources(directory: Path, found: list[MapFault]) -> dict[str, Source]:
    path = directory / SOURCES_FILE
    if not path.exists():
        return {}
    faults = Faults(SOURCES_FILE)
    sources: dict[str, Source] = {}
    tree = read_tree(path, faults.report)
    if tree is not None:
        top = Fields(faults, tree, "sources", ("schema", "sources"))
        if "schema" in top and top.text("schema") not in {SOURCES_SCHEMA, ""}:
            top.wrong("schema", Phrase("`%(schema)s`", schema=SOURCES_SCHEMA), top.text("schema"))
        for code, node in top.pairs("sources").items():
            entry = Fields(faults, node, f"source {code}", ("title", "publisher", "address", "seen"))
            sources[code] = Source(
                code, entry.text("title"), entry.text("publisher"), entry.text("address"), entry.day("seen")
            )
    found += faults.found
    return sources
