"""Letters about a subscription itself: deliveries like all others, with a state, retries and a proof."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.cap.vocabulary import MsgType, Severity, Status, Urgency
from hub.channels import letters
from hub.channels.contract import OutboundMessage
from hub.channels.letters import Purpose
from hub.dispatch import outbox
from hub.kernel.ids import new_id
from hub.subscriptions.desk import SubscriptionDesk
from hub.subscriptions.models import Subscription


def write(
    desk: SubscriptionDesk, session: Session, row: Subscription, purpose: Purpose, until: datetime, now: datetime
) -> None:
    """Puts a letter to one subscriber into the outbox; the words and links come when it is sent."""
    letter_id, sender_name = new_id(), desk.settings.authority.name
    message = OutboundMessage(
        publication_id=letter_id,
        incident=letter_id,
        references=(),
        status=Status.ACTUAL.value,
        msg_type=MsgType.ALERT.value,
        sent=now,
        expires=until,
        urgency=Urgency.UNKNOWN.value,
        severity=Severity.UNKNOWN.value,
        sender_name=sender_name,
        page_url=desk.settings.site.base_url,
        texts={},
        cap_xml="",
    )
    body = letters.letter(purpose, letter_id, sender_name, now)
    outbox.record_letter(session, message, desk.channel.id, body, row.destination_id, now)
