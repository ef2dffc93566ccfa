"""E-mail: one message a recipient over SMTP, plain text and HTML, all languages in it.

Message-IDs are made from publication and recipient, so that a repeated attempt is the same message for the recipient's
mail program and a follow-up threads under what it follows even if that was never answered for (RFC 5322 3.6.4).
"""

from __future__ import annotations

import hashlib
import html
import ipaddress
import re
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import cached_property
from typing import Any, ClassVar

import marshmallow as ma

from hub.channels.contract import (
    Acceptance,
    Body,
    ChannelAdapter,
    ChannelError,
    OutboundMessage,
    Outgoing,
    PermanentChannelError,
    PreviewPart,
)
from hub.channels.smtp import Connections, MailServer, one_line, probe
from hub.kernel.http import tls_context
from hub.kernel.phrase import Phrase
from hub.kernel.secret import SecretField

# Plain ASCII addresses: what every mail server takes. An international domain is written in its xn-- form.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
LONGEST_ADDRESS = 254
QUEUE_ID = re.compile(r"(?:queued as|id=)\s*([\w.-]+)", re.IGNORECASE)
LONGEST_REMOTE_ID = 120
SERVER_SETTINGS = ("host", "port", "security", "username", "password", "ca_file")
CHECK_SECONDS = 10.0
# 7-bit content: no server has to offer 8BITMIME for us.
WIRE = SMTP.clone(cte_type="7bit")


class EmailSettings(ma.Schema):
    """The mail server that takes our messages. Without TLS only a server on this machine is accepted."""

    host = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=253))
    port = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(min=1, max=65535))
    security = ma.fields.String(required=True, validate=ma.validate.OneOf(("starttls", "tls", "none")))
    username = ma.fields.String(load_default="")
    password = SecretField(load_default=None, allow_none=True)
    sender = ma.fields.String(required=True, validate=ma.validate.Regexp(rf"{ADDRESS.pattern}\Z"))
    reply_to = ma.fields.String(load_default="", validate=ma.validate.Regexp(rf"({ADDRESS.pattern})?\Z"))
    ca_file = ma.fields.String(load_default=None, allow_none=True)

    @ma.validates_schema
    def _together(self, settings: Mapping[str, Any], **_: Any) -> None:
        if settings["security"] == "none" and not _is_this_machine(settings["host"]):
            msg = 'only a server on this machine (127.0.0.1, localhost) may be reached without TLS: "starttls" or "tls"'
            raise ma.ValidationError(msg, "security")
        if bool(settings["username"]) != bool(settings["password"]):
            msg = "username and password go together"
            raise ma.ValidationError(msg, "username")
        if settings["password"] and not (settings["username"] + settings["password"].reveal()).isascii():
            msg = "SMTP log-in takes plain ASCII letters only"
            raise ma.ValidationError(msg, "password")
        if settings["ca_file"]:
            try:
                tls_context(settings["ca_file"])
            except OSError as error:
                msg = f"cannot be read as PEM certificates: {error.strerror or error}"
                raise ma.ValidationError(msg, "ca_file") from error


