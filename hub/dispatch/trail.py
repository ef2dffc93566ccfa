"""The log lines by which one delivery can be followed, from the claim to its end.

They name publications, deliveries and channels by their ids: no address of a recipient and nothing of a text.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from hub.dispatch.lease import Claimed
from hub.dispatch.sender import Result

log = logging.getLogger(__name__)


def claimed(batch: Sequence[Claimed]) -> None:
    """A dispatcher took these deliveries: one line for each publication among them."""
    if not log.isEnabledFor(logging.INFO):
        return
    by_publication: dict[str, list[int]] = {}
    for one in batch:
        by_publication.setdefault(one.publication_id, []).append(one.delivery_id)
    for publication_id, ids in by_publication.items():
        log.info("deliveries claimed", extra={"publication": publication_id, "deliveries": ids})


def ended(result: Result) -> None:
    """An attempt ended; ``state`` is where the delivery stands by it, ``ms`` the time that the channel took."""
    one = result.claimed
    log.info(
        "attempt ended",
        extra={
            "publication": one.publication_id,
            "delivery": one.delivery_id,
            "channel": one.channel_id,
            "attempt": one.number,
            "outcome": str(result.outcome),
            "state": str(result.verdict.state),
            "ms": round(result.seconds * 1000),
        },
    )
