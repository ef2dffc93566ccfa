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
