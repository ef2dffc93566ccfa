"""Nested values as named texts and back: what a mind-map keeps in the attributes of a topic.

``{"owner": {"role": "Mayor"}, "oet": ["OET-081", "OET-082"]}`` is ``owner.role = Mayor`` and ``oet[] = OET-081,
OET-082``. A listing whose entries hold a comma, or more than a text, is numbered: ``values.1.fr = ...``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_LISTING = "[]"
_COMMA = ", "


def flatten(value: Mapping[str, Any]) -> dict[str, str]:
    """The named texts of a mapping, in its order."""
    found: dict[str, str] = {}
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            below = flatten(inner)
        elif isinstance(inner, list) and all(_is_simple(entry) for entry in inner):
            found[f"{key}{_LISTING}"] = _COMMA.join(map(written, inner))
            continue
        elif isinstance(inner, list):
            below = flatten({str(number): entry for number, entry in enumerate(inner, 1)})
        else:
            found[key] = written(inner)
            continue
        found |= {f"{key}.{name}": text for name, text in below.items()}
    return found


def unflatten(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The mapping of named texts. Every value is a text. Of two that need the same place the later one has it."""
    tree: dict[str, Any] = {}
    for name, text in pairs:
        listing = name.endswith(_LISTING)
        place = tree
        *path, last = name.removesuffix(_LISTING).split(".")
        for step in path:
            inner = place.get(step)
            if not isinstance(inner, dict):
                inner = place[step] = {}
            place = inner
        place[last] = [entry.strip() for entry in text.split(",")] if listing and text.strip() else text
        if listing and not text.strip():
            place[last] = []
    return {key: _numbered(value) for key, value in tree.items()}


def written(value: Any) -> str:
    """A single value as text: ``true``, ``false``, a number, or the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _is_simple(entry: Any) -> bool:
    if isinstance(entry, list | Mapping):
        return False
    text = written(entry)
    return bool(text) and text == text.strip() and "," not in text


def _numbered(value: Any) -> Any:
    """Turns ``{"1": .., "2": ..}`` into a listing. No deeper than the names had points, which the readers bound."""
    if not isinstance(value, dict):
        return value
    inner = {key: _numbered(below) for key, below in value.items()}
    if inner and list(inner) == [str(number) for number in range(1, len(inner) + 1)]:
        return list(inner.values())
    return inner
