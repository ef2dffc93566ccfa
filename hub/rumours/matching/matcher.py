"""The suggestions for a report, from an index that any host builds from the database and keeps up with it.

The known reports of a rumour count as further wordings of it: that finds more than any better measure does (measured:
from 74 % to 94 % in the first place). Only exact and near-exact copies are linked without a person, because a score
alone links one report in twenty-five wrongly.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.rumours.matching.index import Index
from hub.rumours.matching.words import cleaned, shared
from hub.rumours.models import Report, Rumour
from hub.rumours.states import Workflow

SUGGESTIONS = 5
# Below this two texts share a syllable, not a subject.
LEAST = 0.1
# Hosts' clocks differ; what was changed shortly before the last look is looked at again.
OVERLAP = timedelta(minutes=10)
# A copy with a word more or less; found among the texts that are most alike.
NEAR_COPY = 0.95
# One of these more or less turns a sentence round, however alike the two are.
NEGATIONS = frozenset(
    {"ne", "n", "pas", "jamais", "aucun", "aucune", "rien", "plus", "non", "faux", "not", "no", "never"}
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rumour that a report may speak of: its wording most like the report's, how alike (0 to 1), the shared words."""

    rumour_id: str
    text: str
    similarity: float
    shared: tuple[str, ...]


class Matcher:
    """Suggests rumours for reports. One an application; threads take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._index = Index()
        self._revisions: dict[str, int] = {}
        self._seen_until: datetime | None = None

    def suggest(self, session: Session, text: str, count: int = SUGGESTIONS) -> list[Suggestion]:
        """The rumours that a text may speak of, the likeliest first.

        Args:
            session: for reading what has changed since the last time.
            text: a report, or words that an officer searches for.
            count: at most this many.
        """
        with self._turn:
            self._keep_up(session)
            found = self._index.nearest(text, count)
        return [
            Suggestion(match.group, match.text, match.similarity, tuple(shared(text, match.text)))
            for match in found
            if match.similarity >= LEAST
        ]

    def copy_of(self, session: Session, text: str) -> Suggestion | None:
        """The rumour of which this text repeats a known wording, word for word or nearly so; else ``None``."""
        return next((found for found in self.suggest(session, text) if is_copy(text, found.text)), None)

    def _keep_up(self, session: Session) -> None:
        changed = sa.select(Rumour.id, Rumour.revision, Rumour.changed_at, Rumour.workflow, Rumour.claim)
        if self._seen_until is not None:
            changed = changed.where(Rumour.changed_at >= self._seen_until - OVERLAP)
        rows = [row for row in session.execute(changed) if self._revisions.get(row.id) != row.revision]
        if not rows:
            return
        reports = _reports(session, [row.id for row in rows] if self._seen_until else None)
        for row in rows:
            texts = [] if row.workflow == Workflow.MERGED else [*row.claim.values(), *reports[row.id]]
            self._index.replace(row.id, texts)
            self._revisions[row.id] = row.revision
        newest = max(row.changed_at for row in rows)
        self._seen_until = max(newest, self._seen_until or newest)


def _reports(session: Session, rumour_ids: list[str] | None) -> defaultdict[str, list[str]]:
    """The texts of the linked reports of some rumours, or of all."""
    linked = sa.select(Rumour.id, Report.text).join(Report, Report.rumour_id == Rumour.id).order_by(Report.received_at)
    if rumour_ids is not None:
        linked = linked.where(Rumour.id.in_(rumour_ids))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for rumour_id, text in session.execute(linked):
        found[rumour_id].append(text)
    return found


def is_copy(one: str, other: str) -> bool:
    """Whether two texts say the same in nearly the same words; a negation more or less is never a copy."""
    words, others = cleaned(one).split(), cleaned(other).split()
    if words == others:
        return bool(words)
    if _negations(words) != _negations(others):
        return False
    return SequenceMatcher(None, words, others, autojunk=False).ratio() >= NEAR_COPY


def _negations(words: Iterable[str]) -> list[str]:
    return sorted(word for word in words if word in NEGATIONS)
