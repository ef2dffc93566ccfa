"""The public pages of the rumour register, and what each of them depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.alerts import publicity
from hub.rumours.models import RumourVersion
from hub.rumours.register.models import RegisterEntry
from hub.rumours.register.reading import events
from hub.web.pages import Page
from hub.web.parts import parts
from hub.web.public.rumours.addresses import OF_ALL, OF_COMMUNE, OF_ENTRY, OF_EVENT


@dataclass(frozen=True, slots=True)
class _Version:
    number: int
    published: datetime
    over: bool
    valid_until: datetime | None

    @property
    def changed(self) -> datetime:
        return self.valid_until if self.over and self.valid_until else self.published


def pages(session: Session, now: datetime) -> Iterator[Page]:
    """Lists, feeds, open data, figures, every entry with its versions, pictures and embedding.

    A rumour that was merged into another is a redirect, and that is the hub's to answer.
    """
    register = _pulse(session, now)
    entries = _entries(session, now)
    changed = max((line[-1].changed for line in entries.values()), default=None)
    yield from _with_files("/rumeurs", OF_ALL, register, changed)
    for event in events(session):
        yield from _with_files(f"/rumeurs/evenements/{event}", OF_EVENT, register, changed)
    for commune in parts().settings.territory.communes:
        yield from _with_files(f"/rumeurs/communes/{commune.insee}", OF_COMMUNE, register, changed)
    # Figures count reports too; whoever wants them by the minute asks the hub.
    yield Page("/rumeurs/statistiques", f"{register} {now:%Y-%m-%d %H}", changed, lists=True)
    yield Page("/verifier", f"{register} {publicity.pulse(session, now)}", changed, lists=True)
    standing = frozenset(session.scalars(sa.select(RegisterEntry.rumour_id)))
    for rumour_id, line in entries.items():
        yield from _entry(rumour_id, line, standing=rumour_id in standing)


def pulse(session: Session, now: datetime) -> str:
    """Changes with every version, entry and end of validity, and with the hour of the figures."""
    return f"{_pulse(session, now)} {now:%Y-%m-%d %H}"


def _pulse(session: Session, now: datetime) -> str:
    over = sa.func.sum(sa.case((RumourVersion.valid_until <= now, 1), else_=0))
    last, ended = session.execute(sa.select(sa.func.max(RumourVersion.id), over)).one()
    return f"{last} {ended} {session.scalar(sa.select(sa.func.count()).select_from(RegisterEntry))}"


def _entries(session: Session, now: datetime) -> dict[str, list[_Version]]:
    """The versions of every rumour, oldest first."""
    columns = (RumourVersion.rumour_id, RumourVersion.number, RumourVersion.published_at, RumourVersion.valid_until)
    found: dict[str, list[_Version]] = {}
    for rumour_id, number, published, until in session.execute(sa.select(*columns).order_by(RumourVersion.id)):
        over = until is not None and until <= now
        found.setdefault(rumour_id, []).append(_Version(number, published, over, until))
    return found


def _entry(rumour_id: str, line: list[_Version], *, standing: bool) -> Iterator[Page]:
    # Every version names the latest one, and a withdrawal empties those before it.
    stamp = f"{len(line)} {line[-1].published.isoformat()} {''.join(str(int(each.over)) for each in line)} {standing}"
    changed = max(each.changed for each in line)
    for version in line:
        yield Page(f"/rumeurs/{rumour_id}/versions/{version.number}", stamp, changed)
    if standing:
        yield Page(f"/rumeurs/{rumour_id}", stamp, changed)
        for name in OF_ENTRY:
            yield Page(f"/rumeurs/{rumour_id}/{name}", stamp, changed)


def _with_files(path: str, names: tuple[str, ...], stamp: str, changed: datetime | None) -> Iterator[Page]:
    yield Page(path, stamp, changed, lists=True)
    for name in names:
        yield Page(f"{path}/{name}", stamp, changed, lists=True)
