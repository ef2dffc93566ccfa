"""What the authority really published, in alerts and answers to rumours, and whether a text is one of these.

The texts are those that the channels were given, byte for byte, and those of the public pages.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.alerts.models import Alert
from hub.cap.vocabulary import Status
from hub.dispatch.models import bodies
from hub.rumours.answer import PARTS
from hub.rumours.matching.matcher import is_copy
from hub.rumours.matching.words import cleaned
from hub.rumours.models import RumourVersion
from hub.rumours.states import VersionKind
from hub.web.public.rumours.shown import text_of

# The newest of each kind are compared: a forged message imitates what is going on.
NEWEST = 400
# Shorter texts say too little to belong to anybody.
FEWEST_WORDS = 4
# Below this share of common words two texts cannot be copies, and the slow comparison is spared.
ALIKE = 0.8
PLACE = re.compile(r"([0-9]{1,17})-([0-9a-zA-Z-]{1,40})", re.ASCII)


class Finding(StrEnum):
    """What comparing a text with all publications has found."""

    SAME = "same"
    NEARLY = "nearly"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Published:
    """One genuine publication. ``place`` is where a list is read on; ``over``: it does not count any more."""

    place: str
    at: datetime
    title: str
    path: str
    rumour: bool
    exercise: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The finding, the publication that the text is or resembles, and its wording there."""

    finding: Finding
    published: Published | None = None
    text: str = ""


def newest(session: Session, language: str, count: int, before: str = "") -> list[Published]:
    """Genuine publications, newest first, after the place ``before``; an unknown place starts at the beginning."""
    found = PLACE.fullmatch(before)
    edge = datetime.fromtimestamp(int(found[1]) / 1_000_000, UTC) if found else None
    name = found[2] if found else ""
    both = [*_alerts(session, language, count, edge, name), *_answers(session, language, count, edge, name)]
    return sorted(both, key=lambda each: (each.at, each.place.partition("-")[2]), reverse=True)[:count]


def compare(session: Session, text: str, language: str) -> Answer:
    """Whether a text is a genuine publication: the same letter for letter, or nearly, or none."""
    wanted = _plain(text)
    if not wanted:
        return Answer(Finding.UNKNOWN)
    near: tuple[str, str] | None = None
    words = frozenset(cleaned(text).split())
    for key, genuine in _texts(session):
        if _plain(genuine) == wanted:
            return Answer(Finding.SAME, _find(session, key, language), genuine)
        if near is None and _alike(words, _words(genuine)) and is_copy(text, genuine):
            near = key, genuine
    if near is None:
        return Answer(Finding.UNKNOWN)
    return Answer(Finding.NEARLY, _find(session, near[0], language), near[1])


def _texts(session: Session) -> Iterator[tuple[str, str]]:
    """(identifier of the publication, text), newest first."""
    seen: dict[str, None] = {}
    alerts = sa.select(Alert.identifier, Alert.texts, Alert.headline, Alert.simplified)
    for row in session.execute(alerts.order_by(Alert.sent.desc()).limit(NEWEST)):
        seen.setdefault(row.identifier)
        yield from _long(row.identifier, [*row.texts.values(), *row.headline.values(), *row.simplified.values()])
    versions = sa.select(RumourVersion).order_by(RumourVersion.id.desc()).limit(NEWEST)
    for version in session.scalars(versions):
        key = f"v{version.id}"
        if version.publication_id:
            seen.setdefault(version.publication_id)
        parts = version.content.get("answer", {})
        yield from _long(key, [text for name in PARTS if name != "myth" for text in parts.get(name, {}).values()])
    carried = sa.select(bodies.c.publication_id, bodies.c.body).where(bodies.c.publication_id.in_(list(seen)))
    for publication_id, body in session.execute(carried):
        yield from _long(publication_id, _strings(body))


def _long(key: str, texts: list[str] | tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((key, text) for text in texts if len(text.split()) >= FEWEST_WORDS)


@lru_cache(maxsize=2048)
def _strings(body: str) -> tuple[str, ...]:
    """All texts in a frozen body; a CAP document is for machines."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            if not value.startswith("<?xml"):
                yield value
        elif isinstance(value, dict):
            for each in value.values():
                yield from walk(each)
        elif isinstance(value, list):
            for each in value:
                yield from walk(each)

    return tuple(walk(json.loads(body)))


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(cleaned(text).split())


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and len(one & other) / len(one | other) >= ALIKE


def _plain(text: str) -> str:
    """Spaces and the form of letters are lost on the way of a message; every word, number and address stays."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _find(session: Session, key: str, language: str) -> Published | None:
    alert = session.get(Alert, key)
    if alert is not None:
        return _alert(alert, language)
    chosen = RumourVersion.id == int(key[1:]) if key.startswith("v") else RumourVersion.publication_id == key
    version = session.scalar(sa.select(RumourVersion).where(chosen))
    return _answer(version, language) if version else None


def _alerts(session: Session, language: str, count: int, edge: datetime | None, name: str) -> list[Published]:
    rows = sa.select(Alert).order_by(Alert.sent.desc(), Alert.identifier.desc()).limit(count)
    if edge is not None:
        rows = rows.where(sa.or_(Alert.sent < edge, sa.and_(Alert.sent == edge, Alert.identifier < name)))
    return [_alert(alert, language) for alert in session.scalars(rows)]


def _answers(session: Session, language: str, count: int, edge: datetime | None, name: str) -> list[Published]:
    key = RumourVersion.rumour_id
    rows = sa.select(RumourVersion).order_by(RumourVersion.published_at.desc(), key.desc()).limit(count)
    if edge is not None:
        at = RumourVersion.published_at
        rows = rows.where(sa.or_(at < edge, sa.and_(at == edge, key < name)))
    return [_answer(version, language) for version in session.scalars(rows)]


def _alert(alert: Alert, language: str) -> Published:
    return Published(
        place=f"{_micros(alert.sent)}-{alert.identifier}",
        at=alert.sent,
        title=text_of(alert.headline, language),
        path=f"/alertes/{alert.identifier}",
        rumour=False,
        exercise=alert.status == Status.EXERCISE,
    )


def _answer(version: RumourVersion, language: str) -> Published:
    withdrawn = version.kind == VersionKind.WITHDRAWAL
    return Published(
        place=f"{_micros(version.published_at)}-{version.rumour_id}",
        at=version.published_at,
        title="" if withdrawn else text_of(version.content.get("answer", {}).get("fact", {}), language),
        path=f"/rumeurs/{version.rumour_id}/versions/{version.number}",
        rumour=True,
        exercise=False,
    )


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond
