"""Passwords: argon2id hashes, and what a password must be.

Parameters: RFC 9106, section 4, second recommendation (64 MiB, 3 passes, 4 lanes). Rules: OWASP ASVS 5.0, 6.2: long
passphrases, no composition rules.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.kernel.errors import Unavailable
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret

SHORTEST = 12
LONGEST = 200

# Each hash takes 64 MiB: a flood of log-ins must queue, not fill the memory.
HASHES_AT_ONCE = 4
LONGEST_WAIT_SECONDS = 10.0

# Read out on the telephone without doubt: no 0/o, 1/l/i.
ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_GROUPS = 4
ONE_TIME_GROUP_LENGTH = 4


class Gate:
    """Lets ``places`` in at once; the others wait ``seconds`` and are then sent away."""

    def __init__(self, places: int, seconds: float) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._seconds = seconds

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds one place for the length of the block.

        Raises:
            Unavailable: no place became free in time.
        """
        if not self._places.acquire(timeout=self._seconds):
            raise Unavailable(Phrase("Too many people are logging in at this moment. Please try again."))
        try:
            yield
        finally:
            self._places.release()


_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_gate = Gate(HASHES_AT_ONCE, LONGEST_WAIT_SECONDS)


def hash_password(password: str) -> str:
    """The argon2id hash, salted, parameters included.

    Raises:
        Unavailable: too many others are logging in at this moment.
    """
    with _gate.place():
        return _hasher.hash(_bytes(password))


def matches(password: str, password_hash: str) -> bool:
    """Whether the password is the one that was hashed. Takes the same time either way.

    Raises:
        Unavailable: too many others are logging in at this moment.
    """
    with _gate.place():
        try:
            return _hasher.verify(password_hash, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def one_time_password() -> Secret:
    """A random password of 16 letters and digits in groups (79 bits), printed once and changed at first log-in."""
    groups = (
        "".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(ONE_TIME_GROUP_LENGTH)) for _ in range(ONE_TIME_GROUPS)
    )
    return Secret("-".join(groups))


def weakness(password: str, *, login: str, current: str) -> Phrase | None:
    """What is wrong with a new password, or ``None``. ``current`` is the one that it replaces."""
    if len(password) < SHORTEST:
        return Phrase("Use at least %(count)s characters; a sentence is easy to remember.", count=SHORTEST)
    if len(password) > LONGEST:
        return Phrase("Use at most %(count)s characters.", count=LONGEST)
    if password == current:
        return Phrase("This is the password that you have now. Choose another one.")
    if len(set(password)) == 1 or password.casefold().strip() == login:
        return Phrase("This password is too easy to guess.")
    return None


def _bytes(password: str) -> bytes:
    # The same passphrase typed on a Mac and on a PC differs in its accents' encoding; a lone surrogate has none.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
