"""From a draft to the frozen bodies: everything is checked, every fault is found at once, nothing is written.

The digest covers all that is frozen: the identifier, the moments, the message and its map version, the blanks, the
area, the alert that is followed, the CAP document and the body of every channel. It does not cover how many
destinations a channel has: people subscribe while an officer reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.alerts import area, basis, expiry
from hub.alerts.area import Area, Outline
from hub.alerts.basis import Basis
from hub.alerts.desk import Desk
from hub.alerts.drafts import Draft
from hub.alerts.outbound import Content, outbound_message
from hub.alerts.states import MOVES_AREA, Role
from hub.audit.chain import canonical
from hub.cap.vocabulary import Status
from hub.channels.bodies import bodies
from hub.channels.contract import Body, Channel, OutboundMessage
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.ids import new_id
from hub.kernel.phrase import Phrase
from hub.message_maps import blanks
from hub.message_maps.blanks import Filled
from hub.message_maps.mending import mended, still_wrong
from hub.message_maps.model import Kind, Message
from hub.message_maps.render import area_description, headline, render_all

# Forms that ring, wake or stop people in the street: only for a danger.
DANGER_FORMS = frozenset({"cap", "led"})

# A channel that was asked for and is not reached, and why.
LeftOut = tuple[str, Phrase]


@dataclass(frozen=True, slots=True)
class Composed:
    """A settled draft with everything that would be sent for it, and the digest of that.

    ``notes`` are for the officer's eyes: what is not wrong, and should be looked at before it is sent.
    """

    draft: Draft
    content: Content
    message: OutboundMessage
    bodies: Mapping[str, Body]
    left_out: tuple[LeftOut, ...]
    digest: str
    notes: tuple[Phrase, ...]


def compose(desk: Desk, session: Session, draft: Draft) -> Composed:
    """Checks a draft and renders it for every channel.

    Raises:
        NotFound: there is no such situation, message or earlier alert.
        InvalidInput: with every fault; fields ``situation``, ``message``, ``blanks.<name>``, ``area``, ``communes``,
            ``geojson``, ``expires``, ``channels``, ``channels.<id>``.
        AlreadyFollowed, StalePreview: the state has changed.
    """
    ground = basis.read(session, draft)
    draft = _settled(draft, ground, desk.clock.now())
    content, left_out = _content(desk, ground, draft)
    message = outbound_message(content, desk.settings)
    frozen = bodies(desk.channels, message, content.channels)
    return Composed(draft, content, message, frozen, left_out, _digest(content, message, frozen), _notes(desk, ground))


def _settled(draft: Draft, ground: Basis, now: datetime) -> Draft:
    """The draft with an identifier, a moment and a version; a follow-up takes its status from the alert it follows."""
    sent = draft.sent or now.replace(microsecond=0)
    head = ground.head
    if ground.role is Role.CORRECTION:
        draft = replace(draft, blanks=mended(ground.situation, ground.message, draft.blanks))
    if head:
        # The order of an incident is that of its times, even if the clock was set back in between.
        sent = max(sent, head.sent + timedelta(seconds=1))
    return replace(
        draft,
        identifier=draft.identifier or new_id(),
        sent=sent,
        version_id=ground.version_id,
        exercise=head.exercise if head else draft.exercise,
    )


def _content(desk: Desk, ground: Basis, draft: Draft) -> tuple[Content, tuple[LeftOut, ...]]:
    sent = draft.sent or desk.clock.now()
    faults: list[Fault] = []
    filled = _filled(desk, ground, draft, sent, faults)
    faults += still_wrong(ground.situation, ground.message, draft.blanks)
    outline = _outline(desk, ground, draft, faults)
    expires = _expires(desk, ground, draft, sent, filled, faults)
    channels, left_out = _channels(desk, ground, draft, faults)
    if faults or filled is None or outline is None or expires is None:
        raise InvalidInput(faults)
    languages = desk.settings.site.languages
    content = Content(
        identifier=draft.identifier,
        sender=desk.settings.authority.sender,
        sent=sent,
        expires=expires,
        status=Status.EXERCISE if draft.exercise else Status.ACTUAL,
        version_id=ground.version_id,
        situation=ground.situation,
        message=ground.message,
        words=ground.words,
        role=ground.role,
        line=ground.line,
        area=Area(outline, _area_names(ground, outline, filled, languages)),
        blanks=filled.typed,
        moments=filled.moments,
        channels=channels,
        texts=render_all(ground.message, filled, languages, exercise=draft.exercise),
        headlines={each: headline(ground.message, each, filled, exercise=draft.exercise) for each in languages},
    )
    return content, left_out


def _filled(desk: Desk, ground: Basis, draft: Draft, sent: datetime, faults: list[Fault]) -> Filled | None:
    settings = desk.settings
    try:
        return blanks.fill(
            ground.situation,
            ground.message,
            draft.blanks,
            authority=settings.authority,
            now=sent,
            timezone=settings.site.timezone,
            languages=settings.site.languages,
            link_hosts=settings.maps.link_hosts,
            numbers={key: entry.number for key, entry in ground.numbers.items()},
        )
    except InvalidInput as refusal:
        faults += refusal.faults
        return None


def _outline(desk: Desk, ground: Basis, draft: Draft, faults: list[Fault]) -> Outline | None:
    head = ground.head
    given = bool(draft.communes or draft.geojson.strip())
    if head and not given:
        return head.area.outline
    outline, found = area.check(draft.communes, draft.geojson, desk.settings.territory)
    faults += found
    if head and outline and outline != head.area.outline and ground.role not in MOVES_AREA:
        phrase = Phrase(
            "A follow-up keeps the area of the alert that it follows. To change the area, send a correction."
        )
        faults.append(Fault("area", phrase))
    return outline


def _area_names(ground: Basis, outline: Outline, filled: Filled, languages: tuple[str, ...]) -> dict[str, str]:
    return {each: area.described(outline, area_description(ground.situation, filled, each)) for each in languages}


def _expires(
    desk: Desk, ground: Basis, draft: Draft, sent: datetime, filled: Filled | None, faults: list[Fault]
) -> datetime | None:
    alerts = desk.settings.alerts
    longest = timedelta(hours=alerts.longest_hours)
    if draft.expires:
        zone = ZoneInfo(desk.settings.site.timezone)
        expires, found = expiry.check(draft.expires, sent=sent, longest=longest, zone=zone)
        faults += found
        return expires
    head = ground.head
    if head and ground.role is Role.CORRECTION and head.expires > sent + timedelta(minutes=alerts.preview_minutes):
        return head.expires
    usual = sent + timedelta(minutes=ground.situation.level_of(ground.message).expires_minutes)
    # An alert whose text says "until 03:00 at least" must not run out before.
    named = (moment.astimezone(UTC) for moment in (filled.moments.values() if filled else ()))
    return min(max((usual, *named)), sent + longest)


def _channels(
    desk: Desk, ground: Basis, draft: Draft, faults: list[Fault]
) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """The channels that carry it, in the order of the configuration, and those that were asked for and do not."""
    # A follow-up goes where the first alert of its incident went.
    wanted = ground.line[0].channels if ground.line else draft.channels
    left_out = []
    for channel_id in dict.fromkeys(wanted):
        channel = desk.channels.get(channel_id)
        if channel is None and not ground.line:
            faults.append(Fault("channels", Phrase("There is no channel %(channel)s.", channel=channel_id)))
        elif channel is None:
            left_out.append((channel_id, Phrase("This channel is no longer configured.")))
        elif reason := closed(channel, ground.message, exercise=draft.exercise):
            left_out.append((channel_id, reason))
    silent = {channel_id for channel_id, _ in left_out}
    carried = tuple(channel_id for channel_id in desk.channels if channel_id in wanted and channel_id not in silent)
    if not carried and not ground.line and not any(fault.field == "channels" for fault in faults):
        faults.append(Fault("channels", _no_channel(left_out)))
    return carried, tuple(left_out)


def closed(channel: Channel, message: Message, *, exercise: bool) -> Phrase | None:
    """Why a channel does not carry a message, if it does not."""
    if exercise and not channel.exercise:
        return Phrase("This channel is not open to exercises.")
    form = channel.adapter.form_taken
    if form in message.variants:
        return None
    if message.kind is Kind.DEBUNK and form in DANGER_FORMS:
        return Phrase("A rumour answered is no alert: it goes neither out by CAP nor on display panels.")
    return Phrase("This message has no text of the form that this channel needs (%(form)s).", form=form)


def _no_channel(left_out: list[LeftOut]) -> Phrase:
    if left_out:
        return Phrase("None of these channels carries this message. Choose at least one that does.")
    return Phrase("Choose at least one channel.")


def _notes(desk: Desk, ground: Basis) -> tuple[Phrase, ...]:
    today = desk.clock.now().astimezone(ZoneInfo(desk.settings.site.timezone)).date()
    return tuple(
        Phrase(
            "The number %(number)s (%(key)s) was last checked on %(day)s. Ring it before you send it.",
            number=entry.number,
            key=entry.key,
            day=entry.checked_on.isoformat(),
        )
        for entry in ground.numbers.values()
        if entry.stale(today)
    )


def _digest(content: Content, message: OutboundMessage, frozen_bodies: Mapping[str, Body]) -> str:
    head = content.head
    frozen = {
        "identifier": content.identifier,
        "sent": content.sent.isoformat(),
        "expires": content.expires.isoformat(),
        "version": content.version_id,
        "message": content.message.id,
        "blanks": dict(content.blanks),
        "area": content.area.to_json(),
        "follows": head.identifier if head else None,
        "cap_xml": message.cap_xml,
        "bodies": {channel_id: dict(body) for channel_id, body in frozen_bodies.items()},
    }
    return hashlib.sha256(canonical(frozen).encode("ascii")).hexdigest()
