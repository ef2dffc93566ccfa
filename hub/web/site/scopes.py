"""What stands in the register, whole, by event and by commune, so far as it decides which lists have to be made anew.

A place is never used twice and what stands at it never changes (`hub.rumours.register.models`): the same places are the
same entries. So a list, a feed or a piece of the open data depends on the places that it shows, and on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.rumours.register.models import EVERYWHERE, RegisterCommune, RegisterEntry
from hub.rumours.register.reading import events


@dataclass(slots=True)
class Scope:
    """Some entries: their places, the newest first, and the moment of the last change."""

    places: list[int] = field(default_factory=list)
    changed: datetime | None = None

    @property
    def stamp(self) -> str:
        """Changes with the entries."""
        return sha256(repr(self.places).encode()).hexdigest()

    def add(self, place: int, changed: datetime) -> None:
        """Adds an entry that is older than those before."""
        self.places.append(place)
        self.changed = max(self.changed, changed) if self.changed else changed


@dataclass(slots=True)
class Scopes:
    """The register of one moment. ``rumours`` has the place and the last change of each.

    ``counts``: changes with the number of entries of any event or commune: each list names them all, so that a reader
    may go from one to another.
    """

    rumours: dict[str, tuple[int, datetime]]
    whole: Scope
    events: dict[str, Scope]
    communes: dict[str, Scope]
    counts: str

    def of_commune(self, insee: str) -> tuple[str, datetime | None]:
        """The stamp and the last change of what concerns a commune: what names it, and what names none."""
        both = [self.communes.get(insee, Scope()), self.communes.get(EVERYWHERE, Scope())]
        changed = max((each.changed for each in both if each.changed), default=None)
        return " ".join(each.stamp for each in both), changed


def scopes(session: Session) -> Scopes:
    """Reads the register: by columns, for there may be ten thousands of entries."""
    entry = RegisterEntry
    columns = sa.select(entry.version_id, entry.rumour_id, entry.event_id, entry.changed_at)
    rows = session.execute(columns.order_by(entry.version_id.desc())).all()
    whole, by_event, by_commune = Scope(), dict[str, Scope](), dict[str, Scope]()
    changes = {}
    for place, _, event, changed in rows:
        changes[place] = changed
        whole.add(place, changed)
        if event:
            by_event.setdefault(event, Scope()).add(place, changed)
    commune = RegisterCommune
    for insee, place in session.execute(
        sa.select(commune.insee, commune.version_id).order_by(commune.version_id.desc())
    ):
        by_commune.setdefault(insee, Scope()).add(place, changes[place])
    return Scopes(
        rumours={rumour_id: (place, changed) for place, rumour_id, _, changed in rows},
        whole=whole,
        events={event: by_event.get(event, Scope()) for event in events(session)},
        communes=by_commune,
        counts=repr((_counts(by_event), _counts(by_commune))),
    )


def _counts(found: dict[str, Scope]) -> list[tuple[str, int]]:
    return sorted((name, len(scope.places)) for name, scope in found.items())
