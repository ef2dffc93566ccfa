"""What a surface says about each of its public pages, so that the site of files can be built from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

# What the builder tells the application about a request of its own, in the WSGI environment.
MADE_AT = "hub.site.made_at"
# The language that an address begins with, as `hub.web.site.prefix` leaves it there.
LANGUAGE = "hub.site.language"
# Which piece of a long page the builder asks for.
PIECE = "hub.site.piece"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a long page. The page is its pieces, one after the other.

    Attributes:
        name: what the surface knows it by.
        stamp: as that of a page.
    """

    name: str
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One address that everybody may read, without a language in front and without a query.

    Attributes:
        address: such as ``/alertes/4a6f``.
        stamp: changes whenever anything that the page shows changes; the same stamp means the same bytes.
        changed: when that was, where it is known; the page names it as its own time.
        spoken: there is one file a language; otherwise one for everybody.
        lists: it leads to other pages, and is therefore built after them.
        mapped: people read it, so the site map names it.
        pieces: of a long page, in their order, so that a change makes only those anew that it touches.
    """

    address: str
    stamp: str = ""
    changed: datetime | None = None
    spoken: bool = True
    lists: bool = False
    mapped: bool = False
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that are looked at together. While its stamp stays the same none of them has changed, come or gone.

    Attributes:
        name: of small letters, digits and hyphens; also the chapter of the site map that names its pages.
        stamp: changes whenever that of a page may have changed; to be cheap, it may change more often.
        pages: lists them; asked for only when the stamp has changed. An address belongs to one group for ever.
        mapped: whether the site map has a chapter for it.
    """

    name: str
    stamp: str
    pages: Callable[[], Iterable[Page]]
    mapped: bool = True


class Surface(Protocol):
    """A module whose public pages are built."""

    def groups(self, session: Session, now: datetime) -> Iterator[Group]:
        """All of them, at this moment."""
        ...

    def pulse(self, session: Session, now: datetime) -> str:
        """Changes whenever a stamp may have changed; cheap, as it is asked every second or two."""
        ...
