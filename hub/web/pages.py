"""What a surface says about each of its public pages, so that the site of files can be built from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

# What the builder tells the application about a request of its own, in the WSGI environment.
MADE_AT = "hub.site.made_at"
# The language that an address begins with, as `hub.web.site.prefix` leaves it there.
LANGUAGE = "hub.site.language"


@dataclass(frozen=True, slots=True)
class Page:
    """One address that everybody may read, without a language in front and without a query.

    Attributes:
        address: such as ``/alertes/4a6f``.
        stamp: changes whenever anything that the page shows changes; the same stamp means the same bytes.
        changed: when that was, where it is known; the page names it as its own time.
        spoken: there is one file a language; otherwise one for everybody.
        lists: it leads to other pages, and is therefore built after them.
    """

    address: str
    stamp: str = ""
    changed: datetime | None = None
    spoken: bool = True
    lists: bool = False


class Surface(Protocol):
    """A module whose public pages are built."""

    def pages(self, session: Session, now: datetime) -> Iterator[Page]:
        """All of them, at this moment."""
        ...

    def pulse(self, session: Session, now: datetime) -> str:
        """Changes whenever a stamp may have changed; cheap, as it is asked every second or two."""
        ...
