"""The second factor: a code of six digits from an app on the officer's telephone, beside the password (TOTP, RFC 6238).

The secret that the app and the hub share is sealed at rest, bound to the officer's row (`hub.kernel.sealing`). A code
is good for its half minute and the ones beside it, and once: one that was looked at over a shoulder is worth nothing.
"""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.identity import service
from hub.identity.actor import Actor
from hub.identity.models import Officer, OfficerSession
from hub.identity.queries import Person, normal_login
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.sealing import derived_key, seal, unseal
from hub.kernel.secret import Secret
from hub.kernel.settings import Settings

PURPOSE = b"officers' second factors"
# RFC 6238, section 5.2: steps of 30 s, and one step of delay either way.
STEP_SECONDS = 30
BESIDE = (0, -1, 1)
# What one session may try before the password is asked again: 1 in 70,000 to guess right by then.
MOST_TRIES = 5


def new_secret() -> Secret:
    """What an officer's app and the hub may come to share: 160 random bits in base 32 (RFC 4226, section 4)."""
    return Secret(pyotp.random_base32())


def app_address(secret: Secret, login: str, authority: str) -> str:
    """What an app reads from a QR code: ``otpauth://totp/...`` (Google's key URI format, which all apps read)."""
    return pyotp.TOTP(secret.reveal()).provisioning_uri(name=login, issuer_name=authority)


def has_one(person: Person) -> bool:
    """Whether the officer has a second factor."""
    return reading().scalar(sa.select(Officer.factor.is_not(None)).where(Officer.id == person.officer_id)) or False


def set_up(person: Person, secret: str, code: str, password: str, *, settings: Settings, now: datetime) -> None:
    """From now on a log-in of this officer asks for a code. The code proves that the app has the secret.

    Raises:
        InvalidInput: ``password`` is not theirs, or ``code`` is not one of the secret.
        Unavailable: too many others are logging in at this moment.
    """
    service.prove(person, password)
    step = _step_of(secret, code, now)
    if step is None:
        raise InvalidInput([Fault("code", _WRONG)])
    sealed = seal(derived_key(settings, PURPOSE), person.officer_id, secret)
    with transaction() as session:
        officer = _locked(session, person.officer_id)
        officer.factor, officer.factor_step = sealed, step
        record(session, actor=person.actor, action="officer.factor_set", subject=officer.id, detail={}, now=now)


def take_away(login: str, *, actor: Actor, now: datetime) -> None:
    """Lets an officer in by the password alone again: a lost telephone. Their sessions end.

    Raises:
        NotFound: no officer has this login.
    """
    with transaction() as session:
        found = session.scalar(sa.select(Officer.id).where(Officer.login == normal_login(login)))
        if found is None:
            raise NotFound(Phrase("No officer has the login %(login)s.", login=login))
        officer = _locked(session, found)
        officer.factor, officer.factor_step = None, 0
        service.end_sessions_of(session, officer.id, now)
        record(session, actor=actor, action="officer.factor_taken_away", subject=officer.id, detail={}, now=now)


def enter(person: Person, code: str, *, settings: Settings, now: datetime, address: str = "") -> str:
    """Completes a log-in: ends the half-open session and returns the token of a whole one.

    Raises:
        InvalidInput: the code is wrong or was used before. After `MOST_TRIES` the half-open session is over.
    """
    with transaction() as session:
        officer = _locked(session, person.officer_id)
        key = derived_key(settings, PURPOSE)
        secret = unseal(key, officer.id, officer.factor) if officer.factor else None
        step = _step_of(secret, code, now) if secret else None
        good = step is not None and step > officer.factor_step
        if step is not None and good:
            officer.factor_step = step
            service.end_session(session, person.session_id, now)
            token = service.open_session(session, officer.id, address=address, now=now)
        else:
            _count_try(session, person.session_id, now)
        action = "officer.code_entered" if good else "officer.code_refused"
        record(session, actor=person.actor, action=action, subject=officer.id, detail={"address": address}, now=now)
    if not good:
        raise InvalidInput([Fault("code", _WRONG)])
    return token


_WRONG = Phrase("This is not the code of this half minute, or it was used before. Wait for the next one.")


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is, or ``None``."""
    app, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    typed = "".join(code.split())
    good = [step for step in (present + one for one in BESIDE) if _same(app.generate_otp(step), typed)]
    return good[0] if good else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))


def _count_try(session: Session, identifier: str, now: datetime) -> None:
    row = session.get(OfficerSession, identifier, populate_existing=True)
    if row is not None:
        row.code_tries += 1
        if row.code_tries >= MOST_TRIES:
            row.ended_at = now


def _locked(session: Session, officer_id: str) -> Officer:
    return session.scalars(
        sa.select(Officer).where(Officer.id == officer_id).with_for_update().execution_options(populate_existing=True)
    ).one()
