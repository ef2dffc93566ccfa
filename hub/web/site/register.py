"""The public pages of the rumour register, and what each of them depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from hub.alerts import publicity
from hub.rumours.models import Rumour, RumourVersion
from hub.rumours.register import reading
from hub.rumours.register.models import RegisterEntry
from hub.web.pages import Group, Page
from hub.web.parts import parts
from hub.web.public.pages import PER_PAGE, newest_block
from hub.web.public.rumours.pieces import pieces_of
from hub.web.site.scopes import Scope, Scopes, scopes

CHAPTER = "rumeurs"
# Versions a group, which has the rumours whose first answer is one of them: counted from the oldest, so that new ones
# move nothing to another group.
SPAN = 1000
FEEDS = ("fil.atom", "fil.rss", "fil.json", "changements.atom")


@dataclass(frozen=True, slots=True)
class _Version:
    number: int
    published: datetime
    over: bool
    valid_until: datetime | None

    @property
    def changed(self) -> datetime:
        return self.valid_until if self.over and self.valid_until else self.published


def groups(session: Session, now: datetime) -> Iterator[Group]:
    """Lists, feeds, open data, figures; every entry with its versions, pictures and embedding."""
    stamp = f"{pulse(session, now)} {publicity.pulse(session, now)}"
    yield Group(CHAPTER, stamp, lambda: _lists(session, now))
    for number, state in _states(session, now).items():
        yield Group(f"{CHAPTER}-{number}", state, partial(_entries, session, now, number))


def pulse(session: Session, now: datetime) -> str:
    """Changes with every version, entry and end of validity, and with the hour of the figures."""
    return f"{_pulse(session, now)} {now:%Y-%m-%d %H}"


def _pulse(session: Session, now: datetime) -> str:
    over = sa.func.sum(sa.case((RumourVersion.valid_until <= now, 1), else_=0))
    last, ended = session.execute(sa.select(sa.func.max(RumourVersion.id), over)).one()
    return f"{last} {ended} {session.scalar(sa.select(sa.func.count()).select_from(RegisterEntry))}"


def _lists(session: Session, now: datetime) -> Iterator[Page]:
    found, register = scopes(session), _pulse(session, now)
    whole = found.whole
    yield from _list("/rumeurs", f"{whole.stamp} {found.counts}", whole.stamp, whole.changed)
    yield from _data("/rumeurs", whole)
    yield Page("/rumeurs/schema.json", spoken=False, lists=True)
    yield from _archive(session, found)
    for event, scope in found.events.items():
        yield from _list(f"/rumeurs/evenements/{event}", f"{scope.stamp} {found.counts}", scope.stamp, scope.changed)
        yield from _data(f"/rumeurs/evenements/{event}", scope)
    for commune in parts().settings.territory.communes:
        stamp, changed = found.of_commune(commune.insee)
        yield from _list(f"/rumeurs/communes/{commune.insee}", f"{stamp} {found.counts}", stamp, changed)
    # Figures count reports too; whoever wants them by the minute asks the hub.
    figures = f"{register} {now:%Y-%m-%d %H}"
    yield Page("/rumeurs/statistiques", figures, whole.changed, lists=True, mapped=True)
    genuine = f"{register} {publicity.pulse(session, now)}"
    yield Page("/verifier", genuine, whole.changed, lists=True, mapped=True)


def _archive(session: Session, found: Scopes) -> Iterator[Page]:
    """The blocks of the archive, each with the places that it shows."""
    first = sa.select(RumourVersion.rumour_id).where(RumourVersion.number == 1)
    began = session.scalars(first.order_by(RumourVersion.id)).all()
    newest = newest_block(len(began))
    blocks = {f"/{number}": began[(number - 1) * PER_PAGE : number * PER_PAGE] for number in range(1, newest)}
    blocks[""] = began[(newest - 1) * PER_PAGE :]
    for name, block in blocks.items():
        # The last page also says whether there is an earlier one.
        shown = [found.rumours[rumour_id] for rumour_id in block if rumour_id in found.rumours]
        stamp = f"{[place for place, _ in shown]} {newest > 1}"
        changed = max((changed for _, changed in shown), default=None)
        yield Page(f"/rumeurs/archives{name}", stamp, changed, lists=True, mapped=True)


def _list(path: str, stamp: str, entries: str, changed: datetime | None) -> Iterator[Page]:
    """A list and its feeds. The list also names how many entries other lists have."""
    yield Page(path, stamp, changed, lists=True, mapped=True)
    for name in FEEDS:
        yield Page(f"{path}/{name}", entries, changed, lists=True)


def _data(path: str, scope: Scope) -> Iterator[Page]:
    pieces = pieces_of(scope.places, str(scope.changed))
    yield Page(f"{path}/donnees.csv", scope.stamp, scope.changed, lists=True, pieces=pieces)
    yield Page(f"{path}/donnees.json", scope.stamp, scope.changed, spoken=False, lists=True, pieces=pieces)


def _states(session: Session, now: datetime) -> dict[int, str]:
    """The groups of entries, each with what tells whether anything in it has changed.

    Versions never change, and a validity that is over stays over, so numbers and sums tell.
    """
    version, first, entry = RumourVersion, aliased(RumourVersion), RegisterEntry
    over = sa.func.sum(sa.case((version.valid_until <= now, 1), else_=0))
    number = first.id // SPAN
    of_rumour = sa.and_(first.rumour_id == version.rumour_id, first.number == 1)
    published = sa.select(number, sa.func.count(), sa.func.sum(version.id), over).join_from(version, first, of_rumour)
    of_entry = sa.and_(first.rumour_id == entry.rumour_id, first.number == 1)
    standing = sa.select(number, sa.func.count(), sa.func.sum(entry.version_id)).join_from(entry, first, of_entry)
    # Whoever leads to a rumour leads elsewhere when that one is merged too.
    merged = session.scalar(sa.select(sa.func.count()).where(Rumour.merged_into.is_not(None)))
    rows = session.execute(published.group_by(number).order_by(number.desc()))
    found = {row[0]: f"{merged} {tuple(row)}" for row in rows}
    for row in session.execute(standing.group_by(number)):
        found[row[0]] += str(tuple(row))
    return found


def _entries(session: Session, now: datetime, number: int) -> Iterator[Page]:
    """The pages of the entries of a group."""
    version, first = RumourVersion, aliased(RumourVersion)
    rows = (
        sa.select(version.rumour_id, version.number, version.published_at, version.valid_until)
        .join(first, sa.and_(first.rumour_id == version.rumour_id, first.number == 1))
        .where(first.id >= number * SPAN, first.id < (number + 1) * SPAN)
        .order_by(version.id)
    )
    lines: dict[str, list[_Version]] = {}
    for rumour_id, each, published, until in session.execute(rows):
        over = until is not None and until <= now
        lines.setdefault(rumour_id, []).append(_Version(each, published, over, until))
    standing = frozenset(session.scalars(sa.select(RegisterEntry.rumour_id)))
    for rumour_id, line in lines.items():
        yield from _entry(rumour_id, line, rumour_id if rumour_id in standing else reading.standing(session, rumour_id))


def _entry(rumour_id: str, line: list[_Version], place: str | None) -> Iterator[Page]:
    """The pages of a rumour; ``place`` is under which id it stands: a merged one leads there."""
    # Every version names the latest one, and a withdrawal empties those before it.
    stamp = f"{len(line)} {line[-1].published.isoformat()} {''.join(str(int(each.over)) for each in line)} {place}"
    changed = max(each.changed for each in line)
    for version in line:
        yield Page(f"/rumeurs/{rumour_id}/versions/{version.number}", stamp, changed, mapped=True)
    path, is_here = f"/rumeurs/{rumour_id}", place == rumour_id
    yield Page(path, stamp, changed, mapped=is_here)
    yield Page(f"{path}/integrer", stamp, changed)
    if is_here:
        yield Page(f"{path}/carte.png", stamp, changed)
        yield Page(f"{path}/qr.svg", spoken=False)
