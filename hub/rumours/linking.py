"""What becomes of a report: part of a known rumour, set aside, taken up again; and the answer to those who reported.

Every judgement on a suggested link is kept: confirmed for the one that was chosen, rejected for those that were shown
and not chosen. The published precision of the matching is counted from these rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.rumours.changing import Ref, changing, locked
from hub.rumours.composing import published
from hub.rumours.desk import RumourDesk
from hub.rumours.errors import ChangedMeanwhile, StepRefused
from hub.rumours.models import REPORT_LENGTH, MatchDecision, Report, Rumour
from hub.rumours.plain import tidied
from hub.rumours.states import REPORT_MOVES, ReportState, Response, Workflow


@dataclass(frozen=True, slots=True)
class Seen:
    """A report as somebody saw it: its id, its state and the rumour that it was part of, if any."""

    report_id: str
    state: str
    rumour_id: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A rumour that was suggested for a report, and how alike the two were (0 to 1). Its rank is its place."""

    rumour_id: str
    similarity: float


def link(desk: RumourDesk, seen: Seen, rumour_id: str, offers: Sequence[Offer], *, actor: Actor) -> None:
    """Makes a report a sighting of a rumour, or moves it there from another one.

    Args:
        desk: what the command needs.
        seen: the report as it was on the screen.
        rumour_id: the rumour that a person chose.
        offers: what was suggested, the likeliest first; what was not chosen counts as rejected.
        actor: who judged.

    Raises:
        NotFound: there is no such report or rumour.
        ChangedMeanwhile: the report was judged by somebody else since.
        StepRefused: the rumour was merged into another one, or the report's state does not allow it.
    """
    with _judging(desk, seen, "report.linked", actor) as (session, report, detail):
        _move(report, ReportState.LINKED)
        if rumour_id == seen.rumour_id:
            raise StepRefused(Phrase("The report is part of this rumour already."))
        rumour = locked(session, rumour_id)
        if rumour.workflow == Workflow.MERGED:
            raise StepRefused(Phrase("That one was merged into %(other)s.", other=rumour.merged_into))
        _leave(desk, session, report, actor)
        report.rumour_id = rumour_id
        if report.commune and report.commune not in rumour.communes:
            rumour.communes = sorted({*rumour.communes, report.commune})
        _touch(desk, rumour)
        _judge(desk, session, report.id, offers, actor, chosen=rumour_id)
        detail["rumour"] = rumour_id


def unlink(desk: RumourDesk, seen: Seen, *, actor: Actor) -> None:
    """Takes a report out of its rumour, or up again after it was set aside: it waits in the inbox once more.

    Raises:
        NotFound, ChangedMeanwhile, StepRefused: see `link`.
    """
    with _judging(desk, seen, "report.unlinked", actor) as (session, report, detail):
        _move(report, ReportState.RECEIVED)
        detail["from"] = seen.rumour_id
        _leave(desk, session, report, actor)


def set_aside(desk: RumourDesk, seen: Seen, state: ReportState, offers: Sequence[Offer], *, actor: Actor) -> None:
    """Says that a report is no claim, or abuse.

    Raises:
        NotFound, ChangedMeanwhile, StepRefused: see `link`.
    """
    with _judging(desk, seen, "report.set_aside", actor) as (session, report, detail):
        _move(report, state)
        detail["state"] = state.value
        _judge(desk, session, report.id, offers, actor)


def reject(desk: RumourDesk, report_id: str, offers: Sequence[Offer], *, actor: Actor) -> None:
    """Records that none of the suggestions was right: a new rumour was opened from the report."""
    with transaction() as session:
        _judge(desk, session, report_id, offers, actor)


def answer_reporters(desk: RumourDesk, ref: Ref, text: str, *, actor: Actor) -> int:
    """Tells all who reported a rumour what is known; each reads it with their tracking code.

    Returns:
        How many reports got the answer.

    Raises:
        InvalidInput: the text is missing or too long.
        StepRefused: the response is not to answer them, and nothing was published; or nobody reported it.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    text = tidied(text)
    if not text or len(text) > REPORT_LENGTH:
        phrase = Phrase("Write the answer, in at most %(count)s characters.", count=REPORT_LENGTH)
        raise InvalidInput([Fault("text", phrase)])
    now = desk.clock.now()
    with changing(ref, "rumour.reporters_answered", actor=actor, now=now) as change:
        if change.rumour.response != Response.PRIVATE and not published(change.session, ref.rumour_id):
            raise StepRefused(
                Phrase("Decide first to answer those who reported it, or publish the answer: then they can be told.")
            )
        reports = list(change.session.scalars(sa.select(Report).where(Report.rumour_id == ref.rumour_id)))
        if not reports:
            raise StepRefused(Phrase("Nobody has reported this rumour."))
        for report in reports:
            report.private_answer, report.answered_at = text, now
        change.detail["reports"] = len(reports)
    return len(reports)


@contextmanager
def _judging(
    desk: RumourDesk, seen: Seen, action: str, actor: Actor
) -> Iterator[tuple[Session, Report, dict[str, Any]]]:
    with transaction() as session:
        report = session.scalars(
            sa.select(Report)
            .where(Report.id == seen.report_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        if report is None:
            raise NotFound(Phrase("There is no report %(report)s.", report=seen.report_id))
        if (report.state, report.rumour_id or "") != (seen.state, seen.rumour_id):
            raise ChangedMeanwhile(Phrase("Somebody else has judged this report meanwhile. Look at what it is now."))
        detail: dict[str, Any] = {}
        yield session, report, detail
        record_audit(session, actor=actor, action=action, subject=report.id, detail=detail, now=desk.clock.now())


def _move(report: Report, state: ReportState) -> None:
    if state not in REPORT_MOVES[ReportState(report.state)]:
        raise StepRefused(Phrase("A report that is “%(state)s” does not take this step.", state=report.state))
    report.state = state


def _leave(desk: RumourDesk, session: Session, report: Report, actor: Actor) -> None:
    """The report leaves its rumour: the confirmed link was wrong after all, and counts as that."""
    if report.rumour_id is None:
        return
    wrong = (MatchDecision.report_id == report.id) & (MatchDecision.rumour_id == report.rumour_id)
    session.execute(
        sa.update(MatchDecision).where(wrong).values(confirmed=False, by_name=actor.name, at=desk.clock.now())
    )
    _touch(desk, locked(session, report.rumour_id))
    report.rumour_id = None


def _touch(desk: RumourDesk, rumour: Rumour) -> None:
    """Its reports are other ones now: the matchers of all hosts must learn it."""
    rumour.revision += 1
    rumour.changed_at = desk.clock.now()


def _judge(
    desk: RumourDesk, session: Session, report_id: str, offers: Sequence[Offer], actor: Actor, chosen: str = ""
) -> None:
    for rank, offer in enumerate(offers, 1):
        session.add(
            MatchDecision(
                report_id=report_id,
                rumour_id=offer.rumour_id,
                rank=rank,
                similarity=offer.similarity,
                confirmed=offer.rumour_id == chosen,
                automatic=False,
                by_name=actor.name,
                at=desk.clock.now(),
            )
        )
