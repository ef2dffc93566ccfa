"""E-mail to people who subscribed: one message each, in their language, with a way out in every one.

A destination's address is the id of a subscription. Who that is comes out while the message is sent
(`hub.channels.contract.Recipients`), so that no table of the outbox, no log and no reason holds an e-mail address.

One-click unsubscribing is RFC 8058. It also wants a DKIM signature over both List-Unsubscribe headers: signing is the
work of the mail server that takes our messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, ClassVar

from hub.channels import letters
from hub.channels.adapters.email import ADDRESS, WIRE, Email, queue_id
from hub.channels.contract import (
    LANGUAGE_NAMES,
    Acceptance,
    Body,
    ChannelError,
    OutboundMessage,
    Outgoing,
    PermanentChannelError,
    PreviewPart,
    Recipient,
    TransientChannelError,
)
from hub.channels.letters import Purpose
from hub.channels.smtp import RecipientRefused, one_line
from hub.kernel.phrase import Phrase

# `hub.kernel.ids.new_id`.
SUBSCRIPTION = re.compile(r"[0-9a-f]{32}")
# A link in a header must not be folded: some readers take a folded one for two. RFC 5322, 2.1.1 allows 998.
UNFOLDED = WIRE.clone(max_line_length=998)


class Subscribers(Email):
    """Hands one mail for one subscriber to a mail server, as `Email` does."""

    kind: ClassVar[str] = "subscribers"
    label: ClassVar[Phrase] = Phrase("E-mail to subscribers")
    by_topic: ClassVar[bool] = True

    def render(self, message: OutboundMessage) -> Body:
        """Subject and text of each language. The subject is the CAP headline, or the first line of the text."""
        headlines = message.texts.get("cap", {})
        texts = {}
        for text in self.texts(message):
            headline = headlines[text.language].parts["headline"] if text.language in headlines else text.text
            texts[text.language] = {"subject": one_line(headline), "text": text.text.strip()}
        return {
            "purpose": Purpose.NEWS.value,
            "publication_id": message.publication_id,
            "references": list(message.references),
            "sent": message.sent.isoformat(),
            "sender_name": one_line(message.sender_name),
            "page_url": message.page_url,
            "texts": texts,
        }

    def preview(self, body: Body) -> list[PreviewPart]:
        """Subject and text of each language; the links at the end are each subscriber's own."""
        shown = []
        for language, text in body["texts"].items():
            name = LANGUAGE_NAMES.get(language, Phrase(language))
            shown.append(PreviewPart(Phrase("Subject (%(language)s)", language=name), text["subject"]))
            shown.append(PreviewPart(Phrase("Text of the e-mail (%(language)s)", language=name), text["text"]))
        return shown

    def check_address(self, address: str) -> Phrase | None:
        """The id of a subscription."""
        return None if SUBSCRIPTION.fullmatch(address) else Phrase("this is not the id of a subscription")

    def send(self, outgoing: Outgoing) -> Acceptance:
        """One conversation with the mail server, within the deadline."""
        known = outgoing.destination.address
        recipient = self.hub.recipients.find(known)
        asks = outgoing.body["purpose"] == Purpose.CONFIRM
        if recipient is None or not (recipient.confirmed or asks):
            raise PermanentChannelError(Phrase("nobody is subscribed here any more"))
        if asks and recipient.confirmed:  # sent again, and it had arrived after all: there is no link to put into it
            raise PermanentChannelError(Phrase("the subscription was confirmed meanwhile"))
        message = self._mail(outgoing.body, known, recipient)
        content = message.as_bytes(policy=UNFOLDED)
        try:
            answer = self.connections.deliver(self.settings["sender"], recipient.address, content, outgoing.deadline)
        except ChannelError as error:
            if isinstance(error, RecipientRefused):
                self.hub.recipients.refused(known)
            raise _without_addresses(error) from None
        if recipient.refusals:
            self.hub.recipients.taken(known)
        return Acceptance(remote_id=queue_id(answer) or str(message["Message-ID"]))

    def _mail(self, body: Body, known: str, recipient: Recipient) -> EmailMessage:
        language = recipient.language if recipient.language in self.languages else self.languages[0]
        subject, text = letters.subject_and_text(body, recipient, language)
        addresses = (body["page_url"], recipient.manage_url, recipient.unsubscribe_url, recipient.confirm_url)
        shaped: Mapping[str, Any] = {
            **body,
            "subject": subject,
            "text": text,
            "html": letters.page(language, text, addresses),
            "languages": [language],
        }
        # The id instead of the address goes into what names the message, and may be stored as its proof.
        message = self._message(shaped, known)
        message.replace_header("To", recipient.address)
        if body["purpose"] != Purpose.CONFIRM:
            message["List-Unsubscribe"] = f"<{recipient.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return message


def _without_addresses(error: ChannelError) -> ChannelError:
    """The same outcome; a server's answer in it without the address that it repeats."""
    reason = Phrase(
        error.reason.msgid,
        **{
            name: ADDRESS.sub("…", value) if isinstance(value, str) else value
            for name, value in error.reason.params.items()
        },
    )
    if isinstance(error, TransientChannelError):
        return TransientChannelError(reason, error.retry_after, error.trouble)
    return type(error)(reason, error.trouble)
