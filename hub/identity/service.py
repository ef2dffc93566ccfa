"""What can be done with officers and sessions: one function, one transaction, one entry in the audit log.

No function hashes a password inside a transaction: it takes a tenth of a second, during which nobody else could write.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.identity import passwords, queries
from hub.identity.actor import Actor
from hub.identity.errors import LogInRefused
from hub.identity.models import Officer, OfficerSession
from hub.identity.permissions import Role
from hub.identity.queries import Person
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret
from hub.kernel.settings import Security
from hub.kernel.settings_checks import LANGUAGES

LONGEST_NAME = 80
TOKEN_BYTES = 32
ADDRESS_LENGTH = 64

# "Last seen" is written once a minute at most: a request that only reads should not wait for a writer.
SEEN_EVERY = timedelta(minutes=1)

# The hash of thirty-two random bytes that nobody kept: an unknown login takes as long as a wrong password.
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$gYsRa/XPDq7K1TnPKBol/g$Jr3bP9Zb6jBh/cN42yuQ3WOvNDMq9qMEE/bbVWfK5OU"

STRANGER = Actor("stranger", "", "")


def create_officer(login: str, name: str, role: str, language: str, *, actor: Actor, now: datetime) -> Secret:
    """Makes an account and returns its one-time password, which is stored nowhere and must be changed at first log-in.

    Raises:
        InvalidInput: with the fields ``login``, ``name``, ``role``, ``language`` that are wrong, or a login in use.
    """
    normal = queries.normal_login(login)
    faults = _account_faults(normal, name, role, language)
    if faults or normal is None:
        raise InvalidInput(faults)
    password = passwords.one_time_password()
    officer = Officer(
        id=new_id(),
        login=normal,
        name=name.strip(),
        role=Role(role).value,
        language=language,
        password_hash=passwords.hash_password(password.reveal()),
        must_change_password=True,
        disabled=False,
        created_at=now,
    )
    with transaction() as session:
        session.add(officer)
        try:
            session.flush()
        except IntegrityError as error:
            raise InvalidInput([Fault("login", Phrase("Another officer has this login."))]) from error
        record(
            session,
            actor=actor,
            action="officer.created",
            subject=officer.id,
            detail={"login": normal, "role": officer.role},
            now=now,
        )
    return password


def log_in(login: str, password: str, *, now: datetime, address: str = "") -> str:
    """Opens a new session and returns its token, to be kept by the browser alone.

    Whoever has a second factor gets one that is half open: `hub.identity.second_factor.enter` makes it whole.

    Raises:
        LogInRefused: unknown login, wrong password or disabled officer; the answer is the same and takes as long.
        Unavailable: too many others are logging in at this moment.
    """
    found = _credentials(reading(), queries.normal_login(login))
    good = passwords.matches(password[: passwords.LONGEST + 1], found.password_hash if found else NOBODYS_HASH)
    token = ""
    with transaction() as session:
        # The row is locked, so that a password changed or an account disabled meanwhile is seen here.
        officer = _locked(session, found.id, found.password_hash) if found and good else None
        if officer:
            due = officer.factor is not None
            token = open_session(session, officer.id, address=address, now=now, code_due=due)
            actor, action = Actor("officer", officer.id, officer.name), "officer.logged_in"
        else:
            # A login that no one has is not kept: people type their password there by mistake.
            actor, action = STRANGER, "officer.log_in_refused"
        subject = found.id if found else ""
        record(session, actor=actor, action=action, subject=subject, detail={"address": address}, now=now)
    if not token:
        raise LogInRefused
    return token


def session_officer(token: str, *, limits: Security, now: datetime) -> Person | None:
    """Who holds this token, or ``None``; see `hub.identity.queries.person`. Notes that they were seen."""
    found = queries.person(reading(), token, limits=limits, now=now)
    if found and now - found.last_seen_at >= SEEN_EVERY:
        with transaction() as session:
            session.execute(
                sa.update(OfficerSession).where(OfficerSession.id == found.session_id).values(last_seen_at=now)
            )
    return found


def log_out(token: str, *, now: datetime) -> None:
    """Ends one session. A token that is not, or no longer, good is no error."""
    identifier = queries.session_id(token)
    with transaction() as session:
        ended = session.execute(
            sa.update(OfficerSession)
            .where(OfficerSession.id == identifier, OfficerSession.ended_at.is_(None))
            .values(ended_at=now)
            .returning(OfficerSession.officer_id)
        ).scalar_one_or_none()
        officer = session.get(Officer, ended) if ended else None
        if officer:
            actor = Actor("officer", officer.id, officer.name)
            record(session, actor=actor, action="officer.logged_out", subject=officer.id, detail={}, now=now)


def change_password(person: Person, current: str, new: str, *, now: datetime, address: str = "") -> str:
    """Gives an officer the password that they chose, ends all their sessions and returns the token of a new one.

    Raises:
        InvalidInput: ``current`` is not the present password, or ``new`` is too weak.
        Unavailable: too many others are logging in at this moment.
    """
    found = _credentials(reading(), person.login)
    if found is None or not passwords.matches(current[: passwords.LONGEST + 1], found.password_hash):
        raise InvalidInput([Fault("current", Phrase("This is not your present password."))])
    weakness = passwords.weakness(new, login=person.login, current=current)
    if weakness:
        raise InvalidInput([Fault("new", weakness)])
    fresh = passwords.hash_password(new)
    with transaction() as session:
        officer = _locked(session, found.id, found.password_hash)
        if officer is None:
            raise InvalidInput([Fault("current", Phrase("This is not your present password."))])
        officer.password_hash = fresh
        officer.must_change_password = False
        end_sessions_of(session, officer.id, now)
        token = open_session(session, officer.id, address=address, now=now)
        record(session, actor=person.actor, action="officer.password_changed", subject=officer.id, detail={}, now=now)
    return token


def reset_password(login: str, *, actor: Actor, now: datetime) -> Secret:
    """Gives an officer a new one-time password, for someone who forgot theirs, and ends all their sessions.

    Raises:
        NotFound: no officer has this login.
    """
    password = passwords.one_time_password()
    fresh = passwords.hash_password(password.reveal())
    with transaction() as session:
        officer = _by_login(session, login)
        officer.password_hash = fresh
        officer.must_change_password = True
        end_sessions_of(session, officer.id, now)
        record(session, actor=actor, action="officer.password_reset", subject=officer.id, detail={}, now=now)
    return password


def disable(login: str, *, actor: Actor, now: datetime) -> None:
    """Closes an account; its sessions die at once.

    Raises:
        NotFound: no officer has this login.
        Conflict: they are the last administrator.
    """
    with transaction() as session:
        administrators = _administrators(session)
        officer = _by_login(session, login)
        _keep_one(administrators, officer)
        officer.disabled = True
        end_sessions_of(session, officer.id, now)
        record(session, actor=actor, action="officer.disabled", subject=officer.id, detail={}, now=now)


def reopen(login: str, *, actor: Actor, now: datetime) -> Secret:
    """Opens a closed account again, under a new one-time password.

    Raises:
        NotFound: no officer has this login.
    """
    password = passwords.one_time_password()
    fresh = passwords.hash_password(password.reveal())
    with transaction() as session:
        officer = _by_login(session, login)
        officer.disabled = False
        officer.password_hash = fresh
        officer.must_change_password = True
        end_sessions_of(session, officer.id, now)
        record(session, actor=actor, action="officer.reopened", subject=officer.id, detail={}, now=now)
    return password


def change_role(login: str, role: str, *, actor: Actor, now: datetime) -> None:
    """Trusts an officer with more or less, from their next request on.

    Raises:
        NotFound: no officer has this login.
        InvalidInput: there is no such role.
        Conflict: they are the last administrator.
    """
    if role not in set(Role):
        raise InvalidInput([Fault("role", Phrase("Choose one of: %(choices)s.", choices=", ".join(Role)))])
    with transaction() as session:
        administrators = _administrators(session)
        officer = _by_login(session, login)
        if role != Role.ADMINISTRATOR:
            _keep_one(administrators, officer)
        detail = {"from": officer.role, "to": role}
        officer.role = role
        record(session, actor=actor, action="officer.role_changed", subject=officer.id, detail=detail, now=now)


def prove(person: Person, password: str) -> None:
    """Nothing, if this is the officer's present password: asked again before others are given access.

    Source: OWASP ASVS 5.0, 7.5.3.

    Raises:
        InvalidInput: it is not.
        Unavailable: too many others are logging in at this moment.
    """
    found = _credentials(reading(), person.login)
    if found is None or not passwords.matches(password[: passwords.LONGEST + 1], found.password_hash):
        raise InvalidInput([Fault("password", Phrase("This is not your present password."))])


def _administrators(session: Session) -> frozenset[str]:
    """Those who can let others in, locked in one order: of two who close each other's account, one succeeds."""
    held = sa.select(Officer.id).where(Officer.role == Role.ADMINISTRATOR.value, Officer.disabled.is_(False))
    return frozenset(session.scalars(held.order_by(Officer.id).with_for_update()))


