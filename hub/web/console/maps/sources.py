"""Where the facts of the maps come from, as far as the file of sources says."""

from __future__ import annotations

from hub.message_maps.model import Fact, Source
from hub.web.console.map_editor.ground import sources


def source_of(fact: Fact) -> Source | None:
    """The publication behind a fact; ``None`` when it names none, or one that the file does not know."""
    return sources().get(fact.source)
