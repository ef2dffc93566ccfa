"""Reading and changing the register. Every change is in the audit log; the number is told there too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.audit import service as audit
from hub.audit.service import Doer
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.model import Localized, Situation
from hub.message_maps.numbers.entries import Entry, checked
from hub.message_maps.numbers.models import TownNumber

_TAKEN = Fault("key", Phrase("There is already a number under this key: change that one."))


@dataclass(frozen=True, slots=True)
class Need:
    """A key that maps name, the words of the first map for it, and the titles of all maps that need it."""

    key: str
    label: Localized
    example: Localized
    titles: tuple[Localized, ...]


def entries(session: Session) -> list[Entry]:
    """The whole register, by key."""
    return [_entry(row) for row in session.scalars(sa.select(TownNumber).order_by(TownNumber.key))]


def get(session: Session, key: str) -> Entry:
    """One number.

    Raises:
        NotFound: there is none under this key.
    """
    row = session.get(TownNumber, key) if key.isascii() and key.isprintable() else None
    if row is None:
        raise NotFound(Phrase("There is no number under the key %(key)s.", key=key))
    return _entry(row)


def needs(session: Session) -> list[Need]:
    """What the maps in force ask of the register, by key."""
    return needed_by(situation for _, situation in versions.current(session))


def needed_by(situations: Iterable[Situation]) -> list[Need]:
    """What some maps ask of the register, by key."""
    found: dict[str, Need] = {}
    for situation in situations:
        for blank in situation.placeholders.values():
            if blank.number:
                known = found.get(blank.number, Need(blank.number, blank.label, blank.example, ()))
                titles = tuple(each for each in known.titles if each is not situation.title)
                found[blank.number] = Need(known.key, known.label, known.example, (*titles, situation.title))
    return [found[key] for key in sorted(found)]


def save(
    session: Session,
    entry: Entry,
    *,
    languages: Sequence[str],
    timezone: str,
    actor: Doer,
    now: datetime,
    fresh: bool = False,
) -> Entry:
    """Puts a number under its key, new or changed, inside the caller's transaction; ``fresh``: only as a new one.

    Raises:
        InvalidInput: see `hub.message_maps.numbers.entries.checked`.
    """
    kept = checked(entry, languages=languages, today=now.astimezone(ZoneInfo(timezone)).date())
    row = session.get(TownNumber, kept.key)
    if row is not None and fresh:
        raise InvalidInput([_TAKEN])
    action = "number.changed" if row else "number.added"
    if row is None:
        row = TownNumber(key=kept.key)
        session.add(row)
    row.label, row.purpose, row.number = dict(kept.label), dict(kept.purpose), kept.number
    row.checked_on, row.checked_by = kept.checked_on, kept.checked_by
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody else entered this key since we looked.
        raise InvalidInput([_TAKEN]) from error
    detail = {"number": kept.number, "checked_on": kept.checked_on.isoformat(), "checked_by": kept.checked_by}
    audit.record(session, actor=actor, action=action, subject=kept.key, detail=detail, now=now)
    return kept


def delete(session: Session, key: str, *, actor: Doer, now: datetime) -> None:
    """Takes a number out, inside the caller's transaction.

    Raises:
        NotFound: there is none under this key.
        Conflict: a map in force needs it.
    """
    entry = get(session, key)
    need = next((need for need in needs(session) if need.key == key), None)
    if need:
        first = ", ".join(next(iter(title.values())) for title in need.titles)
        raise Conflict(Phrase("The maps need this number: %(titles)s. Nothing has been deleted.", titles=first))
    session.execute(sa.delete(TownNumber).where(TownNumber.key == key))
    audit.record(session, actor=actor, action="number.deleted", subject=key, detail={"number": entry.number}, now=now)


def by_key(session: Session) -> Mapping[str, Entry]:
    """The register for filling blanks."""
    return {entry.key: entry for entry in entries(session)}


def _entry(row: TownNumber) -> Entry:
    return Entry(row.key, row.label, row.number, row.purpose, row.checked_on, row.checked_by)
