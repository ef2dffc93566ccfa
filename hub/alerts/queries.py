"""Reading alerts. Nothing here writes; every answer is made of frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from hub.alerts import states
from hub.alerts.drafts import Draft
from hub.alerts.models import Alert
from hub.alerts.states import Role, State
from hub.alerts.views import AlertView, view
from hub.cap.vocabulary import Status
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import blanks, versions
from hub.message_maps.model import TIMES, Kind, Message, Placeholder, Situation
from hub.message_maps.readiness import obstacles

IDENTIFIER = re.compile(r"[0-9a-f]{32}", re.ASCII)
PER_PAGE = 20

# An alert that ran out without an all-clear stays on the officer's desk for a day: someone should still end it.
LINGERS = timedelta(hours=24)

_follower = aliased(Alert, name="follower")
_ALERTS = sa.select(Alert, _follower.identifier.label("followed_by")).outerjoin(
    _follower, _follower.follows == Alert.identifier
)
_IS_HEAD = _follower.identifier.is_(None)
_REAL_FIRST = sa.case((Alert.status == Status.ACTUAL.value, 0), else_=1)
_NEWEST_FIRST = (Alert.sent.desc(), Alert.identifier)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; ``number`` counts from 1, ``total`` counts all items."""

    items: tuple[AlertView, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One thing that can be done with an open alert: what it is to it, the message, the blanks that it asks.

    ``draft`` starts it, with the answers that the alert gave already and that still hold. ``obstacles`` say why it
    cannot be sent although it would fit.
    """

    role: Role
    message: Message
    asked: tuple[Placeholder, ...]
    draft: Draft
    obstacles: tuple[Phrase, ...]


def get(session: Session, identifier: str) -> AlertView:
    """One alert.

    Raises:
        NotFound: there is none with this identifier.
    """
    row = None
    if IDENTIFIER.fullmatch(identifier):
        row = session.execute(_ALERTS.where(Alert.identifier == identifier)).one_or_none()
    if row is None:
        raise NotFound(Phrase("There is no alert with this identifier."))
    return view(row[0], row[1])


def open_alerts(session: Session, now: datetime) -> list[AlertView]:
    """The alerts that take follow-ups, real ones first, then the newest; those that ran out within a day included."""
    return _views(
        session,
        _ALERTS.where(
            Alert.state == sa.literal_column(f"'{State.OPEN.value}'"), Alert.expires > now - LINGERS
        ).order_by(_REAL_FIRST, *_NEWEST_FIRST),
    )


def public_alerts(session: Session, now: datetime) -> list[AlertView]:
    """The last word of every incident that is still valid (an all-clear or a cancel too), real ones first."""
    return _views(session, _ALERTS.where(_IS_HEAD, Alert.expires > now).order_by(_REAL_FIRST, *_NEWEST_FIRST))


def archive(session: Session, number: int, per_page: int = PER_PAGE) -> Page:
    """Every incident by its last message, newest first. A page beyond the end is the last one."""
    total = session.scalar(sa.select(sa.func.count()).select_from(_ALERTS.where(_IS_HEAD).subquery())) or 0
    pages = max(1, -(-total // per_page))
    number = min(max(1, number), pages)
    chosen = _ALERTS.where(_IS_HEAD).order_by(*_NEWEST_FIRST).limit(per_page).offset((number - 1) * per_page)
    return Page(tuple(_views(session, chosen)), number, pages, total)


def incidents(session: Session) -> int:
    """How many incidents there are."""
    return session.scalar(sa.select(sa.func.count()).select_from(Alert).where(Alert.follows.is_(None))) or 0


def began(session: Session, start: int, count: int) -> list[AlertView]:
    """The last message of each incident, by the order in which they began; the newest first.

    Args:
        session: in which to read.
        start: how many older incidents to leave out.
        count: the most to return.
    """
    first = (
        sa.select(Alert.identifier)
        .where(Alert.follows.is_(None))
        .order_by(Alert.sent, Alert.identifier)
        .offset(start)
        .limit(count)
    )
    order = {identifier: place for place, identifier in enumerate(session.scalars(first))}
    heads = _views(session, _ALERTS.where(_IS_HEAD, Alert.incident.in_(order)))
    return sorted(heads, key=lambda each: -order[each.incident])


def incident(session: Session, identifier: str) -> list[AlertView]:
    """All messages of an incident, oldest first; ``identifier`` is that of the first one."""
    found = _views(session, _ALERTS.where(Alert.incident == identifier))
    by_followed = {alert.follows: alert for alert in found}
    line = []
    alert = by_followed.get(None)
    while alert:
        line.append(alert)
        alert = by_followed.get(alert.identifier)
    return line


def follow_ups(session: Session, identifier: str, now: datetime) -> list[FollowUp]:
    """What can be done with an alert, corrections first; nothing when it is not the head of an open incident.

    Raises:
        NotFound: there is no such alert.
    """
    alert = get(session, identifier)
    line = incident(session, alert.incident)
    situation = versions.get(session, alert.version_id)
    targets = set(situation.message(alert.message_id).followups.values())
    found = [
        _follow_up(line, situation, message, role, now)
        for message in situation.messages
        if message.id in targets and (role := states.ROLES.get(message.kind)) and states.after(alert.state, role)
    ]
    return sorted(found, key=lambda each: list(Role).index(each.role))


def rehearsed(session: Session) -> frozenset[tuple[str, str]]:
    """The messages that went out in an exercise at least once: situation id, message id, as they were then."""
    sent = sa.select(Alert.situation_id, Alert.message_id).where(Alert.status == Status.EXERCISE.value).distinct()
    return frozenset((row.situation_id, row.message_id) for row in session.execute(sent))


def typed(line: list[AlertView]) -> dict[str, str]:
    """What was typed last for each blank. What only a correction asks (right and wrong) belongs to that correction."""
    answered: dict[str, str] = {}
    for alert in line:
        kept = alert.blanks
        if alert.kind is Kind.CORRECTION:
            kept = {key: text for key, text in kept.items() if key in answered}
        answered.update(kept)
    return answered


def _views(session: Session, statement: sa.Select[Alert, str]) -> list[AlertView]:
    return [view(alert, followed_by) for alert, followed_by in session.execute(statement)]


def _follow_up(line: list[AlertView], situation: Situation, message: Message, role: Role, now: datetime) -> FollowUp:
    head = line[-1]
    asked = tuple(blanks.asked(situation, message))
    answered = typed(line)
    moments = {name: moment for alert in line for name, moment in alert.moments.items()}
    # A time of day that has passed would be read as tomorrow's.
    names = {blank.name for blank in asked if blank.type not in TIMES or moments.get(blank.name, now) > now}
    draft = Draft(
        situation_id=head.situation_id,
        message_id=message.id,
        exercise=head.exercise,
        # What was asked once for each language is kept under name.language.
        blanks={key: text for key, text in answered.items() if key.partition(".")[0] in names},
        channels=head.channels,
        follows=head.identifier,
    )
    return FollowUp(role, message, asked, draft, obstacles(situation, message))
