"""From a rumour as it stands to the version that would be published: what the register shows, and what channels carry.

A first answer goes to the channels that the response asks for. Whatever follows goes to exactly the channels that
carried an earlier version: the outbox knows them, and their destinations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit.chain import canonical
from hub.cap.vocabulary import MsgType, Status
from hub.channels.contract import OutboundMessage, RenderedText
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.settings import LONGEST_URL, Authority
from hub.kernel.settings_checks import host_of
from hub.message_maps import blanks, versions
from hub.message_maps.model import Kind, Message, Situation
from hub.message_maps.render import render_all
from hub.rumours import checks
from hub.rumours.answer import TEXTS, Answer, from_json
from hub.rumours.desk import RumourDesk
from hub.rumours.evidence import bears
from hub.rumours.models import Confirmation, Event, Evidence, Report, Rumour, RumourVersion
from hub.rumours.states import NEXT_VERSION, PUBLIC, Response, VersionKind
from hub.rumours.verdicts import Verdict

# The map of answers to rumours, and its message for what an earlier answer got wrong.
SITUATION = "com.rumour"
CORRECTION = "answer.correction"
_WRONG = frozenset({VersionKind.CORRECTION, VersionKind.WITHDRAWAL})

LeftOut = tuple[str, Phrase]


@dataclass(frozen=True, slots=True)
class Carriage:
    """How a version goes out: the texts (form -> language -> text), the channels that carry it, those that do not.

    Empty where it stands in the register only. ``lasts`` is how long it is tried, the two words say how urgently.
    """

    texts: Mapping[str, Mapping[str, RenderedText]]
    channels: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    lasts: timedelta = timedelta(0)
    urgency: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """A version as it would be published. ``digest`` stands for all that readers would see.

    ``line`` are the earlier publications of the rumour, oldest first.
    """

    rumour: Rumour
    kind: VersionKind
    number: int
    content: Mapping[str, Any]
    carriage: Carriage
    line: tuple[str, ...]
    digest: str


def compose(desk: RumourDesk, session: Session, rumour: Rumour, kind: VersionKind, now: datetime) -> Composed:
    """Everything of the version that would be published now.

    Raises:
        InvalidInput: something is missing or wrong; every fault is listed.
    """
    work = _Work(desk, session, rumour, kind, now, from_json(rumour.answer), published(session, rumour.id))
    work.check()
    carriage = work.carriage()
    if work.faults:
        raise InvalidInput(work.faults)
    content = work.content()
    seen = {
        "kind": kind.value,
        "verdict": [rumour.verdict, *map(str, (rumour.verdict_as_of, rumour.verdict_valid_until))],
        "content": content,
        "channels": carriage.channels,
        "texts": {
            form: {code: dict(text.parts) for code, text in each.items()} for form, each in carriage.texts.items()
        },
    }
    return Composed(
        rumour=rumour,
        kind=kind,
        number=len(work.earlier) + 1,
        content=content,
        carriage=carriage,
        line=tuple(version.publication_id for version in work.earlier if version.publication_id),
        digest=hashlib.sha256(canonical(seen).encode("ascii")).hexdigest(),
    )


def published(session: Session, rumour_id: str) -> list[RumourVersion]:
    """The published versions of a rumour, oldest first."""
    rows = sa.select(RumourVersion).where(RumourVersion.rumour_id == rumour_id).order_by(RumourVersion.number)
    return list(session.scalars(rows))


def outbound(desk: RumourDesk, composed: Composed, publication_id: str, sent: datetime) -> OutboundMessage:
    """The version as every channel sees it; no CAP alert."""
    return OutboundMessage(
        publication_id=publication_id,
        incident=composed.line[0] if composed.line else publication_id,
        references=composed.line,
        status=Status.ACTUAL.value,
        msg_type=(MsgType.UPDATE if composed.line else MsgType.ALERT).value,
        sent=sent,
        expires=sent + composed.carriage.lasts,
        urgency=composed.carriage.urgency,
        severity=composed.carriage.severity,
        sender_name=desk.settings.authority.name,
        page_url=page_url(desk, composed.rumour.id),
        texts=composed.carriage.texts,
        cap_xml="",
    )


def page_url(desk: RumourDesk, rumour_id: str) -> str:
    """The permanent address of a rumour in the register."""
    return f"{desk.settings.site.base_url.rstrip('/')}/rumeurs/{rumour_id}"


@dataclass
class _Work:
    """One composing under way; what is wrong is gathered in ``faults``."""

    desk: RumourDesk
    session: Session
    rumour: Rumour
    kind: VersionKind
    now: datetime
    answer: Answer
    earlier: list[RumourVersion]
    faults: list[Fault] = field(default_factory=list)

    @cached_property
    def confirmations(self) -> list[Confirmation]:
        chosen = sa.select(Confirmation).where(Confirmation.rumour_id == self.rumour.id)
        return list(self.session.scalars(chosen.order_by(Confirmation.at, Confirmation.id)))

    @cached_property
    def evidence(self) -> list[Evidence]:
        chosen = sa.select(Evidence).where(Evidence.rumour_id == self.rumour.id)
        return list(self.session.scalars(chosen.order_by(Evidence.id)))

    def check(self) -> None:
        rumour = self.rumour
        self.faults += checks.faults(
            self.answer,
            Verdict(rumour.verdict),
            self.kind,
            grounds=bears(self.confirmations, self.evidence),
            languages=self.desk.settings.site.languages,
        )
        last = VersionKind(self.earlier[-1].kind) if self.earlier else None
        if self.kind not in NEXT_VERSION[last]:
            self.faults.append(Fault("kind", Phrase("After what was published last, this cannot follow.")))
        if Response(rumour.response) not in PUBLIC:
            self.faults.append(Fault("response", Phrase("Decide first that it is answered in public.")))
        if rumour.verdict_as_of is None:
            self.faults.append(Fault("as_of", Phrase("Say as of when this is known.")))

    def content(self) -> dict[str, Any]:
        """What the register shows of a version. Who confirmed something stands in it as a body, not as a person."""
        rumour, session = self.rumour, self.session
        event = session.get(Event, rumour.event_id) if rumour.event_id else None
        first = session.scalar(sa.select(sa.func.min(Report.received_at)).where(Report.rumour_id == rumour.id))
        return {
            "answer": {name: dict(getattr(self.answer, name)) for name in TEXTS},
            "event": {"id": event.id, "title": event.title} if event else None,
            "first_heard": (first or rumour.created_at).isoformat(),
            "confirmations": [_confirmation(one) for one in self.confirmations if one.public],
            "evidence": [_evidence(one) for one in self.evidence if one.public],
        }

    def carriage(self) -> Carriage:
        """The channels and their texts; what is wrong with them is added to the faults."""
        wanted = self._wanted()
        if not wanted:
            return Carriage({})
        try:
            situation, message = self._pattern()
            texts = self._texts(situation, message)
        except InvalidInput as refusal:
            self.faults += refusal.faults
            return Carriage({})
        except NotFound as refusal:
            self.faults.append(Fault("pattern", refusal.detail))
            return Carriage({})
        left_out = tuple((each, why) for each in wanted if (why := self._closed(each, message)))
        silent = dict(left_out)
        channels = tuple(each for each in wanted if each not in silent)
        if not channels:
            phrase = Phrase("None of these channels carries an answer. Choose one that does.")
            self.faults.append(Fault("channels", phrase))
        words = situation.cap_words(message)
        lasts = timedelta(minutes=situation.level_of(message).expires_minutes)
        return Carriage(texts, channels, left_out, lasts, words.urgency.value, words.severity.value)

    def _wanted(self) -> list[str]:
        carried = {channel_id for version in self.earlier for channel_id in version.channels}
        # Subscribers are told of every version, whatever the response: see `hub.rumours.announcing`.
        people = {each for each, channel in self.desk.channels.items() if channel.adapter.by_topic}
        if carried:
            # Those that are no longer configured are named too: their readers will not hear of the change.
            return [
                *(each for each in self.desk.channels if each in carried),
                *sorted(carried - set(self.desk.channels)),
            ]
        if self.rumour.response == Response.BROADCAST:
            return [each for each in self.desk.channels if each not in people]
        if self.rumour.response != Response.TARGETED:
            return []
        return [each for each in dict.fromkeys(self.answer.channels) if each not in people]

    def _closed(self, channel_id: str, message: Message) -> Phrase | None:
        channel = self.desk.channels.get(channel_id)
        if channel is None:
            return Phrase("This channel is no longer configured.")
        if channel.adapter.form_taken not in message.variants:
            return Phrase("A rumour answered is no alert: it goes neither out by CAP nor on display panels.")
        return None

    def _pattern(self) -> tuple[Situation, Message]:
        _, situation = versions.find(self.session, SITUATION)
        if self.kind in _WRONG:
            return situation, situation.message(CORRECTION)
        message = situation.by_id.get(self.answer.pattern)
        if message is None or message.kind is not Kind.DEBUNK:
            raise InvalidInput([Fault("pattern", Phrase("Choose how the channels shall say it."))])
        return situation, message

    def _texts(self, situation: Situation, message: Message) -> Mapping[str, Mapping[str, RenderedText]]:
        settings = self.desk.settings
        address = page_url(self.desk, self.rumour.id)
        filled = blanks.fill(
            situation,
            message,
            self.answer.blanks,
            authority=_linking(settings.authority, address, settings.maps.link_hosts),
            now=self.now,
            timezone=settings.site.timezone,
            languages=settings.site.languages,
            link_hosts=settings.maps.link_hosts,
        )
        return render_all(message, filled, settings.site.languages, exercise=False)


def _confirmation(one: Confirmation) -> dict[str, Any]:
    return {
        "organisation": one.organisation,
        "means": one.means,
        "at": one.at.isoformat(),
        "supports": one.supports,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "title": one.title,
        "publisher": one.publisher,
        "address": one.address,
        "sha256": one.archive_sha256,
        "archived_at": one.archived_at.isoformat() if one.archived_at else None,
    }


def _linking(authority: Authority, address: str, hosts: tuple[str, ...]) -> Authority:
    """The authority whose link leads to the answer itself, where that address is allowed and short enough."""
    fits = address.startswith("https://") and len(address) <= LONGEST_URL and host_of(address) in hosts
    return replace(authority, url=address) if fits else authority
