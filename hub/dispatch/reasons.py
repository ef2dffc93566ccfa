"""Reasons as they are stored: a phrase stays translatable, and nothing of it can break the database."""

from __future__ import annotations

import json
from typing import Any

from hub.kernel.phrase import Phrase

# A far side may answer with a whole page; an officer needs the beginning.
LONGEST_TEXT = 500
LONGEST_URL = 2000


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text from outside that both databases take: no NUL, no lone surrogate, not endless."""
    # An adapter may hand over a number as its proof; it is a proof all the same.
    return str(text).encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:longest]


def stored(phrase: Phrase) -> str:
    """A phrase as JSON."""
    return json.dumps(_packed(phrase), ensure_ascii=False)


def restored(text: str | None) -> Phrase | None:
    """The phrase that `stored` made; ``None`` stays ``None``."""
    return None if text is None else _unpacked(json.loads(text))


def _packed(phrase: Phrase) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for name, value in phrase.params.items():
        if isinstance(value, Phrase):
            params[name] = _packed(value)
        else:
            params[name] = value if isinstance(value, bool | int | float) else clean(str(value))
    return {"msgid": clean(phrase.msgid), "params": params}


def _unpacked(packed: dict[str, Any]) -> Phrase:
    params = {name: _unpacked(value) if isinstance(value, dict) else value for name, value in packed["params"].items()}
    return Phrase(packed["msgid"], **params)
