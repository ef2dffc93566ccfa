"""A message as the channels get it, and attempts to send it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from hub.channels.contract import Acceptance, ChannelAdapter, Destination, OutboundMessage, Outgoing, RenderedText

SENT = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)
TEXTS = {
    "fr": "Mairie de Rivemont : la Lise déborde aux Prés-Bas.\n\nMontez à l'étage. <b>Ne traversez pas.</b>",
    "en": "Rivemont town hall: the Lise is flooding Prés-Bas.\n\nGo upstairs. Do not cross.",
}
HEADLINES = {"fr": "Inondation aux Prés-Bas", "en": "Flooding at Prés-Bas"}


def texts(**per_language: str) -> dict[str, dict[str, RenderedText]]:
    """Every text form in the languages given, and CAP headlines."""
    per_language = per_language or TEXTS
    forms = {
        form: {code: RenderedText(form, code, {"text": text}) for code, text in per_language.items()}
        for form in ("sms", "x", "bluesky", "mastodon", "long")
    }
    forms["cap"] = {
        code: RenderedText("cap", code, {"headline": HEADLINES[code], "description": "d", "instruction": "i"})
        for code in per_language
    }
    return forms


def message(**changes: Any) -> OutboundMessage:
    """The first alert of an incident."""
    first = OutboundMessage(
        publication_id="a" * 32,
        incident="a" * 32,
        references=(),
        status="Actual",
        msg_type="Alert",
        sent=SENT,
        expires=SENT + timedelta(hours=6),
        urgency="Immediate",
        severity="Severe",
        sender_name="Mairie de Rivemont",
        page_url="https://alerte.rivemont.example/alertes/" + "a" * 32,
        texts=texts(),
        cap_xml='<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>é</identifier></alert>',
    )
    return replace(first, **changes)


def follow_up(**changes: Any) -> OutboundMessage:
    """The second message of the same incident."""
    return message(
        publication_id="b" * 32,
        references=("a" * 32,),
        msg_type="Update",
        texts=texts(fr="Correction : c'est la Sauge, pas la Lise.", en="Correction: it is the Sauge, not the Lise."),
        **changes,
    )


def attempt(
    adapter: ChannelAdapter,
    carried: OutboundMessage | None = None,
    address: str = "self",
    *,
    key: str = "key-1",
    deadline: float = 20.0,
    follows: Acceptance | None = None,
) -> Outgoing:
    """One attempt at one destination."""
    carried = carried or message()
    return Outgoing(
        publication_id=carried.publication_id,
        body=MappingProxyType(dict(adapter.render(carried))),  # read-only, as the outbox hands it over
        destination=Destination(1, address),
        idempotency_key=key,
        deadline=deadline,
        first_attempt_at=SENT,
        follows=follows,
    )