def _keep_one(administrators: frozenset[str], officer: Officer) -> None:
    if administrators == {officer.id}:
        raise Conflict(Phrase("%(name)s is the last administrator. Name another one first.", name=officer.name))


def _account_faults(login: str | None, name: str, role: str, language: str) -> list[Fault]:
    faults = []
    if login is None:
        faults.append(Fault("login", Phrase("Use 2 to 40 characters out of a-z, 0-9, dot, dash and underscore.")))
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        faults.append(Fault("name", Phrase("Give a name of 1 to %(count)s characters.", count=LONGEST_NAME)))
    if role not in set(Role):
        faults.append(Fault("role", Phrase("Choose one of: %(choices)s.", choices=", ".join(Role))))
    if language not in LANGUAGES:
        faults.append(Fault("language", Phrase("Choose one of: %(choices)s.", choices=", ".join(LANGUAGES))))
    return faults


def _credentials(session: Session, login: str | None) -> sa.Row[str, str] | None:
    if login is None:
        return None
    return session.execute(sa.select(Officer.id, Officer.password_hash).where(Officer.login == login)).one_or_none()


def _locked(session: Session, officer_id: str, password_hash: str) -> Officer | None:
    return session.scalars(
        sa.select(Officer)
        .where(Officer.id == officer_id, Officer.password_hash == password_hash, Officer.disabled.is_(False))
        .with_for_update()
    ).one_or_none()


