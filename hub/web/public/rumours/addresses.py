"""Every public address of the register, for the sitemap and for whoever builds the site as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.rumours.register.reading import addresses, events, last_change, standing
from hub.web.parts import parts

OF_ALL = ("fil.atom", "fil.rss", "fil.json", "changements.atom", "donnees.csv", "donnees.json", "schema.json")
OF_EVENT = ("fil.atom", "fil.rss", "fil.json", "changements.atom", "donnees.csv", "donnees.json")
OF_COMMUNE = ("fil.atom", "fil.rss", "fil.json", "changements.atom")

OF_ENTRY = ("qr.svg", "carte.png", "integrer")


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """One address. ``page``: people read it, so that it belongs into a sitemap; it exists in each language."""

    path: str
    changed: datetime | None
    page: bool


def pages(session: Session) -> Iterator[PublicAddress]:
    """All addresses of the register without questions (``?``), each with its last change."""
    changed = last_change(session)
    for path in ("/rumeurs", "/rumeurs/statistiques", "/verifier"):
        yield PublicAddress(path, changed, page=True)
    yield from _files("/rumeurs", OF_ALL, changed)
    for event in events(session):
        yield PublicAddress(f"/rumeurs/evenements/{event}", changed, page=True)
        yield from _files(f"/rumeurs/evenements/{event}", OF_EVENT, changed)
    for commune in parts().settings.territory.communes:
        yield PublicAddress(f"/rumeurs/communes/{commune.insee}", changed, page=True)
        yield from _files(f"/rumeurs/communes/{commune.insee}", OF_COMMUNE, changed)
    yield from _entries(session)


def _files(path: str, names: tuple[str, ...], changed: datetime | None) -> Iterator[PublicAddress]:
    return (PublicAddress(f"{path}/{name}", changed, page=False) for name in names)


def _entries(session: Session) -> Iterator[PublicAddress]:
    latest: dict[str, datetime] = {}
    for rumour_id, number, published_at in addresses(session):
        latest[rumour_id] = published_at
        yield PublicAddress(f"/rumeurs/{rumour_id}/versions/{number}", published_at, page=True)
    for rumour_id, changed in latest.items():
        own = standing(session, rumour_id) == rumour_id
        yield PublicAddress(f"/rumeurs/{rumour_id}", changed, page=own)
        yield from _files(f"/rumeurs/{rumour_id}", OF_ENTRY, changed)
