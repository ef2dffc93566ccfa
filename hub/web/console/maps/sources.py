"""Where the facts of the maps come from, as far as the file of sources says."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from hub.message_maps.loader import load_sources
from hub.message_maps.model import Fact, Source
from hub.web.parts import parts


def source_of(fact: Fact) -> Source | None:
    """The publication behind a fact; ``None`` when it names none, or one that the file does not know."""
    return _sources(parts().settings.maps.directory).get(fact.source)


# Map files are read at start only; so are their sources.
@lru_cache(maxsize=4)
def _sources(directory: Path) -> dict[str, Source]:
    return load_sources(directory)