def _by_login(session: Session, login: str) -> Officer:
    normal = queries.normal_login(login)
    officer = session.scalars(sa.select(Officer).where(Officer.login == normal).with_for_update()).one_or_none()
    if officer is None:
        raise NotFound(Phrase("No officer has the login %(login)s.", login=login))
    return officer


def open_session(session: Session, officer_id: str, *, address: str, now: datetime, code_due: bool = False) -> str:
    """Opens a session in the caller's transaction and returns its token; half open, if a code is still to come."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        OfficerSession(
            id=queries.session_id(token),
            officer_id=officer_id,
            address=address[:ADDRESS_LENGTH],
            created_at=now,
            last_seen_at=now,
            ended_at=None,
            code_due=code_due,
        )
    )
    return token


def end_session(session: Session, identifier: str, now: datetime) -> None:
    """Ends one session in the caller's transaction."""
    session.execute(sa.update(OfficerSession).where(OfficerSession.id == identifier).values(ended_at=now))


def end_sessions_of(session: Session, officer_id: str, now: datetime) -> None:
    """Ends every session of an officer in the caller's transaction."""
    session.execute(
        sa.update(OfficerSession)
        .where(OfficerSession.officer_id == officer_id, OfficerSession.ended_at.is_(None))
        .values(ended_at=now)
    )
