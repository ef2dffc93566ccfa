"""What an officer asks for, before anything is checked. It travels through the confirmation form, signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Draft:
    """One alert as asked for.

    ``blanks`` maps a placeholder (or ``name.language``) to what was typed. The area is given as ``communes`` (INSEE
    codes) or as ``geojson`` (text), not both. ``expires`` is ``YYYY-MM-DDTHH:MM`` in the town's time, empty for the
    level's usual duration. ``follows`` is the identifier of the alert that this one follows: status and area then come
    from there (a correction may bring another area), the channels from the first alert of the incident.

    ``identifier``, ``sent`` and ``version_id`` are empty at first. The preview fills them in; the identifier is then
    the key under which this alert can be created once. ``sent`` lies ahead where it is planned to be sent later.
    ``plan`` is the identifier of a planned send whose place this takes: it ends when this is sent or planned.
    """

    situation_id: str
    message_id: str
    exercise: bool
    blanks: Mapping[str, str] = field(default_factory=dict)
    communes: tuple[str, ...] = ()
    geojson: str = ""
    expires: str = ""
    channels: tuple[str, ...] = ()
    follows: str | None = None
    identifier: str = ""
    sent: datetime | None = None
    version_id: str = ""
    plan: str = ""


def to_json(draft: Draft) -> str:
    """The draft as JSON text."""
    value = asdict(draft)
    value["sent"] = draft.sent.isoformat() if draft.sent else None
    return json.dumps(value, sort_keys=True)


def from_json(text: str) -> Draft:
    """Reads what `to_json` wrote; the caller has checked that nobody changed it.

    Raises:
        ValueError: it was written by another version of the hub.
    """
    value: dict[str, Any] = json.loads(text)
    if set(value) != {entry.name for entry in fields(Draft)}:
        msg = "the draft was written by another version of the hub"
        raise ValueError(msg)
    value["sent"] = datetime.fromisoformat(value["sent"]) if value["sent"] else None
    value["communes"], value["channels"] = tuple(value["communes"]), tuple(value["channels"])
    return Draft(**value)
