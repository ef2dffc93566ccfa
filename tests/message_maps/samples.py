"""A small sound map, and ways to change one thing in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hub.message_maps.loader import load_directory
from hub.message_maps.model import Situation
from hub.message_maps.model_json import from_json, to_json
from hub.message_maps.rules import Rules

MAPS = Path(__file__).parent / "maps"
FLOOD_FILE = MAPS / "natural" / "flood.yaml"
RULES = Rules(link_hosts=("rivemont.example",))

JsonPath = tuple[str | int, ...]


@cache
def flood() -> Situation:
    """The small sound map."""
    loaded = load_directory(MAPS, RULES)
    assert not loaded.faults
    return loaded.situations[0]


def text(message: str, form: str, language: str, part: str = "text") -> JsonPath:
    """The path of one text in the map's JSON."""
    return ("messages", message, "variants", form, language, part)


def changed(changes: dict[JsonPath, Any]) -> Situation:
    """The sample with some values replaced; a value of ``None`` deletes the key."""
    content = to_json(flood())
    for path, value in changes.items():
        place: Any = content
        for step in path[:-1]:
            place = _step(place, step)
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value
    return from_json(content)


def _step(place: Any, step: str | int) -> Any:
    if isinstance(place, list) and isinstance(step, str):
        return next(item for item in place if item.get("id", item.get("name")) == step)
    return place[step]
