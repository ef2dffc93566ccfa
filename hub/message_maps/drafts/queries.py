"""Reading working copies and review dates. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.document import to_document
from hub.message_maps.drafts.merge import Document
from hub.message_maps.drafts.models import MapDraft
from hub.message_maps.drafts.service import Draft, view
from hub.message_maps.drafts.states import OPEN
from hub.message_maps.model import Situation, State

WARNED_BEFORE = timedelta(days=30)


class Due(StrEnum):
    """How a situation stands with its review. Source: rule LIF-08."""

    LATER = "later"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Review:
    """When a situation must be read again. ``days`` are left until then, below zero when it is overdue."""

    version_id: str
    situation: Situation
    on: date
    days: int
    due: Due


def find(session: Session, situation_id: str) -> Draft | None:
    """The working copy of a situation, open or closed, if there ever was one."""
    row = session.get(MapDraft, situation_id)
    return view(row) if row is not None else None


def get_open(session: Session, situation_id: str) -> Draft:
    """The open working copy of a situation.

    Raises:
        NotFound: none is open.
    """
    draft = find(session, situation_id)
    if draft is None or not draft.is_open:
        raise NotFound(Phrase("There is no open draft of %(id)s.", id=situation_id))
    return draft


def open_drafts(session: Session) -> list[Draft]:
    """Every working copy in draft or review, the last changed first."""
    chosen = sa.select(MapDraft).where(MapDraft.state.in_(sorted(OPEN)))
    return [view(row) for row in session.scalars(chosen.order_by(MapDraft.updated_at.desc(), MapDraft.situation_id))]


def published(session: Session, situation_id: str) -> Document:
    """The version in force as a document: what a draft is compared with. Empty for a situation that is new."""
    newest = versions.newest_id(session, situation_id)
    return to_document(versions.get(session, newest)) if newest else {}


def review_of(version_id: str, situation: Situation, today: date) -> Review:
    """When one situation must be read again, seen from a day."""
    owner = situation.owner
    on = owner.reviewed_on + timedelta(days=owner.review_every_days)
    due = Due.LATER
    if on <= today + WARNED_BEFORE:
        due = Due.SOON if on > today else Due.OVERDUE
    return Review(version_id, situation, on, (on - today).days, due)


def reviews(session: Session, today: date) -> list[Review]:
    """The review dates of every situation in force, the most urgent first."""
    found = [review_of(version_id, situation, today) for version_id, situation in versions.current(session)]
    return sorted(found, key=lambda review: (review.on, review.situation.id))


def retired(session: Session) -> list[tuple[str, Situation]]:
    """The situations that were taken off the map and not renamed, with their last version's id, by id."""
    newest = versions.newest(session)
    aliases = {alias for _, situation in newest for alias in situation.aliases}
    return sorted(
        ((name, each) for name, each in newest if each.status is State.RETIRED and each.id not in aliases),
        key=lambda pair: pair[1].id,
    )
