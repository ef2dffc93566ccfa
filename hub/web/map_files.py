"""What importing and exporting maps must know of the running hub; for the console and the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.alerts.usage import messages_in_use
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.exchange import landing
from hub.message_maps.exchange.formats import Format, Written, write
from hub.message_maps.exchange.landing import Terms
from hub.message_maps.loader import load_sources
from hub.message_maps.rules import Rules
from hub.web.parts import parts

_OTHER = re.compile(r"[^a-z0-9]+")


def terms(session: Session, now: datetime) -> Terms:
    """The rules, the sources and the messages that open alerts use, at this moment."""
    settings = parts().settings
    rules = Rules(languages=settings.site.languages, link_hosts=settings.maps.link_hosts)
    return Terms(rules, load_sources(settings.maps.directory), messages_in_use(session, now))


def exported(session: Session, form: Format, situation_ids: Sequence[str], *, now: datetime, draft: bool) -> Written:
    """One file of one situation, or of the whole catalogue when none is named.

    Raises:
        NotFound: there is no such situation, no open working copy, or nothing on the map at all.
        InvalidInput: the working copy has faults.
    """
    known = terms(session, now)
    names = list(situation_ids) or [situation.id for _, situation in versions.current(session)]
    if not names:
        raise NotFound(Phrase("There is no situation on the map yet."))
    documents = [landing.exportable(session, name, known, draft=draft) for name in names]
    authority = parts().settings.authority.name
    whole = not situation_ids
    stem = _OTHER.sub("-", authority.casefold()).strip("-") or "maps"
    return write(
        documents,
        form,
        sources=known.sources,
        kept=landing.kept(session, names),
        name=stem if whole else names[0],
        title=authority,
        whole=whole,
    )
