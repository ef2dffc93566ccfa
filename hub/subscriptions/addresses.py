"""E-mail addresses: read from a form, sealed for the database, found again by a keyed hash."""

from __future__ import annotations

from hub.channels.adapters.email import ADDRESS, LONGEST_ADDRESS
from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.kernel.sealing import derived_key, keyed_hash, seal, unseal
from hub.kernel.settings import Settings

FOR_SEALS = b"tocsin: address of a subscriber, 1"
FOR_HASHES = b"tocsin: hash of a subscriber's address, 1"


def read(typed: str) -> tuple[str, list[Fault]]:
    """The address without the spaces around it, or what is wrong with it, in the field ``address``."""
    # Spaces alone: what else stands at the ends, such as a line break, was not typed into a form.
    address = typed.strip(" ")
    if len(address) <= LONGEST_ADDRESS and ADDRESS.fullmatch(address):
        return address, []
    phrase = Phrase("Give one e-mail address in plain letters, such as prenom.nom@example.org.")
    return address, [Fault("address", phrase)]


def hashed(settings: Settings, address: str) -> str:
    """By what an address is found. Upper and lower case are the same: no provider tells them apart."""
    return keyed_hash(derived_key(settings, FOR_HASHES), address.lower())


def sealed(settings: Settings, subscription_id: str, address: str) -> bytes:
    """The address as it is stored."""
    return seal(derived_key(settings, FOR_SEALS), subscription_id, address)


def opened(settings: Settings, subscription_id: str, stored: bytes) -> str | None:
    """The address again; ``None`` when the hub's secret key has changed since."""
    return unseal(derived_key(settings, FOR_SEALS), subscription_id, stored)
