"""The arithmetic of the chain: pure functions, the same for writing and for verifying."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# What the first entry is chained to.
GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """JSON in its one spelling: keys sorted, no spaces, ASCII only. Two equal values give the same text.

    ASCII escapes also carry what a text column of PostgreSQL refuses: NUL and lone surrogates.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def entry_hash(fields: Mapping[str, Any], *, at: datetime, previous_hash: str) -> str:
    """The SHA-256 of one entry, hexadecimal: every field, its moment in UTC, and the hash of the entry before."""
    content = {**fields, "at": at.astimezone(UTC).isoformat(timespec="microseconds"), "previous_hash": previous_hash}
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()
