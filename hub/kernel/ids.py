"""Identifiers that are unguessable, sortable by nothing, and legal in CAP, URLs, file names and message headers."""

from __future__ import annotations

import uuid


def new_id() -> str:
    """A random identifier: 32 lower-case hexadecimal digits, 122 random bits (RFC 9562, version 4).

    CAP 1.2 forbids spaces, commas, ``<`` and ``&`` in an identifier; hexadecimal digits are safe everywhere.
    """
    return uuid.uuid4().hex
