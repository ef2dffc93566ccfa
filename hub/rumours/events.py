"""The events that rumours are about; and what a rumour says, where, in which event."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.rumours.changing import Ref, changing
from hub.rumours.desk import RumourDesk
from hub.rumours.errors import StepRefused
from hub.rumours.models import CLAIM_LENGTH, NAME_LENGTH, Event
from hub.rumours.plain import one_line
from hub.rumours.states import Workflow

# It stands in public addresses.
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_ID = 60


def all_events(session: Session) -> list[Event]:
    """Every event: those that go on first, then the latest."""
    rows = session.scalars(sa.select(Event).order_by(Event.began_at.desc(), Event.id))
    return sorted(rows, key=lambda event: event.ended_at is not None)


def open_event(
    desk: RumourDesk, event_id: str, title: Mapping[str, str], began_at: datetime | None, *, actor: Actor
) -> None:
    """Adds an event.

    Args:
        desk: what the command needs.
        event_id: its name in public addresses, such as ``crue-lise-2026``; for ever.
        title: what it is called, in every language of the site.
        began_at: when it began.
        actor: who adds it.

    Raises:
        InvalidInput: some fields are wrong; each is named.
        Conflict: there is an event of this name already.
    """
    now = desk.clock.now()
    event_id, title = event_id.strip(), {language: one_line(text) for language, text in title.items()}
    faults = []
    if not NAME.fullmatch(event_id) or len(event_id) > LONGEST_ID:
        faults.append(Fault("id", Phrase("Small letters without accents, digits and hyphens, such as crue-lise-2026.")))
    faults += _missing("title", title, desk.settings.site.languages) + _too_long("title", title, NAME_LENGTH)
    if began_at is None or began_at > now:
        faults.append(Fault("began_at", Phrase("Give the moment at which it began; it cannot lie ahead.")))
    if faults or began_at is None:
        raise InvalidInput(faults)
    with transaction() as session:
        if session.get(Event, event_id) is not None:
            raise Conflict(Phrase("There is an event of this name already."))
        session.add(Event(id=event_id, title=title, began_at=began_at))
        record_audit(session, actor=actor, action="event.opened", subject=event_id, detail={"title": title}, now=now)


def end_event(desk: RumourDesk, event_id: str, *, ended: bool, actor: Actor) -> None:
    """Says that an event is over, or that it goes on after all.

    Raises:
        NotFound: there is no such event.
    """
    now = desk.clock.now()
    with transaction() as session:
        event = session.get(Event, event_id)
        if event is None:
            raise NotFound(Phrase("There is no event %(event)s.", event=event_id))
        event.ended_at = now if ended else None
        action = "event.ended" if ended else "event.resumed"
        record_audit(session, actor=actor, action=action, subject=event_id, detail={}, now=now)


def describe(
    desk: RumourDesk, ref: Ref, claim: Mapping[str, str], event_id: str, communes: Collection[str], *, actor: Actor
) -> None:
    """Changes what a rumour says, which event it belongs to and which communes it speaks of.

    Raises:
        InvalidInput: the claim is missing or too long, or the event or a commune is unknown.
        StepRefused: the answer waits for approval, or the rumour was merged.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    languages = desk.settings.site.languages
    claim = {language: one_line(claim.get(language, "")) for language in languages}
    faults = _missing("claim", claim, languages[:1]) + _too_long("claim", claim, CLAIM_LENGTH)
    known = {commune.insee for commune in desk.settings.territory.communes}
    with changing(ref, "rumour.described", actor=actor, now=desk.clock.now()) as change:
        if event_id and change.session.get(Event, event_id) is None:
            faults.append(Fault("event", Phrase("There is no event %(event)s.", event=event_id)))
        # Reports may name places outside; what is there already may stay.
        if not set(communes) <= known | set(change.rumour.communes):
            faults.append(Fault("communes", Phrase("Choose communes of the list.")))
        if faults:
            raise InvalidInput(faults)
        if change.rumour.workflow in {Workflow.PROPOSED, Workflow.MERGED}:
            raise StepRefused(Phrase("The answer waits for approval. Return it before you change it."))
        change.rumour.claim = {language: text for language, text in claim.items() if text}
        change.rumour.event_id = event_id or None
        change.rumour.communes = sorted(set(communes))
        change.detail |= {"claim": change.rumour.claim, "event": event_id, "communes": change.rumour.communes}


def _missing(name: str, texts: Mapping[str, str], languages: Collection[str]) -> list[Fault]:
    return [
        Fault(f"{name}.{language}", Phrase("This field is needed."))
        for language in languages
        if not texts.get(language)
    ]


def _too_long(name: str, texts: Mapping[str, str], most: int) -> list[Fault]:
    return [
        Fault(f"{name}.{language}", Phrase("At most %(count)s characters.", count=most))
        for language, text in texts.items()
        if len(text) > most
    ]
