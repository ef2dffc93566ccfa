"""Decisions as the hub takes them, without the words: one publication to destinations of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask

from hub.channels.contract import OutboundMessage
from hub.dispatch import outbox
from hub.dispatch.models import destinations
from hub.kernel.db import transaction


def publish(
    app: Flask, name: str, addresses: Sequence[str], seconds: float = 3600, *, apart: bool = False
) -> list[str]:
    """Decides on one message for the channel ``hook``; it ends after so many seconds.

    With ``apart`` each address counts as a host of its own: what one of them does then holds back no other.

    Returns:
        The idempotency keys, in the order of the addresses.
    """
    now = datetime.now(UTC)
    # fmt: off
    message = OutboundMessage(
        publication_id=name, incident=name, references=(), status="Actual", msg_type="Alert", sent=now,
        expires=now + timedelta(seconds=seconds), urgency="Immediate", severity="Severe", sender_name="Hub",
        page_url=f"http://hub.example/{name}", texts={}, cap_xml="",
    )
    # fmt: on
    rows = [
        {
            "channel_id": "hook",
            "address": address,
            "label": address,
            "host": f"{urlsplit(address).hostname}{place if apart else ''}",
            "enabled": True,
            "created_at": now,
        }
        for place, address in enumerate(addresses)
    ]
    with app.app_context(), transaction() as session:
        session.execute(sa.update(destinations).values(enabled=False))
        session.execute(sa.insert(destinations), rows)
        outbox.record(session, message, {"hook": {"payload": "{}"}}, follows_id=None, withdraw=False, now=now)
        chosen = sa.select(destinations.c.address, destinations.c.id).where(destinations.c.enabled.is_(True))
        numbers = {address: number for address, number in session.execute(chosen)}  # noqa: C416 - rows are no pairs
    return [f"{name}-{numbers[address]}" for address in addresses]
