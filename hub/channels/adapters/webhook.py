"""Signed webhooks after Standard Webhooks 1.0 (standardwebhooks.com): for agencies that want the message itself.

Each destination has a secret of its own, derived from the channel's master secret and the destination's address: a
receiver can check our signatures and cannot sign for another one, and no secret is kept in the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import urlsplit

import marshmallow as ma

from hub.channels.contract import (
    LANGUAGE_NAMES,
    Acceptance,
    Body,
    ChannelAdapter,
    OutboundMessage,
    Outgoing,
    PreviewPart,
)
from hub.channels.http import exchange
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret, SecretField

EVENT_TYPES = {"Alert": "alert.published", "Update": "alert.updated", "Cancel": "alert.cancelled"}
# The specification asks for keys of 24 bytes at least; 32 characters of base64 carry that much.
SHORTEST_MASTER = 32


def _long_enough(secret: Secret) -> None:
    if len(secret.reveal()) < SHORTEST_MASTER:
        msg = f"a master secret has at least {SHORTEST_MASTER} characters"
        raise ma.ValidationError(msg)


class WebhookSettings(ma.Schema):
    """``secrets``: master secrets, the newest first. During a rotation each of them signs."""

    secrets = ma.fields.List(
        SecretField(required=True, validate=_long_enough), required=True, validate=ma.validate.Length(min=1, max=3)
    )


class Webhook(ChannelAdapter):
    """Posts one signed JSON document to each destination; a receiver drops repeats by their ``webhook-id``."""

    kind: ClassVar[str] = "webhook"
    label: ClassVar[Phrase] = Phrase("Webhook")
    form: ClassVar[str] = "long"
    multilingual: ClassVar[bool] = True
    single: ClassVar[bool] = False
    idempotent: ClassVar[bool] = True
    settings_schema: ClassVar[type[ma.Schema]] = WebhookSettings

    def render(self, message: OutboundMessage) -> Body:
        """The document as it goes over the wire, so that all destinations and attempts carry the same bytes."""
        texts = {text.language: text.text for text in self.texts(message)}
        document = {
            "type": EVENT_TYPES[message.msg_type],
            "timestamp": _moment(message.sent),
            "data": {
                "identifier": message.publication_id,
                "incident": message.incident,
                "references": list(message.references),
                "status": message.status,
                "msg_type": message.msg_type,
                "sent": _moment(message.sent),
                "expires": _moment(message.expires),
                "urgency": message.urgency,
                "severity": message.severity,
                "sender": self.hub.sender,
                "sender_name": message.sender_name,
                "url": message.page_url,
                "texts": texts,
                "cap": message.cap_xml,
            },
        }
        return {"payload": json.dumps(document, ensure_ascii=False, separators=(",", ":"))}

    def preview(self, body: Body) -> list[PreviewPart]:
        """The text of each language, then the document as it goes over the wire."""
        document = json.loads(body["payload"])
        parts = [PreviewPart(LANGUAGE_NAMES[code], text) for code, text in document["data"]["texts"].items()]
        return [*parts, PreviewPart(Phrase("Signed document"), body["payload"], for_machines=True)]

    def send(self, outgoing: Outgoing) -> Acceptance:
        """One signed post; any 2xx is an acceptance, as the specification says, whatever the body holds."""
        address, payload = outgoing.destination.address, outgoing.body["payload"].encode()
        stamp = str(int(self.hub.clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": outgoing.idempotency_key,
            "webhook-timestamp": stamp,
            "webhook-signature": self._signatures(address, f"{outgoing.idempotency_key}.{stamp}.".encode() + payload),
        }
        exchange(self.hub, "POST", address, deadline=outgoing.deadline, headers=headers, data=payload, bulk=True)
        return Acceptance(remote_id=outgoing.idempotency_key)

    def host(self, address: str) -> str:
        """The host name of the address."""
        return urlsplit(address).hostname or self.channel_id

    def check_address(self, address: str) -> Phrase | None:
        """An https address; plain http only to a numeric address in an allowed network."""
        return self.hub.http.refusal(address)

    def destination_secret(self, address: str) -> Secret:
        """What a receiver needs to check our signatures, in the form ``whsec_...``; shown once, when it is set up."""
        key = _derived(self.settings["secrets"][0], address)
        return Secret("whsec_" + base64.b64encode(key).decode())

    def _signatures(self, address: str, signed: bytes) -> str:
        digests = (hmac.digest(_derived(master, address), signed, "sha256") for master in self.settings["secrets"])
        return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def _derived(master: Secret, address: str) -> bytes:
    return hmac.digest(master.reveal().encode(), address.encode(), hashlib.sha256)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
