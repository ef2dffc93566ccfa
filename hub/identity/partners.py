"""Partners and their keys: one function, one transaction, one entry in the audit log.

A key reads ``tocsin_<kind>_<id>_<secret>``: scanners for leaked secrets can know it by its front, an operator can name
it by its id, and the 256 random bits behind are stored nowhere (OWASP ASVS 5.0, 11.5.1 asks for 128).
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.identity.actor import Actor
from hub.identity.errors import KeyRefused
from hub.identity.models import Partner, PartnerKey
from hub.identity.permissions import SCOPES
from hub.identity.queries import normal_login
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret

ID_BYTES = 6
SECRET_BYTES = 32
LONGEST_NAME = 80

# "Last used" is written once a minute at most: a request that only reads should not wait for a writer.
USED_EVERY = timedelta(minutes=1)

log = logging.getLogger(__name__)


class KeyKind(StrEnum):
    """What a key is for. Each kind can touch alerts of its own kind only: a drill can never become a warning."""

    LIVE = "live"
    EXERCISE = "exercise"


_FORM = re.compile(rf"tocsin_(?:{'|'.join(KeyKind)})_([0-9a-f]{{12}})_[\w-]{{43}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caller:
    """The partner behind a request, at the moment of the request."""

    partner_id: str
    name: str
    scopes: frozenset[str]
    key_id: str
    kind: KeyKind

    @property
    def actor(self) -> Actor:
        """The partner as written beside what it does."""
        return Actor("partner", self.partner_id, self.name)

    @property
    def exercise(self) -> bool:
        """Whether the key is for exercises."""
        return self.kind is KeyKind.EXERCISE

    def may(self, scope: str) -> bool:
        """Whether the partner was given this scope."""
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key in a list; never the key itself."""

    id: str
    kind: KeyKind
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner in a list, with its keys, newest first."""

    id: str
    name: str
    scopes: tuple[str, ...]
    disabled: bool
    keys: tuple[KeyLine, ...]


def add_partner(partner_id: str, name: str, scopes: Collection[str], *, actor: Actor, now: datetime) -> None:
    """Makes a partner, which can do nothing before it has a key.

    Raises:
        InvalidInput: with the fields ``id``, ``name``, ``scopes`` that are wrong, or an id in use.
    """
    normal = normal_login(partner_id)
    faults = _faults(normal, name, scopes)
    if faults or normal is None:
        raise InvalidInput(faults)
    granted = sorted(set(scopes))
    with transaction() as session:
        session.add(Partner(id=normal, name=name.strip(), scopes=granted, disabled=False, created_at=now))
        try:
            session.flush()
        except IntegrityError as error:
            raise InvalidInput([Fault("id", Phrase("Another partner has this id."))]) from error
        detail = {"name": name.strip(), "scopes": granted}
        record(session, actor=actor, action="partner.added", subject=normal, detail=detail, now=now)


def add_key(partner_id: str, kind: KeyKind, *, actor: Actor, now: datetime) -> Secret:
    """Gives a partner one more key and returns it; it is stored nowhere. Older keys stay good until revoked.

    Raises:
        NotFound: there is no such partner, or it is disabled.
    """
    key_id = secrets.token_hex(ID_BYTES)
    key = Secret(f"tocsin_{kind}_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}")
    with transaction() as session:
        partner = _locked(session, partner_id)
        session.add(
            PartnerKey(id=key_id, partner_id=partner.id, hash=_hash(key.reveal()), kind=kind.value, created_at=now)
        )
        detail = {"key": key_id, "kind": kind.value}
        record(session, actor=actor, action="partner.key_added", subject=partner.id, detail=detail, now=now)
    return key


def revoke_key(key_id: str, *, actor: Actor, now: datetime) -> None:
    """Ends one key at once. To end it twice changes nothing.

    Raises:
        NotFound: there is no such key.
    """
    with transaction() as session:
        key = session.scalars(sa.select(PartnerKey).where(PartnerKey.id == key_id).with_for_update()).one_or_none()
        if key is None:
            raise NotFound(Phrase("There is no key %(id)s.", id=key_id))
        if key.revoked_at is None:
            key.revoked_at = now
            detail = {"key": key.id, "kind": key.kind}
            record(session, actor=actor, action="partner.key_revoked", subject=key.partner_id, detail=detail, now=now)


def disable_partner(partner_id: str, *, actor: Actor, now: datetime) -> None:
    """Closes a partner's access: none of its keys is good any more.

    Raises:
        NotFound: there is no such partner, or it is disabled already.
    """
    with transaction() as session:
        partner = _locked(session, partner_id)
        partner.disabled = True
        record(session, actor=actor, action="partner.disabled", subject=partner.id, detail={}, now=now)


def listed(session: Session) -> list[PartnerLine]:
    """Every partner with its keys, by id."""
    keys = session.scalars(sa.select(PartnerKey).order_by(PartnerKey.created_at.desc(), PartnerKey.id)).all()
    return [
        PartnerLine(
            partner.id,
            partner.name,
            tuple(partner.scopes),
            partner.disabled,
            tuple(
                KeyLine(key.id, KeyKind(key.kind), key.created_at, key.last_used_at, key.revoked_at)
                for key in keys
                if key.partner_id == partner.id
            ),
        )
        for partner in session.scalars(sa.select(Partner).order_by(Partner.id))
    ]


def caller_of(key: str, *, now: datetime) -> Caller:
    """Who holds this key. Notes that it was used.

    Raises:
        KeyRefused: there is no such key, it was revoked, or its partner is disabled. The log says which.
    """
    form = _FORM.fullmatch(key)
    if form is None:
        log.warning("a request came with something that is no partner's key")
        raise KeyRefused
    found = (
        reading()
        .execute(
            sa.select(PartnerKey.id, PartnerKey.kind, PartnerKey.last_used_at, PartnerKey.revoked_at, Partner)
            .join(Partner, Partner.id == PartnerKey.partner_id)
            .where(PartnerKey.hash == _hash(key))
            .execution_options(populate_existing=True)
        )
        .one_or_none()
    )
    if found is None or found.revoked_at is not None or found.Partner.disabled:
        why = "unknown" if found is None else "revoked" if found.revoked_at else "of a disabled partner"
        log.warning("a partner's key was refused", extra={"key": form[1], "why": why})
        raise KeyRefused
    partner = found.Partner
    caller = Caller(partner.id, partner.name, frozenset(partner.scopes), found.id, KeyKind(found.kind))
    if found.last_used_at is None or now - found.last_used_at >= USED_EVERY:
        with transaction() as session:
            session.execute(sa.update(PartnerKey).where(PartnerKey.id == caller.key_id).values(last_used_at=now))
    return caller


def _hash(key: str) -> str:
    # No slow hash: there is nothing to guess in 256 random bits, and every request pays for it.
    return hashlib.sha256(key.encode("ascii")).hexdigest()


def _locked(session: Session, partner_id: str) -> Partner:
    partner = session.scalars(
        sa.select(Partner)
        .where(Partner.id == normal_login(partner_id), Partner.disabled.is_(False))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if partner is None:
        raise NotFound(Phrase("There is no partner %(id)s, or it is disabled.", id=partner_id))
    return partner


def _faults(partner_id: str | None, name: str, scopes: Collection[str]) -> list[Fault]:
    faults = []
    if partner_id is None:
        faults.append(Fault("id", Phrase("Use 2 to 40 characters out of a-z, 0-9, dot, dash and underscore.")))
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        faults.append(Fault("name", Phrase("Give a name of 1 to %(count)s characters.", count=LONGEST_NAME)))
    if not scopes or not set(scopes) <= SCOPES:
        faults.append(Fault("scopes", Phrase("Choose one or more of: %(choices)s.", choices=", ".join(sorted(SCOPES)))))
    return faults
