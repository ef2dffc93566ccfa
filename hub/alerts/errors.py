"""Refusals of this package that have a problem type of their own."""

from __future__ import annotations

from hub.kernel.errors import Conflict
from hub.kernel.phrase import Phrase


class StalePreview(Conflict):
    """What would be sent now is not what was shown and confirmed, or it was shown too long ago."""

    slug = "stale-preview"
    title = Phrase("This preview is no longer valid")


class AlreadyFollowed(Conflict):
    """The alert is not the last one of its incident any more, or the incident is over."""

    slug = "already-followed"
    title = Phrase("This alert takes no follow-up")


class IdempotencyKeyReused(Conflict):
    """A partner sent another request under an Idempotency-Key that it had used before."""

    slug = "idempotency-key-reused"
    title = Phrase("This Idempotency-Key was used before")

    def __init__(self, identifier: str) -> None:
        super().__init__(
            Phrase(
                "The key belongs to the alert %(identifier)s and to another request. Nothing has been sent now.",
                identifier=identifier,
            )
        )
