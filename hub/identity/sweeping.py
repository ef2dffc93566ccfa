"""Sessions that are long over are erased. Apart from the commands, which load what hashes passwords."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from hub.identity.models import OfficerSession
from hub.kernel.clock import Clock
from hub.kernel.db import transaction

EVERY = timedelta(hours=12)
# An officer may ask for a month who was logged in as them; no session lives longer than a day.
KEPT = timedelta(days=30)


def sweep(clock: Clock) -> None:
    """Erases what nobody has used for so long, with the addresses that it was opened from."""
    with transaction() as session:
        session.execute(sa.delete(OfficerSession).where(OfficerSession.last_seen_at <= clock.now() - KEPT))
