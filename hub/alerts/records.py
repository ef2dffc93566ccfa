"""What is kept of an alert: its row, and what the audit log says of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.alerts import states
from hub.alerts.composing import Composed
from hub.alerts.models import Alert
from hub.alerts.outbound import SCOPE, Content
from hub.identity.actor import Actor


def row(composed: Composed, actor: Actor, now: datetime) -> Alert:
    """The row of a new alert, its texts copied in every language."""
    content = composed.content
    return Alert(
        identifier=content.identifier,
        sender=content.sender,
        sent=content.sent,
        expires=content.expires,
        status=content.status.value,
        msg_type=content.words.msg_type.value,
        scope=SCOPE.value,
        urgency=content.words.urgency.value,
        severity=content.words.severity.value,
        certainty=content.words.certainty.value,
        response=[response.value for response in content.words.response],
        situation_id=content.situation.id,
        version_id=content.version_id,
        message_id=content.message.id,
        kind=content.message.kind.value,
        level=content.message.level,
        incident=content.incident,
        follows=content.head.identifier if content.head else None,
        references=[alert.identifier for alert in content.references],
        **_words(content),
        area=content.area.to_json(),
        blanks=dict(content.blanks),
        moments={name: moment.isoformat() for name, moment in content.moments.items()},
        channels=list(content.channels),
        cap_xml=composed.message.cap_xml,
        digest=composed.digest,
        state=states.STARTS[content.message.kind].value,
        created_at=now,
        created_by_kind=actor.kind,
        created_by_id=actor.id,
        created_by_name=actor.name,
    )


def _words(content: Content) -> dict[str, dict[str, str]]:
    return {
        "title": dict(content.situation.title),
        "message_title": dict(content.message.title),
        "level_label": dict(content.situation.level_of(content.message).label),
        "event": dict(content.situation.event),
        "headline": dict(content.headlines),
        "texts": {language: text.text for language, text in content.texts["long"].items()},
        "simplified": {language: text.text for language, text in content.texts.get("simplified", {}).items()},
    }


def trail(composed: Composed) -> dict[str, Any]:
    """What the log says of a trigger: the ids by which its deliveries are followed, nothing of the texts."""
    message = composed.message
    return {
        "publication": message.publication_id,
        "incident": message.incident,
        "status": message.status,
        "msg_type": message.msg_type,
        "channels": list(composed.bodies),
    }


def audit_detail(composed: Composed) -> dict[str, Any]:
    """What was decided, without the texts: the digest stands for them."""
    content = composed.content
    return {
        "status": content.status.value,
        "kind": content.message.kind.value,
        "situation": content.situation.id,
        "message": content.message.id,
        "version": content.version_id,
        "follows": content.head.identifier if content.head else None,
        "sent": content.sent.isoformat(),
        "expires": content.expires.isoformat(),
        "channels": list(content.channels),
        "digest": composed.digest,
    }
