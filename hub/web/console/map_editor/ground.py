"""What the editor must know of the town: its rules, sources, day, and the messages that open alerts use."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.alerts.usage import messages_in_use
from hub.message_maps.drafts.checkup import Terms
from hub.message_maps.loader import load_sources
from hub.message_maps.model import Source
from hub.message_maps.rules import Rules
from hub.web.parts import parts


def terms(session: Session) -> Terms:
    """What drafts are checked against now."""
    hub = parts()
    rules = Rules(languages=hub.settings.site.languages, link_hosts=hub.settings.maps.link_hosts)
    return Terms(rules, sources(), today(), messages_in_use(session, hub.clock.now()))


def today() -> date:
    """The day in the town."""
    hub = parts()
    return hub.clock.now().astimezone(ZoneInfo(hub.settings.site.timezone)).date()


def sources() -> dict[str, Source]:
    """The sources that facts may name, by code."""
    return _sources(parts().settings.maps.directory)


# Map files are read at start only; so are their sources.
@lru_cache(maxsize=4)
def _sources(directory: Path) -> dict[str, Source]:
    return load_sources(directory)
