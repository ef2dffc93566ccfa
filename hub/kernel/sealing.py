"""Personal data at rest: sealed so that a copy of the database alone tells nothing, found again by a keyed hash.

Sealing is AES-256-GCM under a key that is derived from the hub's secret key (HKDF-SHA256, RFC 5869), one key a purpose.
The id of the row is bound into the seal: a value that is moved to another row cannot be opened there.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import secrets
from functools import cache
from typing import Any

from hub.kernel.keys import signing_key
from hub.kernel.settings import Settings

KEY_BYTES = 32
# NIST SP 800-38D, section 8.2: 96 bits; drawn at random, good for 2^32 seals under one key.
NONCE_BYTES = 12


@cache
def _library(module: str) -> Any:
    # Loaded when something is first sealed: 6 MB that a dispatcher of which nobody's address is asked does without.
    return importlib.import_module(f"cryptography.{module}")


def derived_key(settings: Settings, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose, from the hub's secret key; other purposes give keys that tell nothing of it.

    Raises:
        OSError: no key is configured, and the data directory cannot be used.
    """
    secret = signing_key(settings.security.secret_key, settings.data.directory).reveal().encode()
    sha256 = _library("hazmat.primitives.hashes").SHA256()
    key: bytes = _library("hazmat.primitives.kdf.hkdf").HKDF(sha256, KEY_BYTES, salt=None, info=purpose).derive(secret)
    return key


def seal(key: bytes, row_id: str, text: str) -> bytes:
    """A text as it is stored in the row of this id."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed: bytes = (
        _library("hazmat.primitives.ciphers.aead").AESGCM(key).encrypt(nonce, text.encode(), row_id.encode())
    )
    return nonce + sealed


def unseal(key: bytes, row_id: str, sealed: bytes) -> str | None:
    """The text again; ``None`` when the key has changed since, or the value stands in another row."""
    box = _library("hazmat.primitives.ciphers.aead").AESGCM(key)
    try:
        text: bytes = box.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], row_id.encode())
    except _library("exceptions").InvalidTag:
        return None
    return text.decode()


def keyed_hash(key: bytes, text: str) -> str:
    """HMAC-SHA256 in hexadecimal: finds a value again, and cannot be guessed at without the key (RFC 2104)."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
