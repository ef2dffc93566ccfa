"""Personal data at rest: sealed so that a copy of the database alone tells nothing, found again by a keyed hash.

Sealing is AES-256-GCM under a key that is derived from the hub's secret key (HKDF-SHA256, RFC 5869), one key a purpose.
The id of the row is bound into the seal: a value that is moved to another row cannot be opened there.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.kernel.keys import signing_key
from hub.kernel.settings import Settings

KEY_BYTES = 32
# NIST SP 800-38D, section 8.2: 96 bits; drawn at random, good for 2^32 seals under one key.
NONCE_BYTES = 12


def derived_key(settings: Settings, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose, from the hub's secret key; other purposes give keys that tell nothing of it.

    Raises:
        OSError: no key is configured, and the data directory cannot be used.
    """
    secret = signing_key(settings.security.secret_key, settings.data.directory).reveal().encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret)


def seal(key: bytes, row_id: str, text: str) -> bytes:
    """A text as it is stored in the row of this id."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), row_id.encode())


def unseal(key: bytes, row_id: str, sealed: bytes) -> str | None:
    """The text again; ``None`` when the key has changed since, or the value stands in another row."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], row_id.encode()).decode()
    except InvalidTag:
        return None


def keyed_hash(key: bytes, text: str) -> str:
    """HMAC-SHA256 in hexadecimal: finds a value again, and cannot be guessed at without the key (RFC 2104)."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
