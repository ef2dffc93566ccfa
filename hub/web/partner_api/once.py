"""The header Idempotency-Key: what makes it safe to ask again after no answer came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request

from hub.alerts.intake import Once
from hub.web.errors import IdempotencyKeyNeeded

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,200}")

PARAMETER: Mapping[str, Any] = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "description": "Chosen by the caller, new for each alert or report, the same when the same request is sent again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": f"^{KEY.pattern}$"},
    "example": "6f1c9b1e-sdis-76",
}
REPLAYED: Mapping[str, Any] = {
    "Idempotent-Replayed": {
        "description": "true when an earlier request with this key had been answered; nothing was sent now.",
        "schema": {"type": "string", "enum": ["true", "false"]},
    },
    "Location": {"description": "The address of the alert.", "schema": {"type": "string"}},
}


def this_request(body: Mapping[str, Any]) -> Once:
    """This request as something to be done once: its key, its address and what it asks for.

    Raises:
        IdempotencyKeyNeeded: the header is missing, sent twice, or not 1 to 200 visible ASCII characters.
    """
    return Once(this_key(), {"path": request.path, "body": body})


def this_key() -> str:
    """The key alone.

    Raises:
        IdempotencyKeyNeeded: as for `this_request`.
    """
    keys = request.headers.getlist(HEADER)
    if len(keys) != 1 or not KEY.fullmatch(keys[0]):
        raise IdempotencyKeyNeeded
    return keys[0]
