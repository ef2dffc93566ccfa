"""Reading officers and sessions."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.identity.actor import Actor
from hub.identity.models import Officer, OfficerSession
from hub.identity.permissions import PERMISSIONS, Role
from hub.kernel.settings import Security

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class Person:
    """The officer behind a request, at the moment of the request."""

    session_id: str
    officer_id: str
    login: str
    name: str
    role: Role
    language: str
    must_change_password: bool
    last_seen_at: datetime
    code_due: bool
    must_set_factor: bool

    @property
    def actor(self) -> Actor:
        """The officer as written beside what they do."""
        return Actor("officer", self.officer_id, self.name)

    @property
    def at_work(self) -> bool:
        """Whether nothing is left to do at the door: enter a code, choose a password, set up a second factor."""
        return not (self.code_due or self.must_change_password or self.must_set_factor)

    def may(self, permission: str) -> bool:
        """Whether the role allows it, and they are through the door."""
        return self.at_work and permission in PERMISSIONS[self.role]


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the list of officers."""

    id: str
    login: str
    name: str
    role: Role
    disabled: bool
    has_factor: bool


def normal_login(text: str) -> str | None:
    """The login as stored, or ``None`` when no officer can have it: 2 to 40 of a-z, 0-9, dot, dash, underscore."""
    login = text.strip().lower()
    return login if LOGIN.fullmatch(login) else None


def session_id(token: str) -> str:
    """What is stored in place of a session's token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def person(session: Session, token: str, *, limits: Security, now: datetime) -> Person | None:
    """Who holds this token, unless the session has ended, is too old or too long idle, or the officer is disabled."""
    found = session.execute(
        sa.select(
            OfficerSession.created_at,
            OfficerSession.last_seen_at,
            OfficerSession.code_due,
            Officer.id,
            Officer.login,
            Officer.name,
            Officer.role,
            Officer.language,
            Officer.must_change_password,
            Officer.factor.is_not(None).label("has_factor"),
        )
        .join(Officer, Officer.id == OfficerSession.officer_id)
        .where(
            OfficerSession.id == session_id(token),
            OfficerSession.ended_at.is_(None),
            Officer.disabled.is_(False),
        )
    ).one_or_none()
    if found is None:
        return None
    if now >= found.created_at + timedelta(hours=limits.session_absolute_hours):
        return None
    if now >= found.last_seen_at + timedelta(minutes=limits.session_idle_minutes):
        return None
    return Person(
        session_id=session_id(token),
        officer_id=found.id,
        login=found.login,
        name=found.name,
        role=Role(found.role),
        language=found.language,
        must_change_password=found.must_change_password,
        last_seen_at=found.last_seen_at,
        code_due=found.code_due,
        must_set_factor=limits.second_factor == "required" and not found.has_factor,
    )


def may_still(session: Session, officer_id: str, permission: str) -> bool:
    """Whether an officer who decided something earlier is still trusted with it: not disabled, and of such a role."""
    found = session.execute(sa.select(Officer.role, Officer.disabled).where(Officer.id == officer_id)).one_or_none()
    return found is not None and not found.disabled and permission in PERMISSIONS[Role(found.role)]


def accounts(session: Session) -> list[Account]:
    """Every officer, by login."""
    rows = session.execute(
        sa.select(
            Officer.id,
            Officer.login,
            Officer.name,
            Officer.role,
            Officer.disabled,
            Officer.factor.is_not(None).label("has_factor"),
        ).order_by(Officer.login)
    )
    return [Account(row.id, row.login, row.name, Role(row.role), row.disabled, row.has_factor) for row in rows]
