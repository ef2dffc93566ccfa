"""Identifiers that are unguessable, sortable by nothing, and legal in CAP, URLs, file names and message headers."""

from __future__ import annotations

import secrets
import uuid

# No vowels, so that no word arises by chance; no 0, 1, l, which are read for one another.
SHORT_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_id() -> str:
    """A random identifier: 32 lower-case hexadecimal digits, 122 random bits (RFC 9562, version 4).

    CAP 1.2 forbids spaces, commas, ``<`` and ``&`` in an identifier; hexadecimal digits are safe everywhere.
    """
    return uuid.uuid4().hex


def short_id(length: int) -> str:
    """A random identifier that people can read out and type: lower-case consonants and digits.

    Seven characters are one of 10 billion; whoever stores it must still be ready to draw again.
    """
    return "".join(secrets.choice(SHORT_ALPHABET) for _ in range(length))
