"""An alert as the rest of the hub reads it: plain values that no one can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from hub.alerts import area
from hub.alerts.area import Area
from hub.alerts.models import Alert
from hub.alerts.states import State
from hub.cap.model import Reference
from hub.cap.vocabulary import Status
from hub.identity.actor import Actor
from hub.message_maps.model import Kind


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert as sent. Mappings named after texts go from language to text; ``texts`` is the long form.

    ``simplified`` says the same in simple words, and is empty where the message has no such text. ``cap_xml`` is empty
    for what is no CAP alert. ``incident`` is the identifier of the first alert of the line. ``followed_by`` is the
    alert that came next.
    """

    identifier: str
    sender: str
    sent: datetime
    expires: datetime
    status: Status
    msg_type: str
    urgency: str
    severity: str
    certainty: str
    response: tuple[str, ...]
    situation_id: str
    version_id: str
    message_id: str
    kind: Kind
    level: str
    incident: str
    follows: str | None
    followed_by: str | None
    references: tuple[str, ...]
    title: Mapping[str, str]
    message_title: Mapping[str, str]
    level_label: Mapping[str, str]
    event: Mapping[str, str]
    headline: Mapping[str, str]
    texts: Mapping[str, str]
    simplified: Mapping[str, str]
    area: Area
    blanks: Mapping[str, str]
    moments: Mapping[str, datetime]
    channels: tuple[str, ...]
    cap_xml: str
    digest: str
    state: State
    created_at: datetime
    created_by: Actor

    @property
    def exercise(self) -> bool:
        """Whether it is an exercise."""
        return self.status is Status.EXERCISE

    @property
    def reference(self) -> Reference:
        """How a later CAP message names this one."""
        return Reference(self.sender, self.identifier, self.sent)

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires <= now


def view(alert: Alert, followed_by: str | None) -> AlertView:
    """The view of a stored alert."""
    return AlertView(
        identifier=alert.identifier,
        sender=alert.sender,
        sent=alert.sent,
        expires=alert.expires,
        status=Status(alert.status),
        msg_type=alert.msg_type,
        urgency=alert.urgency,
        severity=alert.severity,
        certainty=alert.certainty,
        response=tuple(alert.response),
        situation_id=alert.situation_id,
        version_id=alert.version_id,
        message_id=alert.message_id,
        kind=Kind(alert.kind),
        level=alert.level,
        incident=alert.incident,
        follows=alert.follows,
        followed_by=followed_by,
        references=tuple(alert.references),
        title=MappingProxyType(alert.title),
        message_title=MappingProxyType(alert.message_title),
        level_label=MappingProxyType(alert.level_label),
        event=MappingProxyType(alert.event),
        headline=MappingProxyType(alert.headline),
        texts=MappingProxyType(alert.texts),
        simplified=MappingProxyType(alert.simplified),
        area=area.from_json(alert.area),
        blanks=MappingProxyType(alert.blanks),
        moments={name: datetime.fromisoformat(text) for name, text in alert.moments.items()},
        channels=tuple(alert.channels),
        cap_xml=alert.cap_xml,
        digest=alert.digest,
        state=State(alert.state),
        created_at=alert.created_at,
        created_by=Actor(alert.created_by_kind, alert.created_by_id, alert.created_by_name),
    )
