"""Telling subscribers of a version: one mail each, whether it stands in the register only or goes out over channels.

The mails of a rumour are a line of publications of its own in the outbox, beside those over channels. Whoever got an
earlier one gets what follows, corrections above all; whoever subscribed since gets the version as it is now.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.cap.vocabulary import MsgType, Severity, Status, Urgency
from hub.channels import topics
from hub.channels.contract import Channel, OutboundMessage, PermanentChannelError, RenderedText
from hub.dispatch import outbox
from hub.dispatch.models import publications
from hub.kernel.ids import new_id
from hub.rumours.answer import PARTS, WRONG
from hub.rumours.composing import Composed, page_url
from hub.rumours.desk import RumourDesk
from hub.rumours.models import Event
from hub.rumours.states import VersionKind

log = logging.getLogger(__name__)

# A mail about the register is of no use for longer.
LASTS = timedelta(days=2)
# A town has few events at a time; a form with more would be of no use.
MOST_EVENTS = 20
# What stands before the subject. An answer leads with its fact, as it is.
_MARKS: Mapping[VersionKind, Mapping[str, str]] = {
    VersionKind.HOLDING: {"fr": "Vérification en cours : ", "en": "Being checked: "},
    VersionKind.ANSWER: {"fr": "", "en": ""},
    VersionKind.UPDATE: {"fr": "Mise à jour : ", "en": "Update: "},
    VersionKind.CORRECTION: {"fr": "Correction : ", "en": "Correction: "},
    VersionKind.WITHDRAWAL: {"fr": "Retrait : ", "en": "Withdrawn: "},
}


def announce(desk: RumourDesk, session: Session, composed: Composed, *, withdraw: bool, now: datetime) -> None:
    """Puts the mails about a version into the outbox, in the caller's transaction.

    A mail that cannot be made keeps nothing from being published; the log says so.
    """
    for channel in desk.channels.values():
        if channel.adapter.by_topic:
            _announce(desk, session, channel, composed, withdraw=withdraw, now=now)


def _announce(
    desk: RumourDesk, session: Session, channel: Channel, composed: Composed, *, withdraw: bool, now: datetime
) -> None:
    incident = f"{composed.rumour.id}.{channel.id}"
    line = session.scalars(
        sa.select(publications.c.id)
        .where(publications.c.incident == incident)
        .order_by(publications.c.created_at, publications.c.sent)
    ).all()
    message = OutboundMessage(
        publication_id=new_id(),
        incident=incident,
        references=tuple(line),
        status=Status.ACTUAL.value,
        msg_type=(MsgType.UPDATE if line else MsgType.ALERT).value,
        sent=now,
        expires=now + LASTS,
        urgency=Urgency.UNKNOWN.value,
        severity=Severity.UNKNOWN.value,
        sender_name=desk.settings.authority.name,
        page_url=page_url(desk, composed.rumour.id),
        texts=_texts(desk, composed),
        cap_xml="",
        topics=_topics(desk, composed),
    )
    try:
        body = channel.adapter.render(message)
    except PermanentChannelError:
        log.exception("subscribers cannot be told of a version of %s", composed.rumour.id)
        return
    follows = line[-1] if line else None
    outbox.record(session, message, {channel.id: body}, follows_id=follows, withdraw=withdraw, now=now, widen=True)


def _topics(desk: RumourDesk, composed: Composed) -> tuple[str, ...]:
    """A rumour without a commune is about all of them."""
    rumour = composed.rumour
    communes = rumour.communes or [commune.insee for commune in desk.settings.territory.communes]
    about = topics.of_message(topics.RUMOURS, communes)
    return (*about, topics.within(topics.EVENT, rumour.event_id)) if rumour.event_id else about


def _texts(desk: RumourDesk, composed: Composed) -> Mapping[str, Mapping[str, RenderedText]]:
    answer, rumour = composed.content["answer"], composed.rumour
    long, heads = {}, {}
    for language in desk.settings.site.languages:
        mark = _MARKS[composed.kind].get(language, "")
        parts = [answer[name].get(language, "") for name in (WRONG, *PARTS)]
        text = "\n\n".join(part for part in parts if part)
        lead = answer["fact"].get(language) or rumour.claim.get(language, "")
        long[language] = RenderedText("long", language, {"text": text or lead})
        heads[language] = RenderedText("cap", language, {"headline": f"{mark}{lead}"})
    return {"long": long, "cap": heads}


def offered_events(session: Session) -> list[Event]:
    """The events that one may subscribe to: those that go on, the latest first."""
    going_on = sa.select(Event).where(Event.ended_at.is_(None))
    return list(session.scalars(going_on.order_by(Event.began_at.desc(), Event.id).limit(MOST_EVENTS)))
