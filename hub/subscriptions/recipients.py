"""Who stands behind a subscription, for the adapter that writes to them; in a context of its own, while it sends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from hub.channels.contract import Recipient, TransientChannelError
from hub.kernel.clock import Clock
from hub.kernel.db import reading, transaction
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Settings
from hub.subscriptions import addresses, links
from hub.subscriptions.links import Use
from hub.subscriptions.models import Subscription
from hub.subscriptions.service import HUB, PENDING, end

log = logging.getLogger(__name__)


class Subscribers:
    """`hub.channels.contract.Recipients` on the table of subscriptions.

    Args:
        context: opens an application context.
        settings: keys, addresses, limits.
        clock: the time.
    """

    def __init__(self, context: Callable[[], AbstractContextManager[Any]], settings: Settings, clock: Clock) -> None:
        self._context = context
        self._settings = settings
        self._clock = clock

    def find(self, recipient_id: str) -> Recipient | None:
        """The person behind a subscription, with links of their own."""
        try:
            with self._context():
                row = reading().get(Subscription, recipient_id)
                return self._recipient(row) if row else None
        except SQLAlchemyError as error:
            raise TransientChannelError(Phrase("the subscriber cannot be looked up at the moment")) from error

    def taken(self, recipient_id: str) -> None:
        """Earlier refusals count no more."""
        try:
            with self._context(), transaction() as session:
                session.execute(sa.update(Subscription).where(Subscription.id == recipient_id).values(refusals=0))
        except SQLAlchemyError:
            log.exception("an acceptance could not be noted")

    def refused(self, recipient_id: str) -> None:
        """Counts a refusal; after as many as the settings allow, the subscription ends."""
        try:
            with self._context(), transaction() as session:
                row = session.get(Subscription, recipient_id, with_for_update=True)
                if row is None:
                    return
                row.refusals += 1
                if row.refusals >= self._settings.subscriptions.refusals:
                    end(session, row, "refused", HUB, self._clock.now())
        except SQLAlchemyError:
            log.exception("a refusal could not be counted")

    def _recipient(self, row: Subscription) -> Recipient | None:
        settings = self._settings
        address = addresses.opened(settings, row.id, row.address_sealed)
        if address is None:
            return None
        confirm = ""
        if row.confirmed_at is None:
            until = (row.asked_at + PENDING).astimezone(UTC)
            confirm = links.url(settings, Use.CONFIRM, links.token(settings, Use.CONFIRM, row.id, until, row.letters))
        manage, leave = (
            links.url(settings, use, links.token(settings, use, row.id)) for use in (Use.MANAGE, Use.UNSUBSCRIBE)
        )
        return Recipient(
            address=address,
            language=row.language,
            confirmed=row.confirmed_at is not None,
            refusals=row.refusals,
            manage_url=manage,
            unsubscribe_url=leave,
            confirm_url=confirm,
        )
