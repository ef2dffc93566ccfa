"""What a partner may do with alerts, and how often: its own incidents, in the mode of its key, each request once.

A partner's program that got no answer asks again. The row that says "this key was answered with this alert" is stored
in the transaction that creates the alert, under a unique key: whatever is asked at the same time, by how many
processes, the database lets one of them through, and all others read what it did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.alerts import queries, service
from hub.alerts.desk import Desk
from hub.alerts.drafts import Draft
from hub.alerts.errors import IdempotencyKeyReused
from hub.alerts.models import Intake
from hub.alerts.service import Preview
from hub.alerts.views import AlertView
from hub.audit.chain import canonical
from hub.identity.partners import Caller
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Conflict, Fault, Forbidden, InvalidInput
from hub.kernel.phrase import Phrase

# The clocks of the processes of one hub may differ by this much.
SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Once:
    """One request that must be done once: the caller's Idempotency-Key, and what was asked for (JSON types)."""

    key: str
    request: Mapping[str, Any]

    @property
    def key_hash(self) -> str:
        """What is stored in place of the key."""
        return hashlib.sha256(self.key.encode("ascii")).hexdigest()

    @property
    def request_hash(self) -> str:
        """What tells two requests apart, whatever their spaces and the order of their members."""
        return hashlib.sha256(canonical(dict(self.request)).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """The alert that the request led to; ``replayed`` when an earlier request with the same key had led there."""

    alert: AlertView
    replayed: bool


def preview(desk: Desk, draft: Draft, caller: Caller) -> Preview:
    """Shows a partner what would be sent; see `hub.alerts.service.preview`.

    Raises:
        Forbidden, InvalidInput: the partner may not send this with this key.
    """
    _check_word(draft, caller)
    _check(draft, caller, desk.clock.now())
    return service.preview(desk, draft)


def submit(desk: Desk, draft: Draft, digest: str, caller: Caller, once: Once) -> Answer:
    """Sends what a partner confirmed, once; see `hub.alerts.service.trigger`. A refused request leaves its key free.

    Raises:
        IdempotencyKeyReused: the key was used for another request.
        Forbidden, InvalidInput: the partner may not send this with this key.
        Conflict: the identifier belongs to an alert that this partner did not send.
    """
    _check_word(draft, caller)
    if earlier := _earlier(caller, once):
        return earlier
    now = desk.clock.now()
    _check(draft, caller, now)
    try:
        result = service.trigger(
            desk, draft, digest, caller.actor, alongside=lambda session: _note(session, caller, once, draft, now)
        )
    except (IntegrityError, Conflict):
        # The same key came with another request at the same moment and was faster.
        if earlier := _earlier(caller, once):
            return earlier
        raise
    if result.created:
        return Answer(queries.get(reading(), result.identifier), replayed=False)
    return _earlier(caller, once) or _adopted(caller, once, draft, now)


def check_mode(caller: Caller, alert: AlertView) -> None:
    """Whether this key may have anything to do with an alert.

    Raises:
        Forbidden: an exercise key meets a real alert.
    """
    if caller.exercise and not alert.exercise:
        raise Forbidden(Phrase("This key is for exercises: it never touches a real alert."))


def may_follow(session: Session, caller: Caller, alert: AlertView) -> bool:
    """Whether the partner may send the next message of this incident: it began it, with a key of the same kind."""
    return caller.exercise == alert.exercise and _made_by(caller, queries.get(session, alert.incident))


def _made_by(caller: Caller, alert: AlertView) -> bool:
    # The name may have changed since; kind and id do not.
    return (alert.created_by.kind, alert.created_by.id) == (caller.actor.kind, caller.actor.id)


def _check_word(draft: Draft, caller: Caller) -> None:
    """The mode is said twice, by the key and in the request, and both must say the same (Hawaii 2018)."""
    if draft.exercise == caller.exercise:
        return
    if caller.exercise:
        raise Forbidden(Phrase("This key is for exercises: it never touches a real alert."))
    raise InvalidInput([Fault("exercise", Phrase("This key is for real alerts. An exercise needs an exercise key."))])


def _check(draft: Draft, caller: Caller, now: datetime) -> None:
    if draft.sent and draft.sent > now + SKEW:
        raise InvalidInput([Fault("sent", Phrase("Give back the moment of the preview, unchanged."))])
    if not draft.follows:
        return
    session = reading()
    head = queries.get(session, draft.follows)
    check_mode(caller, head)
    if head.exercise != caller.exercise:
        raise Forbidden(Phrase("This is an exercise: it is followed up with an exercise key."))
    if not may_follow(session, caller, head):
        raise Forbidden(Phrase("Only the partner that began this incident may follow it up, or an officer here."))


def _note(session: Session, caller: Caller, once: Once, draft: Draft, now: datetime) -> None:
    session.add(
        Intake(
            partner_id=caller.partner_id,
            key_hash=once.key_hash,
            request_hash=once.request_hash,
            identifier=draft.identifier,
            partner_key_id=caller.key_id,
            created_at=now,
        )
    )
    session.flush()


def _earlier(caller: Caller, once: Once) -> Answer | None:
    session = reading()
    session.rollback()  # a snapshot of earlier reads would hide what others have stored since
    row = session.execute(
        sa.select(Intake.request_hash, Intake.identifier).where(
            Intake.partner_id == caller.partner_id, Intake.key_hash == once.key_hash
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != once.request_hash:
        raise IdempotencyKeyReused(row.identifier)
    return Answer(queries.get(session, row.identifier), replayed=True)


def _adopted(caller: Caller, once: Once, draft: Draft, now: datetime) -> Answer:
    """The very same confirmation under another key: that key, too, is answered with the alert from now on."""
    alert = queries.get(reading(), draft.identifier)
    if not _made_by(caller, alert):
        raise Conflict(Phrase("Another alert was already sent under this identifier."))
    try:
        with transaction() as session:
            _note(session, caller, once, draft, now)
    except IntegrityError:
        earlier = _earlier(caller, once)
        if earlier is None:
            raise
        return earlier
    return Answer(alert, replayed=True)
