"""From the content of an alert to what is published: pure, the same content gives the same bytes.

CAP rules: OASIS CAP 1.2, section 3.2. An Update or a Cancel names all earlier messages of the incident that have not
expired; the message that it follows is always among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.alerts.area import Area
from hub.alerts.states import WITHDRAWING, Role
from hub.alerts.views import AlertView
from hub.cap.model import Alert as CapAlert
from hub.cap.model import EventCode, Info
from hub.cap.vocabulary import Scope, Status
from hub.cap.xml import to_xml
from hub.channels import topics
from hub.channels.contract import OutboundMessage, RenderedText
from hub.kernel.settings import Settings
from hub.message_maps.exercise import mark
from hub.message_maps.model import CapOverride, Message, Situation

# RFC 3066, as in CAP's own default en-US, which would be wrong for us.
LANGUAGE_TAGS = {"fr": "fr-FR", "en": "en-GB"}

# The World Meteorological Organization's list of event terms, its name in CAP.
EVENT_CODES = "OET:v1.2"

SCOPE = Scope.PUBLIC


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that one alert says and to whom, checked, before any channel has rendered it.

    ``line`` holds the earlier alerts of the incident, oldest first; it is empty for a first alert, and then ``role`` is
    ``None``. ``texts`` maps form -> language -> text, ``headlines`` language -> one line.
    """

    identifier: str
    sender: str
    sent: datetime
    expires: datetime
    status: Status
    version_id: str
    situation: Situation
    message: Message
    words: CapOverride
    role: Role | None
    line: tuple[AlertView, ...]
    area: Area
    blanks: Mapping[str, str]
    moments: Mapping[str, datetime]
    channels: tuple[str, ...]
    texts: Mapping[str, Mapping[str, RenderedText]]
    headlines: Mapping[str, str]

    @property
    def is_cap(self) -> bool:
        """Whether it is a CAP alert: a debunk has no CAP text, and what follows a debunk has nothing to refer to."""
        return "cap" in self.texts and all(alert.cap_xml for alert in self.line)

    @property
    def head(self) -> AlertView | None:
        """The alert that this one follows."""
        return self.line[-1] if self.line else None

    @property
    def incident(self) -> str:
        """The identifier of the first alert of the line."""
        return self.line[0].identifier if self.line else self.identifier

    @property
    def references(self) -> tuple[AlertView, ...]:
        """The earlier alerts that CAP wants to be named."""
        return tuple(alert for alert in self.line if alert == self.head or not alert.expired(self.sent))


def page_url(settings: Settings, identifier: str) -> str:
    """The public page of an alert."""
    return f"{settings.site.base_url.rstrip('/')}/alertes/{identifier}"


def outbound_message(content: Content, settings: Settings) -> OutboundMessage:
    """The alert as every channel sees it, its CAP 1.2 document included if it is a CAP alert.

    Raises:
        InvalidInput: the CAP document would break a rule of the standard; every fault is listed.
    """
    return OutboundMessage(
        publication_id=content.identifier,
        incident=content.incident,
        references=tuple(alert.identifier for alert in content.line),
        status=content.status.value,
        msg_type=content.words.msg_type.value,
        sent=content.sent,
        expires=content.expires,
        urgency=content.words.urgency.value,
        severity=content.words.severity.value,
        sender_name=settings.authority.name,
        page_url=page_url(settings, content.identifier),
        texts=content.texts,
        cap_xml=to_xml(cap_alert(content, settings), ZoneInfo(settings.site.timezone)) if content.is_cap else "",
        topics=_topics(content, settings),
    )


def _topics(content: Content, settings: Settings) -> tuple[str, ...]:
    """An exercise is a topic of its own. A drawn area may touch any commune: rather one mail too many."""
    communes = content.area.outline.communes or settings.territory.communes
    word = topics.EXERCISES if content.status is Status.EXERCISE else topics.ALERTS
    return topics.of_message(word, (commune.insee for commune in communes))


def cap_alert(content: Content, settings: Settings) -> CapAlert:
    """The CAP 1.2 message: one ``info`` a language, the same codes in each."""
    return CapAlert(
        identifier=content.identifier,
        sender=content.sender,
        sent=content.sent,
        status=content.status,
        msg_type=content.words.msg_type,
        scope=SCOPE,
        note=_note(content, settings),
        references=tuple(alert.reference for alert in content.references),
        incidents=(content.incident,),
        infos=tuple(_info(content, settings, language) for language in settings.site.languages),
    )


def _info(content: Content, settings: Settings, language: str) -> Info:
    texts = content.texts["cap"][language].parts
    return Info(
        language=LANGUAGE_TAGS[language],
        categories=content.situation.category,
        event=content.situation.event[language],
        response_types=content.words.response,
        urgency=content.words.urgency,
        severity=content.words.severity,
        certainty=content.words.certainty,
        event_codes=tuple(EventCode(EVENT_CODES, code) for code in content.situation.oet),
        effective=content.sent,
        expires=content.expires,
        sender_name=settings.authority.name,
        headline=texts["headline"],
        description=texts["description"],
        instruction=texts["instruction"],
        web=page_url(settings, content.identifier),
        contact=settings.authority.phone,
        areas=(content.area.cap(language),),
    )


def _note(content: Content, settings: Settings) -> str:
    """The name of the exercise, and what a correction or a cancel is about. Source: CAP 1.2, 3.2.1, ``note``."""
    lines = []
    languages = settings.site.languages
    if content.status is Status.EXERCISE:
        first = content.line[0].sent if content.line else content.sent
        day = first.astimezone(ZoneInfo(settings.site.timezone)).date().isoformat()
        place = settings.authority.commune
        lines.append(" / ".join(f"{mark(each)}: {content.situation.title[each]}, {place}, {day}" for each in languages))
    if content.role in WITHDRAWING:
        lines.append(" / ".join(content.message.title[each] for each in languages))
    return ". ".join(lines)
