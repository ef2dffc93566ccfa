"""A reporter's contact: readable by the hub alone, for as long as it is needed.

It is sealed with AES-256-GCM under a key that is derived from the hub's secret key (HKDF-SHA256, RFC 5869), so that a
copy of the database alone tells nothing. Each report's id is bound into its seal: a contact that is moved to another
row cannot be opened there.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import NotFound
from hub.kernel.keys import signing_key
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Settings
from hub.rumours.desk import RumourDesk
from hub.rumours.models import Report

KEY_BYTES = 32
# NIST SP 800-38D, section 8.2: 96 bits; drawn at random, good for 2^32 seals under one key.
NONCE_BYTES = 12
FOR_CONTACTS = b"tocsin: contact of a reporter, 1"


def derived_key(settings: Settings, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose, from the hub's secret key; other purposes give keys that tell nothing of it.

    Raises:
        OSError: no key is configured, and the data directory cannot be used.
    """
    secret = signing_key(settings.security.secret_key, settings.data.directory).reveal().encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret)


def sealed(settings: Settings, report_id: str, contact: str) -> bytes:
    """The contact as it is stored with a report."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = AESGCM(derived_key(settings, FOR_CONTACTS))
    return nonce + cipher.encrypt(nonce, contact.encode(), report_id.encode())


def opened(settings: Settings, report: Report) -> str | None:
    """The contact of a report; ``None`` when there is none, or when the hub's secret key has changed since."""
    if report.contact_sealed is None:
        return None
    nonce, rest = report.contact_sealed[:NONCE_BYTES], report.contact_sealed[NONCE_BYTES:]
    cipher = AESGCM(derived_key(settings, FOR_CONTACTS))
    try:
        return cipher.decrypt(nonce, rest, report.id.encode()).decode()
    except InvalidTag:
        return None


def reveal(desk: RumourDesk, report_id: str, *, actor: Actor) -> str | None:
    """Shows an officer the contact of a report, for answering; the log says who looked, not what was seen.

    Raises:
        NotFound: there is no such report.
    """
    with transaction() as session:
        report = session.get(Report, report_id)
        if report is None:
            raise NotFound(Phrase("There is no report %(report)s.", report=report_id))
        contact = opened(desk.settings, report)
        detail = {"there": contact is not None}
        record_audit(
            session, actor=actor, action="report.contact_read", subject=report_id, detail=detail, now=desk.clock.now()
        )
    return contact
