"""Refusals of this package that have a problem type of their own."""

from __future__ import annotations

from hub.kernel.errors import Conflict, Forbidden
from hub.kernel.phrase import Phrase


class ChangedMeanwhile(Conflict):
    """Somebody else has changed the rumour since the form was opened."""

    slug = "rumour-changed"
    title = Phrase("Somebody has changed this rumour meanwhile")


class StepRefused(Conflict):
    """The rumour's state does not take this step."""

    slug = "rumour-step"
    title = Phrase("This step is not possible now")


class SecondPersonNeeded(Forbidden):
    """Whoever proposed an answer may not approve it."""

    slug = "second-person"
    title = Phrase("A second person has to approve this")


class StaleAnswer(Conflict):
    """What would be published now is not what was shown and confirmed."""

    slug = "stale-answer"
    title = Phrase("This preview is no longer valid")


class ReportKeyReused(Conflict):
    """A partner sent another report under an Idempotency-Key that it had used before."""

    slug = "report-key-reused"
    title = Phrase("This Idempotency-Key was used before")

    def __init__(self) -> None:
        super().__init__(Phrase("The key belongs to another report. Nothing has been stored now."))
