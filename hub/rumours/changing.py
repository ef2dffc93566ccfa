"""How every change of a rumour is made: one transaction, the row locked, the revision compared, the deed logged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.rumours.errors import ChangedMeanwhile, StepRefused
from hub.rumours.models import Rumour
from hub.rumours.states import Step, Workflow, after


@dataclass(frozen=True, slots=True)
class Ref:
    """A rumour as somebody saw it: its id, and the revision that was on the screen."""

    rumour_id: str
    revision: int


@dataclass(slots=True)
class Change:
    """A change under way: the open session, the locked row, and what the audit log shall say."""

    session: Session
    rumour: Rumour
    actor: Actor
    now: datetime
    detail: dict[str, Any]

    def move(self, step: Step) -> None:
        """Takes a step of the workflow.

        Raises:
            StepRefused: the rumour's state does not take it.
        """
        state = Workflow(self.rumour.workflow)
        new = after(state, step)
        if new is None:
            raise StepRefused(Phrase("A rumour that is “%(state)s” does not take this step.", state=state.value))
        self.rumour.workflow = new
        self.detail["workflow"] = new.value


@contextmanager
def changing(ref: Ref, action: str, *, actor: Actor, now: datetime) -> Iterator[Change]:
    """One change of one rumour. What is written in the block is stored with the next revision, or not at all.

    Raises:
        NotFound: there is no such rumour.
        ChangedMeanwhile: the revision is not the present one any more.
    """
    with transaction() as session:
        rumour = locked(session, ref.rumour_id)
        if rumour.revision != ref.revision:
            raise ChangedMeanwhile(
                Phrase("This rumour was changed after you opened it. What you typed is kept; look at what is new.")
            )
        change = Change(session, rumour, actor, now, {})
        yield change
        rumour.revision += 1
        rumour.changed_at = now
        record_audit(session, actor=actor, action=action, subject=rumour.id, detail=change.detail, now=now)


def locked(session: Session, rumour_id: str) -> Rumour:
    """The row, locked until the end of the transaction.

    Raises:
        NotFound: there is no such rumour.
    """
    rumour = session.scalars(
        sa.select(Rumour).where(Rumour.id == rumour_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if rumour is None:
        raise NotFound(Phrase("There is no rumour %(rumour)s.", rumour=rumour_id))
    return rumour