class Email(ChannelAdapter):
    """Hands one message for one recipient to a mail server. SMTP knows no idempotency: a lost answer is unknown."""

    kind: ClassVar[str] = "email"
    label: ClassVar[Phrase] = Phrase("E-mail")
    form: ClassVar[str] = "long"
    multilingual: ClassVar[bool] = True
    single: ClassVar[bool] = False
    idempotent: ClassVar[bool] = False
    can_reply: ClassVar[bool] = True
    settings_schema: ClassVar[type[ma.Schema]] = EmailSettings

    def render(self, message: OutboundMessage) -> Body:
        """Subject, text and HTML. The subject is the CAP headline of each language, or the first line of the text."""
        texts = self.texts(message)
        headlines = message.texts.get("cap", {})
        subjects = []
        for text in texts:
            headline = headlines[text.language].parts["headline"] if text.language in headlines else text.text
            subjects.append(one_line(headline))
        return {
            "publication_id": message.publication_id,
            "references": list(message.references),
            "sent": message.sent.isoformat(),
            "sender_name": one_line(message.sender_name),
            "subject": " / ".join(dict.fromkeys(subjects)),
            "languages": [text.language for text in texts],
            "text": "\n\n-- \n\n".join(text.text for text in texts) + f"\n\n{message.page_url}\n",
            "html": _html([(text.language, text.text) for text in texts], message.page_url),
        }

    def preview(self, body: Body) -> list[PreviewPart]:
        """Subject and text; the HTML part holds the same words."""
        return [
            PreviewPart(Phrase("Subject"), body["subject"]),
            PreviewPart(Phrase("Text of the e-mail"), body["text"]),
        ]

    def check_address(self, address: str) -> Phrase | None:
        """One plain e-mail address."""
        if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
            return Phrase("this is not an e-mail address in plain letters, such as mairie@example.org")
        return None

    def send(self, outgoing: Outgoing) -> Acceptance:
        """One conversation with the mail server, within the deadline."""
        recipient = outgoing.destination.address
        if self.check_address(recipient):
            raise PermanentChannelError(Phrase("this is not an e-mail address"))
        message = self._message(outgoing.body, recipient)
        answer = self.connections.deliver(self.settings["sender"], recipient, message.as_bytes(), outgoing.deadline)
        return Acceptance(remote_id=queue_id(answer) or str(message["Message-ID"]))

    def check(self) -> Phrase | None:
        """Can we reach the server and log in?"""
        try:
            probe(self.server, CHECK_SECONDS)
        except ChannelError as error:
            return error.reason
        return None

    @property
    def server(self) -> MailServer:
        """The mail server as the settings name it."""
        return MailServer(**{name: self.settings[name] for name in SERVER_SETTINGS})

    @cached_property
    def connections(self) -> Connections:
        """Kept between mails, for all threads."""
        return Connections(self.server)

    def _message(self, body: Body, recipient: str) -> EmailMessage:
        message = EmailMessage(policy=WIRE)
        message["From"] = formataddr((body["sender_name"], self.settings["sender"]))
        message["To"] = recipient
        message["Subject"] = body["subject"]
        message["Date"] = format_datetime(datetime.fromisoformat(body["sent"]))
        message["Message-ID"] = self._message_id(body["publication_id"], recipient)
        if body["references"]:
            earlier = [self._message_id(reference, recipient) for reference in body["references"]]
            message["In-Reply-To"] = earlier[-1]
            message["References"] = " ".join(earlier)
        if self.settings["reply_to"]:
            message["Reply-To"] = self.settings["reply_to"]
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body["text"])
        message.add_alternative(body["html"], subtype="html")
        # Last, because the library moves Content- headers that are already there into the first part.
        message["Content-Language"] = ", ".join(body["languages"])
        message.set_boundary(f"=_{hashlib.sha256(body['html'].encode()).hexdigest()[:32]}")
        return message

    def _message_id(self, publication_id: str, recipient: str) -> str:
        source = f"{self.channel_id}\n{publication_id}\n{recipient.lower()}"
        domain = self.settings["sender"].rpartition("@")[2]
        return f"<{hashlib.sha256(source.encode()).hexdigest()[:40]}@{domain}>"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def queue_id(answer: bytes) -> str:
    """The queue number in a server's answer; empty when there is none."""
    text = answer.decode("ascii", "replace")
    found = QUEUE_ID.search(text)
    return found[1][:LONGEST_REMOTE_ID] if found else ""


def _html(texts: list[tuple[str, str]], page_url: str) -> str:
    blocks = []
    for language, text in texts:
        paragraphs = "".join(
            f"<p>{html.escape(block).replace(chr(10), '<br>')}</p>" for block in re.split(r"\n{2,}", text.strip())
        )
        blocks.append(f'<div lang="{language}">{paragraphs}</div>')
    link = html.escape(page_url)
    return (
        f'<!doctype html><html lang="{texts[0][0]}"><head><meta charset="utf-8"></head>'
        f'<body style="font-family:sans-serif;font-size:1rem;line-height:1.5">{"<hr>".join(blocks)}'
        f'<p><a href="{link}">{link}</a></p></body></html>'
    )
